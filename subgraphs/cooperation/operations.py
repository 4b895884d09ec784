"""The contract's operations as Strawberry types, and how rows become them."""

from __future__ import annotations

from typing import Any

import strawberry

from cooperation.content import (
    AnyContent,
    CardContent,
    CertificationContent,
    DeathNoticeContent,
    InvestigationContent,
    TransferContent,
    card_subject,
)
from cooperation.kinds import OperationKind, machine_of
from cooperation.states.machine import Office
from cooperation.states.move import Past, Standing, allowed_actions
from cooperation.store.rows import OperationRow
from legacy_adapters.operations.commands import CardFunction, CertificationMethod
from subgraphs.cooperation.context import CooperationContext, CooperationInfo
from subgraphs.cooperation.enums import InvestigationSubject
from subgraphs.cooperation.parts import (
    Deadline,
    Delivery,
    Finding,
    OperationEvent,
    Task,
    deadline_of,
    delivery_of,
    event_of,
    moment,
    optional_moment,
    task_of,
)
from subgraphs.cooperation.stubs import DisputeCase, Employer, InspectionCase, Pension, WorkInjuryCase
from subgraphs.shared.scalars import Date, DateTime, optional_date
from subgraphs.shared.types import City


@strawberry.federation.type(keys=["id"])
class Person:
    """A person, as far as operations know one: by identifier."""

    id: strawberry.ID

    @strawberry.field
    async def operations(
        self, info: CooperationInfo, kinds: list[OperationKind] | None = strawberry.UNSET
    ) -> list[Operation] | None:
        """Operations about the person, newest first."""
        wanted = tuple(kind.value for kind in kinds or ())
        rows = await info.context.loaders.of_people.load_value((self.id, wanted))
        return [operation_of(info.context, row) for row in rows]


@strawberry.federation.type(keys=["city { code } number"])
class Card:
    """A card, as far as operations know one: by city and number."""

    city: City
    number: strawberry.ID

    @strawberry.field
    async def service_requests(self, info: CooperationInfo) -> list[ServiceRequest] | None:
        """Service requests about the card, newest first."""
        context = info.context
        subject = context.office.desk.sealer.fingerprint(card_subject(self.city.code, self.number))
        rows = await context.loaders.of_subjects.load_value(subject)
        found = [operation_of(context, row) for row in rows]
        return [operation for operation in found if isinstance(operation, ServiceRequest)]


@strawberry.interface
class Operation:
    """A cross-city operation."""

    row: strawberry.Private[OperationRow]
    content: strawberry.Private[Any]
    number: strawberry.ID
    addressee_number: strawberry.ID | None
    kind: OperationKind
    state: str
    state_label: str
    is_closed: bool
    requester_city: City
    requester_office: Office
    addressee_city: City
    addressee_office: Office
    created_at: DateTime
    updated_at: DateTime
    closed_at: DateTime | None
    deadline: Deadline | None
    person: Person | None

    @strawberry.field
    async def allowed_actions(self, info: CooperationInfo) -> list[str]:
        """What officers may do now."""
        history = await info.context.loaders.histories.load_value(self.number)
        row = self.row
        standing = Standing(
            machine_of(self.kind),
            row.state,
            row.requester_city,
            row.addressee_city,
            self.addressee_office,
            [Past(event.action, event.actor) for event in history],
        )
        return list(allowed_actions(standing))

    @strawberry.field
    async def history(self, info: CooperationInfo) -> list[OperationEvent]:
        """Everything that was done."""
        events = await info.context.loaders.histories.load_value(self.number)
        return [event_of(info.context, event) for event in events]

    @strawberry.field
    async def tasks(self, info: CooperationInfo) -> list[Task]:
        """What people have or had to do."""
        return [task_of(info.context, task) for task in await info.context.loaders.tasks.load_value(self.number)]


async def _delivery(root: Operation, info: CooperationInfo) -> Delivery | None:
    rows = await info.context.loaders.deliveries.load_value(root.number)
    return delivery_of(info.context, rows[0]) if rows else None


@strawberry.federation.type(keys=["number"])
class ServiceRequest(Operation):
    """A card's loss, release or replacement."""

    card: Card | None
    function: CardFunction | None
    compensates: strawberry.ID | None
    delivery: Delivery | None = strawberry.field(resolver=_delivery)


@strawberry.federation.type(keys=["number"])
class CertificationAssist(Operation):
    """A living certification passed in one city for a pension of another."""

    pension: Pension | None
    method: CertificationMethod | None
    passed_on: Date | None
    delivery: Delivery | None = strawberry.field(resolver=_delivery)


@strawberry.federation.type(keys=["number"])
class EntrustedInvestigation(Operation):
    """A letter that entrusts another city with an investigation."""

    subject: InvestigationSubject | None
    case: WorkInjuryCase | None
    questions: list[str] | None
    legal_basis: str | None
    attachments: list[str] | None
    investigators: list[strawberry.ID] | None
    additions: list[str] | None
    findings: list[Finding] | None
    evidence: list[str] | None

    @strawberry.field
    async def deliveries(self, info: CooperationInfo) -> list[Delivery]:
        """How the letter was entered in the cities' own systems."""
        rows = await info.context.loaders.deliveries.load_value(self.number)
        return [delivery_of(info.context, row) for row in rows]


@strawberry.federation.type(keys=["number"])
class CaseAssist(Operation):
    """A request for assistance in a labour dispute or an inspection."""

    dispute: DisputeCase | None
    inspection: InspectionCase | None
    employer: Employer | None
    questions: list[str] | None
    legal_basis: str | None
    attachments: list[str] | None
    investigators: list[strawberry.ID] | None
    additions: list[str] | None
    findings: list[Finding] | None
    evidence: list[str] | None


@strawberry.federation.type(keys=["number"])
class CaseTransfer(Operation):
    """A case handed to the city whose it is."""

    dispute: DisputeCase | None
    inspection: InspectionCase | None
    employer: Employer | None
    grounds: str | None
    received_case_number: strawberry.ID | None


@strawberry.federation.type(keys=["number"])
class DeathNotice(Operation):
    """A death or a disappearance that another city has learnt of."""

    is_missing: bool | None
    happened_on: Date | None
    learnt_from: str | None
    evidence: list[str] | None

    @strawberry.field
    async def benefits_paying(self, info: CooperationInfo) -> list[Pension] | None:
        """What the addressed city pays the person now."""
        content = self.content
        city = info.context.office.desk.cities.get(self.row.addressee_city)
        if city is None or not isinstance(content, DeathNoticeContent):
            return None
        paying = await city.benefits.benefits_paying(content.national_id)
        return [
            Pension(city=self.addressee_city, pension_number=strawberry.ID(record.pension_number)) for record in paying
        ]


_REPORTED = ("REPORTED", "REOPENED", "CLOSED")
"""Before, findings are a handler's draft, which nobody has signed."""

OPERATION_TYPES: tuple[type, ...] = (
    ServiceRequest,
    CertificationAssist,
    EntrustedInvestigation,
    CaseAssist,
    CaseTransfer,
    DeathNotice,
)


def operation_of(context: CooperationContext, row: OperationRow) -> Operation:
    """The operation that a row tells of."""
    content = context.content_of(row)
    common = _common(context, row, content)
    match OperationKind(row.kind):
        case (
            OperationKind.TEMPORARY_LOSS | OperationKind.FORMAL_LOSS | OperationKind.RELEASE | OperationKind.REPLACEMENT
        ):
            return ServiceRequest(**common, **_of_card(context, row, content))
        case OperationKind.CERTIFICATION:
            return CertificationAssist(**common, **_of_certification(context, row, content))
        case OperationKind.INVESTIGATION:
            return EntrustedInvestigation(**common, **_of_letter(common, content), **_of_investigation(row, content))
        case OperationKind.DISPUTE_ASSIST | OperationKind.INSPECTION_ASSIST:
            return CaseAssist(**common, **_cases(common, content), **_of_investigation(row, content))
        case OperationKind.DISPUTE_TRANSFER | OperationKind.INSPECTION_TRANSFER:
            return CaseTransfer(**common, **_cases(common, content), **_of_transfer(content))
        case OperationKind.DEATH_NOTICE:
            return DeathNotice(**common, **_of_notice(content))


def _common(context: CooperationContext, row: OperationRow, content: AnyContent | None) -> dict[str, Any]:
    kind = OperationKind(row.kind)
    state = machine_of(kind).state(row.state)
    return {
        "row": row,
        "content": content,
        "number": _id(row.number),
        "addressee_number": None if row.addressee_number is None else _id(row.addressee_number),
        "kind": kind,
        "state": row.state,
        "state_label": state.label,
        "is_closed": state.is_final,
        "requester_city": context.place(row.requester_city),
        "requester_office": Office(row.requester_office),
        "addressee_city": context.place(row.addressee_city),
        "addressee_office": Office(row.addressee_office),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "closed_at": optional_moment(row.closed_at),
        "deadline": deadline_of(context, row),
        "person": None if row.person_id is None else Person(id=_id(row.person_id)),
    }


def _of_card(context: CooperationContext, row: OperationRow, content: AnyContent | None) -> dict[str, Any]:
    if not isinstance(content, CardContent):
        return {"card": None, "function": None, "compensates": None}
    return {
        "card": Card(city=context.place(row.addressee_city), number=_id(content.card_number)),
        "function": content.function,
        "compensates": None if content.compensates is None else _id(content.compensates),
    }


def _of_certification(context: CooperationContext, row: OperationRow, content: AnyContent | None) -> dict[str, Any]:
    if not isinstance(content, CertificationContent):
        return {"pension": None, "method": None, "passed_on": None}
    return {
        "pension": Pension(city=context.place(row.addressee_city), pension_number=_id(content.pension_number)),
        "method": content.method,
        "passed_on": Date(content.passed_on),
    }


def _of_letter(common: dict[str, Any], content: AnyContent | None) -> dict[str, Any]:
    if not isinstance(content, InvestigationContent):
        return {"subject": None, "case": None}
    number = content.case_number
    case = None if number is None else WorkInjuryCase(city=common["requester_city"], case_number=_id(number))
    return {"subject": content.subject, "case": case}


def _of_investigation(row: OperationRow, content: AnyContent | None) -> dict[str, Any]:
    if not isinstance(content, InvestigationContent):
        names = ("questions", "legal_basis", "attachments", "investigators", "additions", "findings", "evidence")
        return dict.fromkeys(names)
    is_reported = row.state in _REPORTED
    findings = [Finding(verdict=one.verdict, text=one.text) for one in content.findings]
    return {
        "questions": list(content.questions),
        "legal_basis": content.legal_basis,
        "attachments": list(content.attachments),
        "investigators": [_id(one) for one in content.investigators],
        "additions": list(content.additions),
        "findings": findings if is_reported else None,
        "evidence": list(content.evidence) if is_reported else None,
    }


def _cases(common: dict[str, Any], content: AnyContent | None) -> dict[str, Any]:
    if not isinstance(content, InvestigationContent | TransferContent):
        return {"dispute": None, "inspection": None, "employer": None}
    is_dispute = common["kind"] in (OperationKind.DISPUTE_ASSIST, OperationKind.DISPUTE_TRANSFER)
    key = {"city": common["requester_city"], "case_number": _id(content.case_number or "")}
    return {
        "dispute": DisputeCase(**key) if is_dispute else None,
        "inspection": None if is_dispute else InspectionCase(**key),
        "employer": None if content.credit_code is None else Employer(credit_code=_id(content.credit_code)),
    }


def _of_transfer(content: AnyContent | None) -> dict[str, Any]:
    if not isinstance(content, TransferContent):
        return {"grounds": None, "received_case_number": None}
    received = content.received_case_number
    return {"grounds": content.grounds, "received_case_number": None if received is None else _id(received)}


def _of_notice(content: AnyContent | None) -> dict[str, Any]:
    if not isinstance(content, DeathNoticeContent):
        return {"is_missing": None, "happened_on": None, "learnt_from": None, "evidence": None}
    return {
        "is_missing": content.is_missing,
        "happened_on": optional_date(content.happened_on),
        "learnt_from": content.learnt_from,
        "evidence": list(content.evidence),
    }


def _id(text: str) -> strawberry.ID:
    return strawberry.ID(text)
