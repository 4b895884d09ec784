"""Inputs become intents: checked here once, each value within its limits."""

from __future__ import annotations

import re
from datetime import date

from cooperation.acceptance import Intent
from cooperation.actions import Given, checked_questions
from cooperation.content import (
    CardContent,
    CertificationContent,
    DeathNoticeContent,
    Finding,
    InvestigationContent,
    TransferContent,
)
from cooperation.errors import InputRefused
from cooperation.kinds import OperationKind
from cooperation.states.machine import Office
from cooperation.texts import checked_text
from legacy_adapters.identity import birth_digits, normalise_credit_code, normalise_national_id
from legacy_adapters.records.provenance import NationalId
from subgraphs.cooperation.arguments import optional
from subgraphs.cooperation.inputs import (
    ActionInput,
    CardServiceInput,
    CaseAssistInput,
    CaseTransferInput,
    CertificationAssistInput,
    DeathNoticeInput,
    InvestigationInput,
    OfficerInput,
    ReplacementInput,
)

MAX_DIGESTS = 20
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,40}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ACTION = re.compile(r"[a-z_]{1,40}", re.ASCII)


def card_intent(kind: OperationKind, given: CardServiceInput) -> Intent:
    """A card's loss or release. Raises InputRefused."""
    content = CardContent(
        number_of("cardNumber", given.card_number), _citizen(given.id_number), checked_text("name", given.name, 50),
        given.function,
    )  # fmt: skip
    officer = given.officer.officer()
    return Intent(kind, officer, given.issuing_city, Office.CARD_CENTRE, content, given.idempotency_key)


def replacement_intent(given: ReplacementInput) -> Intent:
    """A new card. Raises InputRefused."""
    card = CardServiceInput(
        idempotency_key=given.idempotency_key,
        officer=given.officer,
        issuing_city=given.issuing_city,
        card_number=given.card_number,
        id_number=given.id_number,
        name=given.name,
    )
    intent = card_intent(OperationKind.REPLACEMENT, card)
    assert isinstance(intent.content, CardContent)  # noqa: S101  (for mypy)
    old = intent.content
    content = CardContent(
        old.card_number, old.national_id, old.name, old.function, given.kind, given.pick_up_city or given.officer.city
    )
    return Intent(intent.kind, intent.officer, intent.addressee_city, intent.addressee_office, content, intent.key)


def certification_intent(given: CertificationAssistInput, today: date) -> Intent:
    """A certification that was passed here. Raises InputRefused."""
    if date.fromisoformat(given.passed_on) > today:
        raise InputRefused("passedOn must be today or earlier.", "passedOn")
    content = CertificationContent(
        _citizen(given.id_number), number_of("pensionNumber", given.pension_number), given.method, given.passed_on
    )
    officer = given.officer.officer()
    office = Office.INSURANCE_AGENCY
    return Intent(OperationKind.CERTIFICATION, officer, given.paying_city, office, content, given.idempotency_key)


def investigation_intent(given: InvestigationInput) -> Intent:
    """A letter. Raises InputRefused."""
    content = InvestigationContent(
        national_id=_citizen(given.id_number),
        name=checked_text("name", given.name, 50),
        questions=checked_questions(tuple(given.questions)),
        legal_basis=checked_text("legalBasis", given.legal_basis, 200),
        subject=given.subject,
        case_number=number_of("caseNumber", given.case_number) if given.case_number else None,
        attachments=_digests("attachments", given.attachments),
    )
    officer, office = given.officer.officer(), given.addressed_office
    return Intent(OperationKind.INVESTIGATION, officer, given.addressed_city, office, content, given.idempotency_key)


def case_assist_intent(given: CaseAssistInput) -> Intent:
    """A request for assistance; its kind is the officer's office's. Raises InputRefused."""
    is_dispute = _is_dispute(given.officer)
    content = InvestigationContent(
        national_id=_citizen(given.id_number) if given.id_number else None,
        name=None,
        questions=checked_questions(tuple(given.questions)),
        legal_basis=checked_text("legalBasis", given.legal_basis, 200),
        case_number=number_of("caseNumber", given.case_number),
        credit_code=_credit_code(given.credit_code),
        attachments=_digests("attachments", given.attachments),
    )
    kind = OperationKind.DISPUTE_ASSIST if is_dispute else OperationKind.INSPECTION_ASSIST
    officer = given.officer.officer()
    return Intent(kind, officer, given.addressed_city, officer.office, content, given.idempotency_key)


def case_transfer_intent(given: CaseTransferInput) -> Intent:
    """A transfer; its kind is the officer's office's. Raises InputRefused."""
    is_dispute = _is_dispute(given.officer)
    content = TransferContent(
        case_number=number_of("caseNumber", given.case_number),
        national_id=_citizen(given.id_number) if given.id_number else None,
        credit_code=_credit_code(given.credit_code),
        grounds=checked_text("grounds", given.grounds, 500),
    )
    kind = OperationKind.DISPUTE_TRANSFER if is_dispute else OperationKind.INSPECTION_TRANSFER
    officer = given.officer.officer()
    return Intent(kind, officer, given.addressed_city, officer.office, content, given.idempotency_key)


def death_notice_intent(given: DeathNoticeInput, today: date) -> Intent:
    """A notice. Raises InputRefused."""
    if given.happened_on and date.fromisoformat(given.happened_on) > today:
        raise InputRefused("happenedOn must be today or earlier.", "happenedOn")
    citizen = _citizen(given.id_number)
    if given.happened_on and given.happened_on.replace("-", "") < birth_digits(citizen):
        raise InputRefused("happenedOn must not be before the birth that idNumber tells.", "happenedOn", "idNumber")
    content = DeathNoticeContent(
        national_id=citizen,
        happened_on=given.happened_on or None,
        is_missing=given.is_missing,
        learnt_from=checked_text("learntFrom", given.learnt_from, 200),
        evidence=_digests("evidence", given.evidence),
    )
    officer, office = given.officer.officer(), Office.INSURANCE_AGENCY
    return Intent(OperationKind.DEATH_NOTICE, officer, given.paying_city, office, content, given.idempotency_key)


def given_of(action: ActionInput) -> Given:
    """What an action brings. Raises InputRefused."""
    return Given(
        expected_version=optional(action.expected_version),
        reason=action.reason or None,
        questions=tuple(action.questions),
        investigators=tuple(number_of("investigators", one) for one in action.investigators),
        findings=tuple(Finding(one.verdict, one.text) for one in action.findings),
        evidence=_digests("evidence", action.evidence),
        addition=action.addition or None,
        case_number=number_of("caseNumber", action.case_number) if action.case_number else None,
    )


def action_of(text: str) -> str:
    """The name of an action. Raises InputRefused for what is none of any machine's, before a refusal repeats it."""
    if not _ACTION.fullmatch(text):
        raise InputRefused("action must be 1 to 40 small ASCII letters and underscores.", "action")
    return text


def number_of(name: str, text: str) -> str:
    """A number of a card, a pension, a case, an officer, an operation. Raises InputRefused."""
    if not _NUMBER.fullmatch(text):
        raise InputRefused(f"{name} must be 1 to 40 ASCII letters, digits and hyphens.", name)
    return text


def _is_dispute(officer: OfficerInput) -> bool:
    return officer.office is Office.ARBITRATION


def _citizen(text: str) -> NationalId:
    citizen = normalise_national_id(text)
    if citizen is None:
        raise InputRefused("idNumber must have the form of an id number, 15 or 18 characters.", "idNumber")
    return citizen


def _credit_code(text: str | None) -> str | None:
    if not text:
        return None
    code = normalise_credit_code(text)
    if code is None:
        raise InputRefused("creditCode must be a unified social credit code, 18 characters.", "creditCode")
    return code


def _digests(name: str, digests: list[str]) -> tuple[str, ...]:
    if len(digests) > MAX_DIGESTS or not all(map(_DIGEST.fullmatch, digests)):
        message = f"{name} must be at most {MAX_DIGESTS} digests of 64 hexadecimal digits in lower case."
        raise InputRefused(message, name)
    return tuple(digests)
