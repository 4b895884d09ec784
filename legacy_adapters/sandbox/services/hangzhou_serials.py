"""Writes of Hangzhou's core service: each under a serial of the caller, which has its effect once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from legacy_adapters.clock import Clock
from legacy_adapters.sandbox.clock import stamp
from legacy_adapters.sandbox.services.hangzhou_answers import (
    ALREADY_SO,
    BAD_ARGUMENT,
    DONE_UNDER_SERIAL,
    LETTER_KNOWN,
    Refusal,
    head,
)
from legacy_adapters.sandbox.services.write_log import Change, Changes, Effect, Write, WriteLog

_MAXIMAL_LENGTH = 40
_ALREADY = (ALREADY_SO, LETTER_KNOWN)


class Receipt(Struct, frozen=True):
    """The service's own number for what was done under a serial."""

    serial: str
    receipt: str


class Done(NamedTuple):
    """What was done: what has changed by it, and a receipt of its own if it has one."""

    changes: Changes
    receipt: str | None = None


class Serials:
    """The receipts by serial, and the one way in which this service writes."""

    def __init__(self, clock: Clock, writes: WriteLog) -> None:
        self._clock = clock
        self._writes = writes
        self._receipts = {receipt.serial: receipt.receipt for receipt in writes.changed(Receipt)}

    def write(self, operation: str, subject: str, serial: str, effect: Callable[[], Done | Refusal]) -> str:
        """The answer to a write; `effect` is asked once a serial."""
        known = self._receipts.get(serial)
        if known is not None:
            self._enter(operation, subject, serial, Effect.ALREADY)
            return f"{head(*DONE_UNDER_SERIAL)}<receipt>{known}</receipt>"
        came_to = effect() if 0 < len(serial) <= _MAXIMAL_LENGTH else BAD_ARGUMENT
        match came_to:
            case Refusal():
                self._enter(operation, subject, serial, Effect.ALREADY if came_to in _ALREADY else Effect.REFUSED)
                return head(*came_to)
            case Done():
                number = came_to.receipt or f"RZ{self._clock():%Y%m%d}{len(self._receipts) + 1:06d}"
                receipt = Receipt(serial, number)
                self._enter(operation, subject, serial, Effect.DONE, *came_to.changes, (serial, receipt))
                self._receipts[serial] = receipt.receipt
                return f"{head('0', '')}<receipt>{receipt.receipt}</receipt>"

    def _enter(self, operation: str, subject: str, serial: str, effect: Effect, *changes: Change) -> None:
        self._writes.append(Write(stamp(self._clock()), operation, subject, serial, effect), *changes)
