"""The contract's operations as Strawberry types, and how rows become them."""

from __future__ import annotations

from typing import Any

import strawberry

from cooperation.content import (
    AnyContent,
    CardContent,
    DeathNoticeContent,
    card_subject,
)
from cooperation.kinds import OperationKind, machine_of
from cooperation.states.machine import Office, Side
from cooperation.states.move import Past, Standing, allowed_actions
from cooperation.store.queries import PersonKey
from cooperation.store.rows import OperationRow
from legacy_adapters.operations.commands import CardFunction, CertificationMethod, ReplacementKind
from subgraphs.cooperation.arguments import list_filter, optional
from subgraphs.cooperation.contents import (
    case_fields,
    certification_fields,
    investigation_fields,
    letter_fields,
    notice_fields,
    transfer_fields,
)
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
from subgraphs.cooperation.replacements import Bank, CardMakingStep, bank_of, read_progress, source_of, steps_of
from subgraphs.cooperation.stubs import DisputeCase, Employer, InspectionCase, Pension, WorkInjuryCase
from subgraphs.shared.scalars import Date, DateTime
from subgraphs.shared.types import City, Source


@strawberry.federation.type(keys=["id"])
class Person:
    """A person, as far as operations know one: by identifier."""

    id: strawberry.ID

    @strawberry.field
    async def operations(
        self,
        info: CooperationInfo,
        kinds: list[OperationKind] | None = strawberry.UNSET,
        is_closed: bool | None = strawberry.UNSET,
    ) -> list[Operation] | None:
        """Operations about the person, newest first."""
        key = PersonKey(info.context.person_ids(self.id), list_filter(kinds), optional(is_closed))
        rows = await info.context.loaders.of_people.load_value(key)
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
        names = context.office.desk.sealer.fingerprints(card_subject(self.city.code, self.number))
        rows = await context.loaders.of_subjects.load_value(names)
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
    version: int
    is_closed: bool
    requester_city: City
    requester_office: Office
    addressee_city: City
    addressee_office: Office
    waits_for: City | None
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
    replacement_kind: ReplacementKind | None
    pick_up_city: City | None
    delivery: Delivery | None = strawberry.field(resolver=_delivery)

    @strawberry.field
    async def progress(self, info: CooperationInfo) -> ReplacementProgress | None:
        """How far the making of the new card has come."""
        context, issuing_city = info.context, self.addressee_city
        record = await read_progress(context, self.row, self.content)
        if record is None:
            return None
        new_number = record.new_card_number
        return ReplacementProgress(
            application_number=_optional_id(record.application_number),
            batch_number=_optional_id(record.batch_number),
            bank=bank_of(record.bank),
            new_card=None if new_number is None else Card(city=issuing_city, number=_id(new_number)),
            pick_up_city=None if record.pick_up_city is None else context.place(record.pick_up_city),
            pick_up_place=record.pick_up_place,
            steps=steps_of(record),
            source=source_of(record),
        )


@strawberry.type
class ReplacementProgress:
    """How far the making of a new card has come."""

    application_number: strawberry.ID | None
    batch_number: strawberry.ID | None
    bank: Bank | None
    new_card: Card | None
    pick_up_city: City | None
    pick_up_place: str | None
    steps: list[CardMakingStep]
    source: Source


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
    draft_findings: list[Finding] | None
    draft_evidence: list[str] | None

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
    draft_findings: list[Finding] | None
    draft_evidence: list[str] | None


@strawberry.federation.type(keys=["number"])
class CaseTransfer(Operation):
    """A case handed to the city whose it is."""

    dispute: DisputeCase | None
    inspection: InspectionCase | None
    employer: Employer | None
    grounds: str | None
    received_case_number: strawberry.ID | None
    delivery: Delivery | None = strawberry.field(resolver=_delivery)


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
            return CertificationAssist(**common, **certification_fields(context, row, content))
        case OperationKind.INVESTIGATION:
            return EntrustedInvestigation(
                **common, **letter_fields(common, content), **investigation_fields(row, content)
            )
        case OperationKind.DISPUTE_ASSIST | OperationKind.INSPECTION_ASSIST:
            return CaseAssist(**common, **case_fields(common, content), **investigation_fields(row, content))
        case OperationKind.DISPUTE_TRANSFER | OperationKind.INSPECTION_TRANSFER:
            return CaseTransfer(**common, **case_fields(common, content), **transfer_fields(content))
        case OperationKind.DEATH_NOTICE:
            return DeathNotice(**common, **notice_fields(content))


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
        "version": row.version,
        "is_closed": state.is_final,
        "requester_city": context.place(row.requester_city),
        "requester_office": Office(row.requester_office),
        "addressee_city": context.place(row.addressee_city),
        "addressee_office": Office(row.addressee_office),
        "waits_for": _awaited_city(context, row),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "closed_at": optional_moment(row.closed_at),
        "deadline": deadline_of(context, row),
        "person": None if row.person_id is None else Person(id=_id(context.person_ids(row.person_id)[0])),
    }


def _awaited_city(context: CooperationContext, row: OperationRow) -> City | None:
    match machine_of(OperationKind(row.kind)).awaited(row.state):
        case None:
            return None
        case Side.REQUESTER:
            return context.place(row.requester_city)
        case _:
            return context.place(row.addressee_city)


def _of_card(context: CooperationContext, row: OperationRow, content: AnyContent | None) -> dict[str, Any]:
    if not isinstance(content, CardContent):
        return dict.fromkeys(("card", "function", "compensates", "replacement_kind", "pick_up_city"))
    is_replacement = row.kind == OperationKind.REPLACEMENT
    return {
        "card": Card(city=context.place(row.addressee_city), number=_id(content.card_number)),
        "function": content.function,
        "compensates": None if content.compensates is None else _id(content.compensates),
        # What older contents leave open is asked of the city's system so, too.
        "replacement_kind": (content.replacement or ReplacementKind.REPLACEMENT) if is_replacement else None,
        "pick_up_city": context.place(content.pick_up_city or row.requester_city) if is_replacement else None,
    }


def _optional_id(text: str | None) -> strawberry.ID | None:
    return None if text is None else _id(text)


def _id(text: str) -> strawberry.ID:
    return strawberry.ID(text)
