"""What can be made to go wrong with a legacy system, and for how long."""

from __future__ import annotations

from enum import StrEnum
from random import Random
from typing import Annotated

from msgspec import Meta, Struct


class FaultKind(StrEnum):
    """The kinds; databases know the first four only. A request that is doubled reaches the service twice."""

    LATENCY = "latency"
    HANG = "hang"
    REFUSE = "refuse"
    MAINTENANCE = "maintenance"
    HTML = "html"
    SOAP_FAULT = "soap_fault"
    BUSINESS_ERROR = "business_error"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105  (a kind of fault)
    WRONG_CHARSET = "wrong_charset"
    BUSY = "busy"
    DOUBLED = "doubled"


HOURS_PATTERN = "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
DATABASE_FAULTS = frozenset({FaultKind.LATENCY, FaultKind.HANG, FaultKind.REFUSE, FaultKind.MAINTENANCE})


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    """One fault as the admin endpoint takes it.

    Attributes:
        kind: what goes wrong.
        seconds: of a latency, what half of the calls wait.
        p95_seconds: of a latency, what one call in twenty waits; `seconds` for all if left out.
        count: after so many calls the fault is over; until cleared if left out. Not of databases.
        operations: only these operations fail; all if empty. Not of databases.
        text: of a business error or SOAP Fault, its text; the system's own example if left out.
        hours: of maintenance, `22:30-06:00` on the city's clock; the service is open outside them. Not of databases.
        at_once: of busy, how many calls may run side by side; the others are turned away.
        effect_done: of latency, hang and refuse, whether a write has its effect although no answer comes in time.
    """

    kind: FaultKind
    seconds: Annotated[float, Meta(ge=0)] = 1.0
    p95_seconds: Annotated[float, Meta(ge=0)] | None = None
    count: Annotated[int, Meta(ge=1)] | None = None
    operations: tuple[str, ...] = ()
    text: str | None = None
    hours: Annotated[str, Meta(pattern=HOURS_PATTERN)] | None = None
    at_once: Annotated[int, Meta(ge=0)] = 0
    effect_done: bool = False

    def delay_seconds(self, random: Random) -> float:
        """How long this call waits."""
        if self.p95_seconds is not None and random.random() < 0.05:
            return self.p95_seconds
        return self.seconds


class FaultRefused(Exception):
    """A fault that this system cannot have; the text is meant for the caller."""
