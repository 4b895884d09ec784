"""The root field and the entities of the domain `cases`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TypeAlias

import strawberry

from legacy_adapters.records.provenance import CreditCode
from subgraphs.cases.loaders import CasesLoaders, cases_loaders
from subgraphs.cases.types import Case, DisputeCase, Employer, InspectionCase, Person, WorkInjuryCase
from subgraphs.shared.context import RequestContext
from subgraphs.shared.directives import Route
from subgraphs.shared.entities import (
    EntityResolver,
    Representation,
    by_key,
    key_text,
    number_in_city,
    people_by_id,
)
from subgraphs.shared.loaders import Partial
from subgraphs.shared.subgraph import Domain, FederationQuery

CasesContext: TypeAlias = RequestContext[CasesLoaders]


async def _case(info: strawberry.Info[CasesContext, None], city: str, case_number: str) -> Case | None:
    if city != info.context.city.code:
        return None
    return await info.context.loaders.cases_by_number.load_value(case_number)


@strawberry.type
class Query(FederationQuery):
    """The root field: a case by its number, in the city that keeps it."""

    case: Case | None = strawberry.field(resolver=_case, directives=[Route(argument="city")])


async def _employers(context: CasesContext, representations: Sequence[Representation]) -> Sequence[Employer | None]:
    """Employers by credit code. Any may have cases here; where the cases fail, it is `cases` that says so."""
    codes = [key_text(representation, "creditCode") for representation in representations]
    known = [CreditCode(code) for code in codes if code is not None]
    cases = dict(zip(known, await context.loaders.cases_of_employers.load_all(known), strict=True))
    return [None if code is None else _employer(code, cases[CreditCode(code)]) for code in codes]


def _employer(credit_code: str, cases: list[Case] | Partial[list[Case]] | Exception) -> Employer:
    # No source of cases lists employers: an employer is called what its newest case calls it.
    found = [] if isinstance(cases, Exception) else cases.value if isinstance(cases, Partial) else cases
    names = (case.employer.name for case in found if case.employer is not None and case.employer.name)
    return Employer(credit_code=strawberry.ID(credit_code), name=next(names, None))


def _of_kind(kind: type[Case]) -> EntityResolver:
    """A resolver of one kind of case; a number that another kind has names no entity of this type."""
    return by_key(
        number_in_city("caseNumber"),
        attrgetter("cases_by_number"),
        lambda _context, _key, case: case if isinstance(case, kind) else None,
    )


ENTITIES: Mapping[str, EntityResolver] = {
    "Person": people_by_id(Person.of),
    "Employer": _employers,
    "WorkInjuryCase": _of_kind(WorkInjuryCase),
    "DisputeCase": _of_kind(DisputeCase),
    "InspectionCase": _of_kind(InspectionCase),
}

CASES = Domain("cases", Query, (WorkInjuryCase, DisputeCase, InspectionCase), ENTITIES, cases_loaders)
