"""How every call to a legacy system is made: a place, a deadline, retries of reads, and a circuit breaker.

In: an operation and a function that attempts it once. Out: its answer, or an `AdapterError`. One `Guard` per system;
its `call` is the one algorithm, its `health` tells how the system has fared.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from msgspec import Struct

from legacy_adapters.circuit import Admission, CircuitBreaker, CircuitState
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.errors import (
    AdapterError,
    BusinessError,
    CircuitOpen,
    SystemInMaintenance,
    SystemRefused,
    SystemTimeout,
    SystemUnavailable,
)
from legacy_adapters.system import LegacySystem

T = TypeVar("T")

RETRY_PAUSE_SECONDS = 0.1
"""The pause before the first retry is a random part of this; before each further one, of twice as much."""

UNASKED_SECONDS = 15.0
"""An outage is told from its first failure on as long as nobody leaves the system unasked for longer than this.

What fails after a longer time begins an outage of its own: whether the system would have answered meanwhile, nobody
knows. The rest of an open circuit does not count, for in it we ask nothing by our own rule; a call that is under way is
asking; one that its caller gave up tells nothing.
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a legacy system; only an idempotent one (a read) is ever sent twice."""

    name: str
    is_idempotent: bool = True


class SystemHealth(Struct, frozen=True):
    """How one legacy system has fared since the process started.

    `calls` are the attempts made, `failures` those without a proper answer, `timeouts` the failures for want of time,
    `retries` the second and further attempts, `rejections` the calls given up before any attempt (circuit open, or no
    free place in time). `last_failure_at` is ISO 8601 on the city's clock.
    """

    system: str
    city: str
    circuit: CircuitState
    calls: int
    failures: int
    timeouts: int
    retries: int
    rejections: int
    in_flight: int
    last_failure_code: str | None
    last_failure_at: str | None


@dataclass(slots=True)
class _Counters:
    calls: int = 0
    failures: int = 0
    timeouts: int = 0
    retries: int = 0
    rejections: int = 0
    in_flight: int = 0
    last_failure_code: str | None = None
    last_failure_at: str | None = None


class Guard:
    """Stands before one legacy system. `monotonic`, `sleep` and `chance` (0 to 1) are arguments for the tests' sake."""

    def __init__(
        self,
        system: LegacySystem,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        config = system.config
        self._system = system
        self._sleep = sleep
        self._chance = chance
        self._monotonic = monotonic
        self._places = asyncio.Semaphore(config.max_concurrency)
        self._circuit = CircuitBreaker(config.failures_to_open, config.open_seconds, monotonic)
        self._counters = _Counters()
        # Why the system rests, where it is for our credentials.
        self._refusal: str | None = None
        # Of the first failure after the last answer, and until when another attempt can carry it on.
        self._unavailable_since: str | None = None
        self._outage_open_until = 0.0

    async def call(self, operation: Operation, attempt: Callable[[], Awaitable[T]]) -> T:
        """The answer of `attempt`, made in one of the system's places and within its time.

        Waiting for a place may take `timeout_seconds`, the attempts together as much again. Raises SystemTimeout,
        CircuitOpen, SystemRefused while a refused login is not tried again, and what `attempt` raises; any other
        exception of an attempt is a defect and passes unchanged.
        """
        await self._take_place()
        try:
            return await self._attempts(operation, attempt)
        finally:
            self._places.release()

    def health(self) -> SystemHealth:
        """How the system has fared until now."""
        counters = self._counters
        return SystemHealth(
            self._system.name,
            self._system.city,
            self._circuit.state,
            counters.calls,
            counters.failures,
            counters.timeouts,
            counters.retries,
            counters.rejections,
            counters.in_flight,
            counters.last_failure_code,
            counters.last_failure_at,
        )

    async def _take_place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()  # does not wait
            return
        timeout = self._system.config.timeout_seconds
        try:
            async with asyncio.timeout(timeout):
                await self._places.acquire()
        except TimeoutError:
            self._counters.rejections += 1
            raise self._system.error(SystemTimeout, f"no free place within {timeout:g} seconds") from None

    async def _attempts(self, operation: Operation, attempt: Callable[[], Awaitable[T]]) -> T:
        now = asyncio.get_running_loop().time
        deadline = now() + self._system.config.timeout_seconds
        retries = self._system.config.retries if operation.is_idempotent else 0
        for number in range(retries):
            try:
                return await self._attempt(attempt, deadline)
            except SystemUnavailable as error:
                pause = self._chance() * RETRY_PAUSE_SECONDS * 2**number
                # A system that says it is closed will not open within our time; one that rests is not asked.
                is_useless = isinstance(error, SystemInMaintenance) or self._circuit.state is not CircuitState.CLOSED
                if is_useless or now() + pause >= deadline:
                    raise
            await self._sleep(pause)
            self._counters.retries += 1
        return await self._attempt(attempt, deadline)

    async def _attempt(self, attempt: Callable[[], Awaitable[T]], deadline: float) -> T:
        admission = self._admit()
        self._forget_old_outage()
        self._counters.calls += 1
        self._counters.in_flight += 1
        try:
            async with asyncio.timeout_at(deadline):
                answer = await attempt()
        except TimeoutError as error:
            timeout = self._system.error(
                SystemTimeout, f"no answer within {self._system.config.timeout_seconds:g} seconds"
            )
            self._note_failure(timeout, admission)
            raise timeout from error
        except AdapterError as error:
            self._note_failure(error, admission)
            raise
        except BaseException:
            self._circuit.abandoned(admission)
            raise
        finally:
            self._counters.in_flight -= 1
        self._circuit.succeeded(admission)
        self._unavailable_since = None
        return answer

    def _admit(self) -> Admission:
        admission = self._circuit.admit()
        if admission is None:
            self._counters.rejections += 1
            error: AdapterError = (
                self._system.error(CircuitOpen, "failed too often just now and is not asked for a while")
                if self._refusal is None
                else self._system.login_refused(self._refusal)
            )
            error.unavailable_since = self._unavailable_since
            raise error
        return admission

    def _forget_old_outage(self) -> None:
        if not self._counters.in_flight and self._monotonic() > self._outage_open_until:
            self._unavailable_since = None

    def _note_failure(self, error: AdapterError, admission: Admission) -> None:
        now = self._system.clock().astimezone(CITY_ZONE).isoformat(timespec="seconds")
        is_outage = isinstance(error, SystemTimeout | SystemUnavailable | SystemRefused)
        self._unavailable_since = (self._unavailable_since or now) if is_outage else None
        error.unavailable_since = self._unavailable_since
        if isinstance(error, SystemInMaintenance):
            error.closed_until = self._system.closed_until()
        if isinstance(error, SystemRefused) and error.is_login:
            self._refusal = error.reason
            self._circuit.refused(admission)
        elif isinstance(error, SystemTimeout | SystemUnavailable) and not isinstance(error, SystemInMaintenance):
            self._refusal = None
            self._circuit.failed(admission)
        else:
            self._circuit.succeeded(admission)  # it answered, whatever it said
        rest = self._system.config.open_seconds if self._circuit.state is CircuitState.OPEN else 0.0
        self._outage_open_until = self._monotonic() + rest + UNASKED_SECONDS
        if not isinstance(error, BusinessError):
            counters = self._counters
            counters.failures += 1
            counters.timeouts += isinstance(error, SystemTimeout)
            counters.last_failure_code = error.code
            counters.last_failure_at = now
