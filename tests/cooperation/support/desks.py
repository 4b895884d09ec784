"""A desk over a database of a test's own and scripted cities, with a clock that the test moves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cooperation.acceptance import Accepted, Intent, accept_intent
from cooperation.calendar.working_days import packaged_calendar
from cooperation.configuration import CooperationConfig
from cooperation.content import CardContent, CertificationContent
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store.store import Store
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.operations.commands import CardFunction, CertificationMethod
from legacy_adapters.records.provenance import NationalId
from tests.cooperation.support.scripted import city

HANGZHOU, HUANGSHAN = "330100", "341000"
CLERK = Officer("1001", HANGZHOU, Office.CARD_CENTRE, Duty.HANDLER)
ISSUER = Officer("2001", HUANGSHAN, Office.CARD_CENTRE, Duty.HANDLER)
AGENT = Officer("1002", HANGZHOU, Office.INSURANCE_AGENCY, Duty.HANDLER)
REVIEWER = Officer("1003", HANGZHOU, Office.INSURANCE_AGENCY, Duty.REVIEWER)
PERSON = NationalId("330199195805120015")


@dataclass
class TestClock:
    """Stands still until it is moved."""

    __test__ = False
    now: datetime = field(default_factory=lambda: datetime(2026, 10, 30, 9, 30, tzinfo=CITY_ZONE))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class TestSealer:
    """Shows in a database dump what was sealed, so that tests can look for what was not."""

    __test__ = False
    sealed_head = "sealed:"
    person_head = "p:"
    has_other_keys = False

    def seal(self, content: str) -> str:
        return "sealed:" + content.encode().hex()

    def open(self, sealed: str) -> str:
        return bytes.fromhex(sealed.removeprefix("sealed:")).decode()

    def person_id(self, national_id: NationalId) -> str:
        return "p:" + hashlib.sha256(national_id.encode()).hexdigest()[:20]

    def person_ids(self, person_id: str) -> tuple[str, ...]:
        return (person_id,)

    def fingerprints(self, content: str) -> tuple[str, ...]:
        return (hashlib.sha256(content.encode()).hexdigest()[:32],)


LETTERS = ("assist_creation", "assist_acceptance", "assist_reply")


def make_desk(store: Store, clock: TestClock, system: Any = None, letters: Any = None, **config: Any) -> Desk:
    """Huangshan's systems are `system`, or a mapping by write; it may be None: a city that offers nothing.

    `letters` are both cities' systems for letters of investigation, by city.
    """
    writes = (
        {}
        if system is None
        else system
        if isinstance(system, dict)
        else dict.fromkeys(
            ("card_temporary_loss", "card_formal_loss", "card_release", "card_replacement", "pension_certification"),
            system,
        )
    )
    kept = {code: dict.fromkeys(LETTERS, one) for code, one in (letters or {}).items()}
    cities = {
        HANGZHOU: city(HANGZHOU, **kept.get(HANGZHOU, {})),
        HUANGSHAN: city(HUANGSHAN, **writes, **kept.get(HUANGSHAN, {})),
    }
    return Desk(store, TestSealer(), CooperationConfig(**config), packaged_calendar(), clock, cities)


def card_intent(kind: OperationKind = OperationKind.TEMPORARY_LOSS, key: str = "key-0001", **content: Any) -> Intent:
    card = {"card_number": "H00000001", "national_id": PERSON, "name": "张三", "function": CardFunction.SOCIAL}
    return Intent(kind, CLERK, HUANGSHAN, Office.CARD_CENTRE, CardContent(**(card | content)), key)


def certification_intent(key: str = "key-0001") -> Intent:
    content = CertificationContent(PERSON, "P0000001", CertificationMethod.COUNTER, "2026-10-30")
    return Intent(OperationKind.CERTIFICATION, AGENT, HUANGSHAN, Office.INSURANCE_AGENCY, content, key)


async def accepted(desk: Desk, intent: Intent | None = None) -> Accepted:
    return await accept_intent(desk, intent or card_intent())
