"""What one request to a cases subgraph may load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from legacy_adapters.records.cases import CaseRecord
from legacy_adapters.records.provenance import CreditCode, NationalId
from legacy_adapters.sources import CasesSource
from subgraphs.cases.types import Case, case_of, cases_of
from subgraphs.shared.context import RequestContext
from subgraphs.shared.loaders import Fetch, RecordLoader
from subgraphs.shared.sources import first_found, in_one_list


@dataclass(frozen=True, slots=True)
class CasesLoaders:
    """Attributes:
    cases_of_people: all cases of a citizen.
    cases_of_employers: all cases about an employer.
    cases_by_number: the case with a number, or None.
    """

    cases_of_people: RecordLoader[NationalId, Sequence[CaseRecord], list[Case]]
    cases_of_employers: RecordLoader[CreditCode, Sequence[CaseRecord], list[Case]]
    cases_by_number: RecordLoader[str, CaseRecord, Case | None]


def cases_loaders(context: RequestContext[CasesLoaders], sources: Sequence[CasesSource]) -> CasesLoaders:
    """The loaders of one request, over all of the city's sources."""
    of_people = in_one_list([source.cases_of_people for source in sources])
    of_employers = in_one_list([source.cases_of_employers for source in sources])
    by_number: Fetch[str, CaseRecord] = first_found([source.cases_by_number for source in sources])
    convert = partial(cases_of, context)
    return CasesLoaders(
        cases_of_people=RecordLoader(of_people, convert, list),
        cases_of_employers=RecordLoader(of_employers, convert, list),
        cases_by_number=RecordLoader(by_number, partial(case_of, context), lambda: None),
    )
