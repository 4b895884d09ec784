"""Commands as the elements of the core service's operations, in the WSDL's order; the reference is their serial."""

from __future__ import annotations

from collections.abc import Callable

from legacy_adapters.dates import compact_day
from legacy_adapters.hangzhou_core_service.codes import (
    FUNCTION_CODES,
    METHOD_CODES,
    SUBJECT_CODES,
    TRANSFER_KIND_CODES,
    VERDICT_CODES,
)
from legacy_adapters.operations.commands import (
    AssistAcceptance,
    AssistCreation,
    AssistReply,
    CardCommand,
    CertificationCommand,
    ReplacementCommand,
    TransferRegistration,
)
from legacy_adapters.operations.writing import Values, as_lines
from legacy_adapters.records.transfers import TransferKind

TEMPORARY, FORMAL = "1", "2"


def temporary_loss(command: CardCommand, reference: str) -> Values:
    """Of reportCardLoss."""
    return _loss(command, TEMPORARY, reference)


def formal_loss(command: CardCommand, reference: str) -> Values:
    """Of reportCardLoss."""
    return _loss(command, FORMAL, reference)


def release(command: CardCommand, reference: str) -> Values:
    """Of releaseCard."""
    return *_holder(command), ("BAZ500", FUNCTION_CODES[command.function]), ("serial", reference)


def activation(command: CardCommand, reference: str) -> Values:
    """Of activateCard."""
    return *_holder(command), ("serial", reference)


def application(command: ReplacementCommand, reference: str) -> Values:
    """Of applyCard."""
    return (
        *_holder(command),
        ("ACA017", command.kind.value),
        ("AAB301", command.pick_up_city),
        ("BAB301", command.identity_seen_by),
        ("serial", reference),
    )


def certification(this_year: Callable[[], str], command: CertificationCommand, reference: str) -> Values:
    """Of certify, with the id number in the place of AAC001."""
    return (
        ("AAC147", command.national_id),
        ("AAZ257", command.pension_number),
        ("AAE001", this_year()),
        ("BAE099", METHOD_CODES[command.method]),
        ("AAB301", command.helper_city),
        ("serial", reference),
    )


def creation(command: AssistCreation, reference: str) -> Values:
    """Of createAssist."""
    return (
        ("BLC101", command.letter_number),
        ("BLC102", command.requesting_city),
        ("BLC103", command.requesting_office),
        ("BLC104", command.addressed_city),
        ("BLC105", command.addressed_office),
        ("BLC106", SUBJECT_CODES[command.subject]),
        ("AAC147", command.national_id),
        ("AAC003", command.name),
        ("AAZ127", command.case_number),
        ("BLC107", as_lines(command.questions)),
        ("BLC108", command.legal_basis),
        ("BLC109", compact_day(command.due_on)),
        ("BLC110", as_lines(command.attachment_digests) or None),
        ("serial", reference),
    )


def acceptance(command: AssistAcceptance, reference: str) -> Values:
    """Of acceptAssist."""
    return (
        ("BLC100", command.number),
        ("BLC111", as_lines(command.officers)),
        ("BLC112", compact_day(command.accepted_on)),
        ("serial", reference),
    )


def reply(command: AssistReply, reference: str) -> Values:
    """Of replyAssist."""
    return (
        ("BLC100", command.number),
        ("BLC113", as_lines(f"{VERDICT_CODES[finding.verdict]}|{finding.text}" for finding in command.findings)),
        ("BLC114", command.signed_by),
        ("BLC115", compact_day(command.replied_on)),
        ("BLC116", as_lines(command.evidence_digests) or None),
        ("serial", reference),
    )


def registration(kind: TransferKind, command: TransferRegistration, reference: str) -> Values:
    """Of registerTransfer."""
    return (
        ("BLC201", command.transfer_number),
        ("BLC202", command.sending_city),
        ("BLC203", command.sending_case_number),
        ("BLC204", TRANSFER_KIND_CODES[kind]),
        ("AAC147", command.worker),
        ("AAB998", command.employer),
        ("BLC205", " ".join(command.grounds.split())),
        ("serial", reference),
    )


def _loss(command: CardCommand, kind: str, reference: str) -> Values:
    return (
        *_holder(command),
        ("BAZ500", FUNCTION_CODES[command.function]),
        ("BAZ501", kind),
        ("serial", reference),
    )


def _holder(command: CardCommand | ReplacementCommand) -> Values:
    return ("AAZ500", command.card_number), ("AAC147", command.national_id), ("AAC003", command.name)
