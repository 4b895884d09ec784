"""The contract `schema/subgraphs/cases.graphql` as Strawberry types, and how records become them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from operator import attrgetter
from typing import Any, assert_never

import strawberry

from legacy_adapters.records.cases import (
    CaseRecord,
    CaseStatus,
    DisputeRecord,
    InjuryConclusion,
    InspectionRecord,
    WorkInjuryRecord,
)
from legacy_adapters.records.provenance import EmployerReference, NationalId
from subgraphs.shared.batching import METADATA, Batch, SubgraphInfo
from subgraphs.shared.context import RequestContext
from subgraphs.shared.directives import PartitionKey
from subgraphs.shared.scalars import Date, optional_date
from subgraphs.shared.types import City, Source

for _enumeration in (CaseStatus, InjuryConclusion):
    strawberry.enum(_enumeration)

_OF_PERSON = Batch(attrgetter("cases_of_people"), attrgetter("national_id"))
_OF_EMPLOYER = Batch(attrgetter("cases_of_employers"), attrgetter("credit_code"))


def _cases_of(batch: Batch) -> Callable[..., Awaitable[list[Case]]]:
    """The resolver of `cases(status:)`: what the batch loads, of one state where one is asked."""

    async def cases(
        root: strawberry.Parent[Any], info: SubgraphInfo, status: CaseStatus | None = strawberry.UNSET
    ) -> Any:
        found: list[Case] = await batch.load(root, info)
        return [case for case in found if case.status is status] if status else found

    return cases


_CASE_KEY = "city { code } caseNumber"


@strawberry.federation.type(keys=["id"])
class Person:
    """A person, as far as cases know one: by identifier."""

    national_id: strawberry.Private[NationalId]
    id: strawberry.ID

    @classmethod
    def of(cls, national_id: NationalId, person_id: strawberry.ID) -> Person:
        """The person with this identifier."""
        return cls(national_id=national_id, id=person_id)

    cases: list[Case] | None = strawberry.field(resolver=_cases_of(_OF_PERSON), metadata={METADATA: _OF_PERSON})


@strawberry.federation.type(keys=["creditCode"])
class Employer:
    """An employer, as far as cases know one."""

    credit_code: strawberry.ID
    name: str | None = strawberry.federation.field(shareable=True)
    cases: list[Case] | None = strawberry.field(resolver=_cases_of(_OF_EMPLOYER), metadata={METADATA: _OF_EMPLOYER})


@strawberry.interface
class Case:
    """A case of a bureau."""

    city: City
    case_number: strawberry.ID
    status: CaseStatus
    status_raw: str | None
    opened_on: Date | None
    closed_on: Date | None
    employer: Employer | None
    source: Source


@strawberry.federation.type(keys=[_CASE_KEY], directives=[PartitionKey(field="city.code")])
class WorkInjuryCase(Case):
    """A work injury from its report to its benefits."""

    injured: Person | None
    accident_on: Date | None
    injured_part: str | None
    conclusion: InjuryConclusion | None
    conclusion_raw: str | None
    disability_grade: int | None
    appraisal_number: str | None


@strawberry.federation.type(keys=[_CASE_KEY], directives=[PartitionKey(field="city.code")])
class DisputeCase(Case):
    """A labour dispute before mediation or arbitration."""

    applicant: Person | None
    respondent: Party
    subject: str | None


@strawberry.type
class Party:
    """A party of a dispute as the case file names it."""

    name: str | None
    employer: Employer | None


@strawberry.federation.type(keys=[_CASE_KEY], directives=[PartitionKey(field="city.code")])
class InspectionCase(Case):
    """An inspection of an employer by the labour inspectorate."""

    subject: str | None
    workers_concerned: int | None


def cases_of(context: RequestContext[object], records: Sequence[CaseRecord]) -> list[Case]:
    """Cases of one person or employer, newest first whichever source they are from; undated ones last."""
    cases = [case_of(context, record) for record in records]
    return sorted(cases, key=lambda case: case.opened_on or "", reverse=True)


def case_of(context: RequestContext[object], record: CaseRecord) -> Case:
    """The case that a record tells of."""
    match record:
        case WorkInjuryRecord():
            return _work_injury(context, record)
        case DisputeRecord():
            return _dispute(context, record)
        case InspectionRecord():
            return _inspection(context, record)
    assert_never(record)


def _work_injury(context: RequestContext[object], record: WorkInjuryRecord) -> WorkInjuryCase:
    return WorkInjuryCase(
        city=context.city,
        case_number=strawberry.ID(record.case_number),
        status=record.status,
        status_raw=record.status_raw,
        opened_on=optional_date(record.opened_on),
        closed_on=optional_date(record.closed_on),
        employer=_employer(record.employer),
        injured=_person(context, record.injured),
        accident_on=optional_date(record.accident_on),
        injured_part=record.injured_part,
        conclusion=record.conclusion,
        conclusion_raw=record.conclusion_raw,
        disability_grade=record.disability_grade,
        appraisal_number=record.appraisal_number,
        source=context.source(record.provenance),
    )


def _dispute(context: RequestContext[object], record: DisputeRecord) -> DisputeCase:
    employer = _employer(record.respondent)
    return DisputeCase(
        city=context.city,
        case_number=strawberry.ID(record.case_number),
        status=record.status,
        status_raw=record.status_raw,
        opened_on=optional_date(record.opened_on),
        closed_on=optional_date(record.closed_on),
        employer=employer,
        applicant=_person(context, record.applicant),
        respondent=Party(name=record.respondent.name, employer=employer),
        subject=record.subject,
        source=context.source(record.provenance),
    )


def _inspection(context: RequestContext[object], record: InspectionRecord) -> InspectionCase:
    return InspectionCase(
        city=context.city,
        case_number=strawberry.ID(record.case_number),
        status=record.status,
        status_raw=record.status_raw,
        opened_on=optional_date(record.opened_on),
        closed_on=optional_date(record.closed_on),
        employer=_employer(record.employer),
        subject=record.subject,
        workers_concerned=record.workers_concerned,
        source=context.source(record.provenance),
    )


def _employer(reference: EmployerReference | None) -> Employer | None:
    # Without a credit code nobody else can say who is meant.
    if reference is None or reference.credit_code is None:
        return None
    return Employer(credit_code=strawberry.ID(reference.credit_code), name=reference.name)


def _person(context: RequestContext[object], national_id: NationalId | None) -> Person | None:
    return None if national_id is None else Person.of(national_id, context.person_id(national_id))
