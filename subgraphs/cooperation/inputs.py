"""The contract's inputs as Strawberry types."""

from __future__ import annotations

import re

import strawberry

from cooperation.errors import InputRefused
from cooperation.kinds import OperationKind
from cooperation.letter_tasks import Handled, Handling
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from legacy_adapters.operations.commands import (
    CardFunction,
    CertificationMethod,
    ReplacementKind,
    Verdict,
)
from subgraphs.cooperation.enums import InvestigationSubject
from subgraphs.shared.scalars import Date, DateTime

_OFFICER = re.compile(r"[0-9A-Za-z._-]{1,40}", re.ASCII)


@strawberry.input
class OfficerInput:
    """Who asks."""

    id: strawberry.ID
    city: str
    office: Office
    duty: Duty

    def officer(self) -> Officer:
        """The officer, as the machines know one. Raises InputRefused."""
        if not _OFFICER.fullmatch(self.id):
            message = "officer.id must be 1 to 40 ASCII letters, digits, dots, hyphens and underscores."
            raise InputRefused(message, "officer.id")
        return Officer(self.id, self.city, self.office, self.duty)


@strawberry.input
class CardServiceInput:
    """A card's loss or release."""

    idempotency_key: str
    officer: OfficerInput
    issuing_city: str
    card_number: strawberry.ID
    id_number: str
    name: str
    function: CardFunction = CardFunction.SOCIAL


@strawberry.input
class ReplacementInput:
    """A new card in place of one."""

    idempotency_key: str
    officer: OfficerInput
    issuing_city: str
    card_number: strawberry.ID
    id_number: str
    name: str
    kind: ReplacementKind = ReplacementKind.REPLACEMENT
    pick_up_city: str | None = strawberry.UNSET


@strawberry.input
class UndoInput:
    """A service request to undo."""

    idempotency_key: str
    officer: OfficerInput
    number: strawberry.ID


@strawberry.input
class CertificationAssistInput:
    """A certification that was passed here."""

    idempotency_key: str
    officer: OfficerInput
    paying_city: str
    pension_number: strawberry.ID
    id_number: str
    method: CertificationMethod
    passed_on: Date


@strawberry.input
class InvestigationInput:
    """A letter that entrusts another city."""

    idempotency_key: str
    officer: OfficerInput
    addressed_city: str
    id_number: str
    name: str
    subject: InvestigationSubject
    questions: list[str]
    legal_basis: str
    addressed_office: Office = Office.WORK_INJURY_DEPARTMENT
    case_number: strawberry.ID | None = strawberry.UNSET
    attachments: list[str] = strawberry.field(default_factory=list)


@strawberry.input
class CaseAssistInput:
    """A request for assistance in a case."""

    idempotency_key: str
    officer: OfficerInput
    addressed_city: str
    case_number: strawberry.ID
    questions: list[str]
    legal_basis: str
    id_number: str | None = strawberry.UNSET
    credit_code: str | None = strawberry.UNSET
    attachments: list[str] = strawberry.field(default_factory=list)


@strawberry.input
class CaseTransferInput:
    """A case for the city whose it is."""

    idempotency_key: str
    officer: OfficerInput
    addressed_city: str
    case_number: strawberry.ID
    grounds: str
    id_number: str | None = strawberry.UNSET
    credit_code: str | None = strawberry.UNSET


@strawberry.input
class DeathNoticeInput:
    """A death or a disappearance."""

    idempotency_key: str
    officer: OfficerInput
    paying_city: str
    id_number: str
    learnt_from: str
    is_missing: bool = False
    happened_on: Date | None = strawberry.UNSET
    evidence: list[str] = strawberry.field(default_factory=list)


@strawberry.input
class FindingInput:
    """What was found of one question."""

    verdict: Verdict
    text: str


@strawberry.input
class ActionInput:
    """An action, with what it brings."""

    number: strawberry.ID
    action: str
    officer: OfficerInput
    expected_version: int | None = strawberry.UNSET
    reason: str | None = strawberry.UNSET
    questions: list[str] = strawberry.field(default_factory=list)
    investigators: list[strawberry.ID] = strawberry.field(default_factory=list)
    findings: list[FindingInput] = strawberry.field(default_factory=list)
    evidence: list[str] = strawberry.field(default_factory=list)
    addition: str | None = strawberry.UNSET
    case_number: strawberry.ID | None = strawberry.UNSET


@strawberry.input
class FinishTaskInput:
    """A task that is done."""

    id: strawberry.ID
    officer: OfficerInput
    note: str
    handling: Handling | None = strawberry.UNSET
    receipt: str | None = strawberry.UNSET

    def handled(self) -> Handled:
        """What is said of a letter's write."""
        return Handled(self.handling or None, self.receipt or None)


@strawberry.input
class OperationFilter:
    """Which operations to list."""

    kinds: list[OperationKind] | None = strawberry.UNSET
    states: list[str] | None = strawberry.UNSET
    requester_city: str | None = strawberry.UNSET
    addressee_city: str | None = strawberry.UNSET
    waits_for_city: str | None = strawberry.UNSET
    due_by: Date | None = strawberry.UNSET
    due_in_working_days: int | None = strawberry.UNSET
    is_overdue: bool | None = strawberry.UNSET
    is_closed: bool | None = strawberry.UNSET
    person_id: strawberry.ID | None = strawberry.UNSET
    created_from: DateTime | None = strawberry.UNSET
    created_before: DateTime | None = strawberry.UNSET


@strawberry.input
class WebhookInput:
    """Where to post changes to."""

    officer: OfficerInput
    url: str
    kinds: list[OperationKind] = strawberry.field(default_factory=list)


@strawberry.input
class WebhookActionInput:
    """A webhook to resume or to remove."""

    id: strawberry.ID
    officer: OfficerInput
