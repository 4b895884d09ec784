"""The circuit breaker of one legacy system: a system that failed too often in a row rests, then is asked once.

One that refuses our credentials rests at once: asked with them again and again, it locks the account.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NewType

Admission = NewType("Admission", int)
"""Leave to make one call; its outcome is told to the breaker with it, and counts only while it is fresh."""


class CircuitState(StrEnum):
    """Whether the system is asked."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Counts failures in a row. `monotonic` gives seconds that never go back."""

    __slots__ = (
        "_failures",
        "_failures_to_open",
        "_generation",
        "_monotonic",
        "_open_seconds",
        "_rests_until",
        "state",
    )

    def __init__(self, failures_to_open: int, open_seconds: float, monotonic: Callable[[], float]) -> None:
        self.state = CircuitState.CLOSED
        self._failures_to_open = failures_to_open
        self._open_seconds = open_seconds
        self._monotonic = monotonic
        self._failures = 0
        self._rests_until = 0.0
        # Calls begun before the state changed end after it: what they tell belongs to the state before.
        self._generation = 0

    def admit(self) -> Admission | None:
        """Leave for one call, or None while the system rests or its one probe is under way."""
        match self.state:
            case CircuitState.CLOSED:
                return Admission(self._generation)
            case CircuitState.OPEN if self._monotonic() >= self._rests_until:
                self._enter(CircuitState.HALF_OPEN)
                return Admission(self._generation)
            case _:
                return None

    def succeeded(self, admission: Admission) -> None:
        """The system answered."""
        if admission == self._generation:
            self._failures = 0
            if self.state is CircuitState.HALF_OPEN:
                self._enter(CircuitState.CLOSED)

    def failed(self, admission: Admission) -> None:
        """The system did not answer, or could not work."""
        if admission == self._generation:
            self._failures += 1
            if self.state is CircuitState.HALF_OPEN or self._failures >= self._failures_to_open:
                self._rest(self._open_seconds)

    def refused(self, admission: Admission) -> None:
        """The system does not accept who asks: it rests at once."""
        if admission == self._generation:
            self._rest(self._open_seconds)

    def abandoned(self, admission: Admission) -> None:
        """The call was given up by its caller, and tells nothing; the next call may be the probe."""
        if admission == self._generation and self.state is CircuitState.HALF_OPEN:
            self._rest(0.0)

    def _rest(self, seconds: float) -> None:
        self._rests_until = self._monotonic() + seconds
        self._enter(CircuitState.OPEN)

    def _enter(self, state: CircuitState) -> None:
        self.state = state
        self._failures = 0
        self._generation += 1
