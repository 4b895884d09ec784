"""The command that a delivery asks of a city's system, from what its operation is about.

It holds a citizen's data, and is made anew for each turn rather than stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cooperation.content import CardContent, CertificationContent, InvestigationContent, TransferContent
from cooperation.desk import Desk
from cooperation.states.machine import Office
from cooperation.store.rows import DeliveryRow, EventRow, OperationRow
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.operations.commands import (
    AssistAcceptance,
    AssistCreation,
    AssistReply,
    AssistSubject,
    CardCommand,
    CertificationCommand,
    Command,
    Finding,
    OperationName,
    ReplacementCommand,
    ReplacementKind,
    TransferRegistration,
)
from legacy_adapters.records.provenance import CityCode, CreditCode, NationalId

OFFICE_NAMES: Mapping[str, str] = {
    Office.INSURANCE_AGENCY: "社会保险经办机构",
    Office.WORK_INJURY_DEPARTMENT: "工伤认定部门",
}
"""As letters name them; other offices send none."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery with what its command is made from: its operation, that one's history, and its other deliveries."""

    operation: OperationRow
    delivery: DeliveryRow
    history: Sequence[EventRow]
    siblings: Sequence[DeliveryRow]


def command_of(desk: Desk, owed: Owed) -> Command | None:
    """What to ask; None where something it needs never came about: a letter's number in that city's system."""
    content = desk.content_of(owed.operation)
    requester = CityCode(owed.operation.requester_city)
    match content:
        case CardContent() if owed.delivery.write == OperationName.CARD_REPLACEMENT:
            return ReplacementCommand(
                content.card_number,
                content.national_id,
                content.name,
                content.replacement or ReplacementKind.REPLACEMENT,
                CityCode(content.pick_up_city or owed.operation.requester_city),
                requester,
                owed.delivery.receipt,
            )
        case CardContent():
            return CardCommand(content.card_number, content.national_id, content.name, content.function)
        case CertificationContent():
            return CertificationCommand(
                content.national_id, content.pension_number, content.method, requester, content.passed_on
            )
        case InvestigationContent():
            return _of_letter(desk, owed, content)
        case TransferContent():
            return _registration(owed, content)
        case _:
            raise LookupError(f"There is no command {owed.delivery.write} of this content.")


def _of_letter(desk: Desk, owed: Owed, content: InvestigationContent) -> Command | None:
    if owed.delivery.write == OperationName.ASSIST_CREATION:
        return _creation(desk, owed, content)
    number = _number_there(owed)
    if number is None:
        return None
    day = _day(owed.delivery.created_at)
    if owed.delivery.write == OperationName.ASSIST_ACCEPTANCE:
        first, second = content.investigators
        return AssistAcceptance(number, (first, second), day)
    reporter = next((event.actor for event in reversed(owed.history) if event.action == "report"), None) or ""
    findings = tuple(Finding(one.verdict, one.text) for one in content.findings)
    return AssistReply(number, findings, reporter.rpartition("/")[2], day, content.evidence)


def _creation(desk: Desk, owed: Owed, content: InvestigationContent) -> AssistCreation:
    operation = owed.operation
    rules = desk.config.city_rules(operation.addressee_city)
    sent_on = owed.delivery.created_at.astimezone(CITY_ZONE).date()
    due = desk.calendar.due_day(sent_on, rules.accept_working_days + rules.report_working_days)
    return AssistCreation(
        letter_number=operation.number,
        requesting_city=CityCode(operation.requester_city),
        requesting_office=OFFICE_NAMES[operation.requester_office],
        addressed_city=CityCode(operation.addressee_city),
        addressed_office=OFFICE_NAMES[operation.addressee_office],
        subject=content.subject or AssistSubject.INJURY_FACTS,
        national_id=content.national_id or NationalId(""),
        name=content.name or "",
        case_number=content.case_number,
        questions=content.questions,
        legal_basis=content.legal_basis,
        due_on=due.day.isoformat(),
        attachment_digests=content.attachments,
    )


def _registration(owed: Owed, content: TransferContent) -> TransferRegistration:
    return TransferRegistration(
        transfer_number=owed.operation.number,
        sending_city=CityCode(owed.operation.requester_city),
        sending_case_number=content.case_number,
        worker=content.national_id,
        employer=None if content.credit_code is None else CreditCode(content.credit_code),
        grounds=content.grounds,
    )


def _number_there(owed: Owed) -> str | None:
    """The number that the delivery's city gave the letter."""
    for one in owed.siblings:
        if one.city == owed.delivery.city and one.write == OperationName.ASSIST_CREATION:
            return one.receipt
    return None


def _day(moment: datetime) -> str:
    return moment.astimezone(CITY_ZONE).date().isoformat()
