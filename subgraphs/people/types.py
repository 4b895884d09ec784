"""The contract `schema/subgraphs/people.graphql` as Strawberry types, and how records become them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import strawberry

from legacy_adapters.records.people import (
    EmployerRecord,
    InsuranceRecord,
    InsuranceScheme,
    InsuranceStatus,
    InsuredCountRecord,
    LifeStatus,
    PersonRecord,
    Sex,
)
from legacy_adapters.records.provenance import EmployerReference, NationalId
from subgraphs.shared.batching import batched
from subgraphs.shared.context import RequestContext
from subgraphs.shared.directives import DAY_SECONDS, Merge, MergeRule, StaleWhileUnavailable
from subgraphs.shared.scalars import Date, DateTime, optional_date, optional_date_time
from subgraphs.shared.types import City, PageInfo, Source

for _enumeration in (Sex, LifeStatus, InsuranceScheme, InsuranceStatus):
    strawberry.enum(_enumeration)

_LATEST = Merge(rule=MergeRule.LATEST, by="updatedAt")
_FOR_A_DAY = StaleWhileUnavailable(max_age=DAY_SECONDS)


@strawberry.federation.type(keys=["id"])
class Person:
    """A person whom this city's register knows; own fields are the newest entry's."""

    national_id: strawberry.Private[NationalId]
    id: strawberry.ID
    name: str | None = strawberry.field(directives=[_FOR_A_DAY])
    sex: Sex | None = strawberry.field(directives=[_FOR_A_DAY])
    birth_date: Date | None = strawberry.field(directives=[_FOR_A_DAY])
    life_status: LifeStatus | None = strawberry.field(directives=[_LATEST])
    residence: City | None = strawberry.field(directives=[_LATEST])
    updated_at: DateTime | None = strawberry.field(directives=[Merge(rule=MergeRule.MAX)])
    records: list[RegisterEntry] | None = batched(attrgetter("records"), attrgetter("national_id"))
    insurances: list[Insurance] | None = batched(attrgetter("insurances"), attrgetter("national_id"))


@strawberry.type(name="PersonRecord")
class RegisterEntry:
    """One register entry of a person, as the city has it."""

    residence: strawberry.Private[City | None]
    city: City
    personal_number: strawberry.ID
    name: str | None
    sex: Sex | None
    birth_date: Date | None
    life_status: LifeStatus | None
    life_status_raw: str | None
    updated_at: DateTime | None
    source: Source


@strawberry.type
class Insurance:
    """One insurance of a person in the city."""

    city: City
    scheme: InsuranceScheme
    scheme_raw: str | None
    status: InsuranceStatus
    status_raw: str | None
    started_on: Date | None
    ended_on: Date | None
    employer: Employer | None
    source: Source


@strawberry.federation.type(keys=["creditCode"])
class Employer:
    """An employer, known by its credit code."""

    credit_code: strawberry.ID
    name: str | None = strawberry.federation.field(shareable=True)
    insured_count: list[InsuredCount] | None = batched(attrgetter("insured_counts"), attrgetter("credit_code"))


@strawberry.type
class InsuredCount:
    """How many persons of an employer are insured in the city now."""

    city: City
    persons: int
    source: Source


@strawberry.type
class PersonEdge:
    """A person in a list."""

    cursor: str
    node: Person


@strawberry.type
class PersonConnection:
    """A page of people."""

    edges: list[PersonEdge]
    nodes: list[Person]
    page_info: PageInfo
    total_count: int = strawberry.field(directives=[Merge(rule=MergeRule.SUM)])


@strawberry.input
class PeopleFilter:
    """Which people to list."""

    registered_in: str | None = strawberry.UNSET
    born_from: Date | None = strawberry.UNSET
    born_to: Date | None = strawberry.UNSET


def entry_of(context: RequestContext[object], record: PersonRecord) -> RegisterEntry:
    """The register entry that a record tells of."""
    return RegisterEntry(
        residence=context.place(record.residence),
        city=context.city,
        personal_number=strawberry.ID(record.personal_number),
        name=record.name,
        sex=record.sex,
        birth_date=optional_date(record.birth_date),
        life_status=record.life_status,
        life_status_raw=record.life_status_raw,
        updated_at=optional_date_time(record.updated_at),
        source=context.source(record.provenance),
    )


def person_of(national_id: NationalId, person_id: strawberry.ID, entries: Sequence[RegisterEntry]) -> Person | None:
    """The person that register entries of one number tell of; the newest entry speaks. None without any entry."""
    newest = newest_of(entries)
    if newest is None:
        return None
    return Person(
        national_id=national_id,
        id=person_id,
        name=newest.name,
        sex=newest.sex,
        birth_date=newest.birth_date,
        life_status=newest.life_status,
        residence=newest.residence,
        updated_at=newest.updated_at,
    )


def newest_of(entries: Sequence[RegisterEntry]) -> RegisterEntry | None:
    """The entry that speaks for a person, of several changed at the same moment the first."""
    return max(entries, key=_changed, default=None)


def insurance_of(context: RequestContext[object], record: InsuranceRecord) -> Insurance:
    """The insurance that a record tells of."""
    return Insurance(
        city=context.city,
        scheme=record.scheme,
        scheme_raw=record.scheme_raw,
        status=record.status,
        status_raw=record.status_raw,
        started_on=optional_date(record.started_on),
        ended_on=optional_date(record.ended_on),
        employer=_referenced(record.employer),
        source=context.source(record.provenance),
    )


def employer_of(context: RequestContext[object], record: EmployerRecord) -> Employer:
    """The employer that a record tells of."""
    context.source(record.provenance)
    return Employer(credit_code=strawberry.ID(record.credit_code), name=record.name)


def insured_counts_of(context: RequestContext[object], record: InsuredCountRecord) -> list[InsuredCount]:
    """The city's count, as the list that all cities' counts are merged into."""
    return [InsuredCount(city=context.city, persons=record.persons, source=context.source(record.provenance))]


def _referenced(reference: EmployerReference | None) -> Employer | None:
    # Without a credit code nobody else can say who is meant.
    if reference is None or reference.credit_code is None:
        return None
    return Employer(credit_code=strawberry.ID(reference.credit_code), name=reference.name)


def _changed(entry: RegisterEntry) -> str:
    # Entries of one register are all in its city's offset: their texts sort as their moments do.
    return entry.updated_at or ""
