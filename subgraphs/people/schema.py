"""The root fields and entities of the domain `people`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TypeAlias

import strawberry

from legacy_adapters.identity import normalise_credit_code, normalise_national_id
from legacy_adapters.records.people import PersonRecord
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.sources import Page, PeopleQuery
from subgraphs.people.loaders import PeopleLoaders, people_loaders
from subgraphs.people.types import (
    Employer,
    PeopleFilter,
    Person,
    PersonConnection,
    PersonEdge,
    RegisterEntry,
    entry_of,
    newest_of,
    person_of,
)
from subgraphs.shared.context import RequestContext
from subgraphs.shared.directives import Merge, MergeRule, Route
from subgraphs.shared.entities import EntityResolver, by_key, citizen, key_text
from subgraphs.shared.errors import UserInputError
from subgraphs.shared.loaders import Partial
from subgraphs.shared.paging import EMPTY_PAGE, PageLimits, PageRequest, is_selected, page_info, read_page_arguments
from subgraphs.shared.subgraph import Domain, FederationQuery

PeopleContext: TypeAlias = RequestContext[PeopleLoaders]
PeopleInfo: TypeAlias = strawberry.Info[PeopleContext, None]

PAGES = PageLimits(default=20, largest=200)


async def _person(info: PeopleInfo, id_number: str) -> Person | None:
    national_id = normalise_national_id(id_number)
    if national_id is None:
        raise UserInputError("idNumber must have the form of an id number, 15 or 18 characters.")
    return _known(info.context, national_id, await info.context.loaders.records.load_value(national_id))


async def _people(  # noqa: PLR0913, PLR0917  (the contract's arguments)
    info: PeopleInfo,
    filter: PeopleFilter | None = strawberry.UNSET,  # noqa: A002  (the contract's word)
    first: int | None = PAGES.default,
    after: str | None = strawberry.UNSET,
    last: int | None = strawberry.UNSET,
    before: str | None = strawberry.UNSET,
) -> PersonConnection | None:
    request = read_page_arguments(info.context, PAGES, first, after, last, before)
    is_counted = is_selected(info.selected_fields, "totalCount")
    page = await _page(info.context, filter or PeopleFilter(), request, is_counted=is_counted)
    return await _connection(info.context, page, request)


async def _employer(info: PeopleInfo, credit_code: str) -> Employer | None:
    code = normalise_credit_code(credit_code)
    return None if code is None else await info.context.loaders.employers.load_value(code)


@strawberry.type
class Query(FederationQuery):
    """The root fields: one citizen, this city's people by birth date, one employer."""

    person: Person | None = strawberry.field(resolver=_person)
    people: PersonConnection | None = strawberry.field(
        resolver=_people,
        directives=[Merge(rule=MergeRule.CONNECTION, by="birthDate"), Route(argument="filter.registeredIn")],
    )
    employer: Employer | None = strawberry.field(resolver=_employer)


async def _page(
    context: PeopleContext, wanted: PeopleFilter, request: PageRequest, *, is_counted: bool
) -> Page[PersonRecord]:
    if wanted.registered_in and wanted.registered_in != context.city.code:
        return EMPTY_PAGE
    query = PeopleQuery(wanted.born_from or None, wanted.born_to or None, is_counted)
    source = context.loaders.source
    return await source.list_people(query, request.size, request.position, is_backward=request.is_backward)


async def _connection(context: PeopleContext, page: Page[PersonRecord], request: PageRequest) -> PersonConnection:
    people = await _people_of(context, page.records)
    edges = [
        PersonEdge(cursor=context.cursor(position), node=person)
        for person, position in zip(people, page.positions, strict=True)
        if person is not None
    ]
    return PersonConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info(context, page, [edge.cursor for edge in edges], request),
        total_count=page.total,
    )


async def _people_of(context: PeopleContext, rows: Sequence[PersonRecord]) -> list[Person | None]:
    """The person of each row, None where another entry of the same number speaks for it.

    So each person stands once in the whole list, at the birth date that the person shows: where the entry that speaks
    stands. Which one that is, only all entries tell; a selection of `records` finds them loaded.
    """
    entries = await context.loaders.records.load_all([row.national_id for row in rows])
    return [_speaking(context, row, found) for row, found in zip(rows, entries, strict=True)]


def _speaking(
    context: PeopleContext, row: PersonRecord, found: list[RegisterEntry] | Partial[list[RegisterEntry]] | Exception
) -> Person | None:
    if isinstance(found, Exception):
        raise found
    entries = found.value if isinstance(found, Partial) else found
    newest = newest_of(entries)
    is_speaking = newest is None or newest.personal_number == row.personal_number
    return _known(context, row.national_id, entries or [entry_of(context, row)]) if is_speaking else None


def _known(context: PeopleContext, national_id: NationalId, entries: Sequence[RegisterEntry]) -> Person | None:
    return person_of(national_id, context.person_id(national_id), entries)


ENTITIES: Mapping[str, EntityResolver] = {
    "Person": by_key(citizen, attrgetter("records"), _known),
    "Employer": by_key(lambda _, representation: key_text(representation, "creditCode"), attrgetter("employers")),
}

PEOPLE = Domain("people", Query, (), ENTITIES, people_loaders, has_one_source=True)
