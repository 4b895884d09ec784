"""An officer's intent becomes an operation: once per idempotency key, whatever the network does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from cooperation.content import (
    AnyContent,
    CardContent,
    CertificationContent,
    citizen_of,
    encode_content,
    ordering_subject,
)
from cooperation.desk import Desk
from cooperation.errors import IdempotencyKeyReused, InputRefused
from cooperation.kinds import KIND_RULES, OperationKind, machine_of
from cooperation.lines import line_names, subject_names
from cooperation.states.machine import Office
from cooperation.states.move import Officer, may_create
from cooperation.store.counters import registered_number
from cooperation.store.deliveries import DeliveryState, create_delivery
from cooperation.store.operations import create_operation, read_by_key, read_not_returned
from cooperation.store.rows import DeliveryRow, OperationRow
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.operations.commands import OperationName

KEY = re.compile(r"[\x21-\x7e]{8,128}")


@dataclass(frozen=True, slots=True)
class Intent:
    """What an officer wants done.

    Attributes:
        key: the idempotency key: 8 to 128 printable ASCII characters, one per intent, unique within the officer's city.
    """

    kind: OperationKind
    officer: Officer
    addressee_city: str
    addressee_office: Office
    content: AnyContent
    key: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Attributes:
    operation: as it stands now, which for an intent told again may be far on.
    is_new: whether this intent was told for the first time.
    delivery_id: the delivery it begins with; None where officers move it, or where it is not new.
    """

    operation: OperationRow
    is_new: bool
    delivery_id: str | None


async def accept_intent(desk: Desk, intent: Intent) -> Accepted:
    """The intent's operation, made if this is the first time that it is told.

    Raises OfficerNotEntitled, InputRefused, IdempotencyKeyReused.
    """
    check_asking(desk, intent.kind, intent.officer, intent.addressee_office, intent.key)
    rule = KIND_RULES[intent.kind]
    desk.require_city(rule.addressee_input, intent.addressee_city)
    if isinstance(intent.content, CardContent) and intent.content.pick_up_city is not None:
        desk.require_city("pickUpCity", intent.content.pick_up_city)
    if rule.write is None and intent.addressee_city == intent.officer.city:
        raise InputRefused(f"{rule.addressee_input} must be another city than the officer's.", rule.addressee_input)
    return await desk.store.transact(lambda connection: accept_checked(connection, desk, intent))


def check_asking(desk: Desk, kind: OperationKind, officer: Officer, addressee: Office, key: str) -> None:
    """Raise OfficerNotEntitled or InputRefused unless this officer may ask such an office for this, by such a key."""
    may_create(machine_of(kind), officer, addressee)
    if not KEY.fullmatch(key):
        message = "idempotencyKey must be 8 to 128 printable ASCII characters without blanks."
        raise InputRefused(message, "idempotencyKey")
    desk.require_city("officer.city", officer.city)


def accept_checked(connection: Connection, desk: Desk, intent: Intent) -> Accepted:
    """The operation of an intent that was checked, as a part of a transaction.

    Raises IdempotencyKeyReused, and InputRefused for what is too old to be asked for the first time, or asked already.
    """
    digests = content_digests(desk, intent.kind, intent.addressee_city, intent.addressee_office, intent.content)
    known = read_by_key(connection, intent.officer.city, intent.key)
    if known is not None:
        if known.content_digest not in digests:
            message = "The idempotency key was used for an operation of other content."
            raise IdempotencyKeyReused(message, "idempotencyKey")
        return Accepted(known, is_new=False, delivery_id=None)
    _require_proof(desk, intent)
    operation = _operation(connection, desk, intent, digests[0])
    _require_not_handed_over(connection, desk, operation)
    create_operation(connection, operation)
    write = KIND_RULES[intent.kind].write
    if write is None:
        return Accepted(operation, is_new=True, delivery_id=None)
    delivery = first_delivery(desk, operation, write)
    create_delivery(connection, delivery, line_names(desk, operation, delivery))
    return Accepted(operation, is_new=True, delivery_id=delivery.id)


def _require_proof(desk: Desk, intent: Intent) -> None:
    """Raise InputRefused for a certification of so long ago that it does not show that its pensioner lives now.

    A system may take none but today's day, and pay for another year from then.
    """
    if not isinstance(intent.content, CertificationContent):
        return
    days = desk.config.city_rules(intent.addressee_city).certification_days
    today = desk.clock().astimezone(CITY_ZONE).date()
    if date.fromisoformat(intent.content.passed_on) < today - timedelta(days=days):
        message = f"passedOn must be within the last {days} days: what is older proves no life."
        raise InputRefused(message, "passedOn")


def _require_not_handed_over(connection: Connection, desk: Desk, operation: OperationRow) -> None:
    """Raise InputRefused for a case that is handed over already: the other city would register it twice.

    Its number is taken by now, and the numbers of its city are given one after the other: no other one is overlooked.
    """
    if KIND_RULES[OperationKind(operation.kind)].registration is None:
        return
    known = read_not_returned(connection, subject_names(desk, operation))
    if known is not None:
        raise InputRefused(f"caseNumber: {known} hands this case over already.", "caseNumber")


def content_digests(desk: Desk, kind: str, city: str, office: str, content: AnyContent) -> tuple[str, ...]:
    """What an intent told again is known by, under every known key, the current one's first."""
    return desk.sealer.fingerprints(f"{kind} {city} {office} {encode_content(content)}")


def _operation(connection: Connection, desk: Desk, intent: Intent, digest: str) -> OperationRow:
    now = desk.clock()
    rule = KIND_RULES[intent.kind]
    year = now.astimezone(CITY_ZONE).year
    citizen = citizen_of(intent.content)
    subject = ordering_subject(intent.officer.city, intent.addressee_city, intent.content)
    return OperationRow(
        number=registered_number(connection, rule.letter, intent.officer.city, year),
        kind=intent.kind,
        state=rule.machine.initial,
        version=1,
        requester_city=intent.officer.city,
        requester_office=intent.officer.office,
        addressee_city=intent.addressee_city,
        addressee_office=intent.addressee_office,
        addressee_number=None,
        person_id=None if citizen is None else desk.sealer.person_id(citizen),
        subject=None if subject is None else desk.sealer.fingerprints(subject)[0],
        content_sealed=desk.seal_content(intent.content),
        idempotency_key=intent.key,
        content_digest=digest,
        created_by=intent.officer.name,
        created_at=now,
        updated_at=now,
        closed_at=None,
        due_for=None,
        due_on=None,
        due_is_estimated=False,
    )


def first_delivery(desk: Desk, operation: OperationRow, write: OperationName) -> DeliveryRow:
    """The write that an operation begins with, owed from now on."""
    return new_delivery(
        f"{operation.number}-1",
        operation,
        write,
        subject=operation.subject or operation.number,
        useless_after=useless_after(desk, operation, operation.created_at),
    )


def new_delivery(  # noqa: PLR0913  (the columns of a row)
    delivery_id: str,
    operation: OperationRow,
    write: OperationName,
    *,
    subject: str,
    useless_after: datetime,
    city: str | None = None,
) -> DeliveryRow:
    """A delivery to the deciding city, or to another one, that nothing has been done for yet."""
    return DeliveryRow(
        id=delivery_id,
        operation_number=operation.number,
        write=write,
        city=city or operation.addressee_city,
        subject=subject,
        state=DeliveryState.OPEN,
        run=1,
        turns=0,
        attempts_before=0,
        created_at=operation.updated_at,
        not_before=None,
        useless_after=useless_after,
        settled_at=None,
        outcome=None,
        reason=None,
        raw_code=None,
        receipt=None,
        state_raw=None,
        effect_since=None,
        effect_expires_at=None,
        system=None,
        as_of=None,
    )


def useless_after(desk: Desk, operation: OperationRow, start: datetime) -> datetime:
    """When a write that has not been made has become useless, or a person's task."""
    rules = desk.config.city_rules(operation.addressee_city)
    is_temporary = operation.kind == OperationKind.TEMPORARY_LOSS
    return start + timedelta(hours=rules.temporary_loss_hours if is_temporary else rules.write_hours)
