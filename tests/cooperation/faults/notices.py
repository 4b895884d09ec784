"""Death notices, and what officers of both cities do with them."""

from __future__ import annotations

from contextlib import suppress
from random import Random

from cooperation.acceptance import Intent
from cooperation.actions import Given, take_action
from cooperation.desk import Desk
from cooperation.errors import CooperationError
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from tests.cooperation.faults.report import Report

_WAYS = (
    ("send", "verify", "confirm"),
    ("send", "verify", "refute"),
    ("send", "withdraw"),
    ("withdraw",),
    ("send", "verify"),
)


def way_of_notice(random: Random) -> tuple[str, ...]:
    """What officers do with one."""
    return random.choice(_WAYS)


async def move_notice(desk: Desk, intent: Intent, action: str, report: Report) -> None:
    """Take an action with the run's only notice; where that was not told yet, it is refused."""
    number = f"D{intent.officer.city}-2026-000001"
    city = intent.officer.city if action in ("send", "withdraw") else intent.addressee_city
    duty = Duty.HANDLER if action in ("withdraw", "verify") else Duty.REVIEWER
    officer = Officer(duty.value, city, Office.INSURANCE_AGENCY, duty)
    with suppress(CooperationError):
        await take_action(desk, number, action, officer, Given(reason="查明"))
        report.faults[f"notice: {action}"] += 1
