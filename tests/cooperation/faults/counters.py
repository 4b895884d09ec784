"""What people do at counters besides telling what they want."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cooperation.acceptance import Intent, accept_intent
from cooperation.actions import Given, take_action
from cooperation.content import CardContent
from cooperation.desk import Desk
from cooperation.errors import CooperationError, IdempotencyKeyReused
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store.rows import OperationRow
from legacy_adapters.operations.commands import CardCommand
from legacy_adapters.operations.protocols import CityOperations
from tests.cooperation.faults.invariants import AT_COUNTER
from tests.cooperation.faults.report import Report


async def reuse_key(desk: Desk, old: Intent, new: Intent, report: Report) -> None:
    """Tell an intent under the key of another one of the same city; that must be refused."""
    if old.officer.city != new.officer.city or old.content == new.content:
        return
    reused = Intent(new.kind, new.officer, new.addressee_city, new.addressee_office, new.content, old.key)
    try:
        await accept_intent(desk, reused)
        report.violations.append("an idempotency key was taken for another content")
    except IdempotencyKeyReused:
        report.faults["key reused"] += 1
    except CooperationError:
        pass  # unlawful in other ways too


async def withdraw(desk: Desk, operation: OperationRow, report: Report) -> bool:
    """Withdraw an operation, where that is allowed. Whether it was."""
    officer = Officer("1001", operation.requester_city, Office(operation.requester_office), Duty.HANDLER)
    try:
        await take_action(desk, operation.number, "withdraw", officer, Given(reason="found again"))
    except CooperationError:
        return False
    report.faults["withdrawn"] += 1
    return True


async def fetch_cards(desk: Desk, cities: Mapping[str, CityOperations], operations: Sequence[OperationRow]) -> None:
    """Holders fetch the cards that were made for them meanwhile."""
    for operation in operations:
        content = desk.content_of(operation)
        if operation.state != "IN_PRODUCTION" or not isinstance(content, CardContent):
            continue
        city = cities[operation.addressee_city]
        assert city.replacements is not None
        assert city.card_activation is not None
        made = await city.replacements.replacement_progress(content.card_number, content.national_id)
        if made is not None and made.new_card_number is not None:
            fetched = CardCommand(made.new_card_number, content.national_id, content.name)
            await city.card_activation.write(fetched, f"{AT_COUNTER}{operation.number}")
