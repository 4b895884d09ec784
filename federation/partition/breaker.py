"""A circuit breaker around one partition: a city that fails again and again is not waited for each time.

    closed ── `failures` in a row ──► open ── after `open_seconds` ──► half-open: one call tries
       ▲                               ▲                                   │
       └──────────── it succeeds ──────┼───────────────────────────────────┤
                                       └──────────── it fails ─────────────┘

What counts is whether the partition answers at all: timeouts, lost connections, HTTP errors. Errors inside an answer
are an answer. A call that ended because its own request's time was over says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from time import monotonic

from federation.executor.errors import ErrorCode
from federation.executor.subgraph_client import SubgraphClient, SubgraphRequest, SubgraphResponse
from federation.partition.errors import PartitionErrorCode
from federation.query_plan.nodes import SubgraphName

_FAILURES = frozenset({ErrorCode.SUBGRAPH_REQUEST_TIMEOUT, ErrorCode.SUBREQUEST_HTTP_ERROR})


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """When a circuit opens, and for how long it asks nothing then."""

    failures: int = 5
    open_seconds: float = 5.0


class Verdict(Enum):
    """What a call says of the partition."""

    GOOD = auto()
    BAD = auto()
    NOTHING = auto()


class Admission(Enum):
    """Whether a call may go out."""

    REFUSED = auto()
    NORMAL = auto()
    TRY = auto()


class CircuitBreaker:
    """The state of one circuit; `clock` gives seconds."""

    def __init__(self, settings: BreakerSettings, clock: Callable[[], float] = monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._is_trying = False

    def enter(self) -> Admission:
        """Ask for a call; of an open circuit's calls one at a time goes out, once its time is over."""
        if self._opened_at is None:
            return Admission.NORMAL
        if self._is_trying or self._clock() - self._opened_at < self._settings.open_seconds:
            return Admission.REFUSED
        self._is_trying = True
        return Admission.TRY

    def leave(self, admission: Admission, verdict: Verdict) -> None:
        """A call that went out has ended."""
        is_try = admission is Admission.TRY
        if is_try:
            self._is_trying = False
        match verdict:
            case Verdict.GOOD:
                self._failures, self._opened_at = 0, None
            case Verdict.BAD:
                self._failures += 1
                # What was under way when the circuit opened does not keep it open longer.
                is_news = is_try or self._opened_at is None
                if is_news and self._failures >= self._settings.failures:
                    self._opened_at = self._clock()
            case Verdict.NOTHING:
                pass


class GuardedClient:
    """A `SubgraphClient` that asks another one while its circuit lets it."""

    def __init__(
        self,
        subgraph: SubgraphName,
        client: SubgraphClient,
        settings: BreakerSettings,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._subgraph = subgraph
        self._client = client
        self._breaker = CircuitBreaker(settings, clock)

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        admission = self._breaker.enter()
        if admission is Admission.REFUSED:
            return self._refusal()
        verdict = Verdict.NOTHING  # of a call that is cancelled
        try:
            response = await self._client.execute(request)
            verdict = _verdict(response)
        finally:
            self._breaker.leave(admission, verdict)
        return response

    def _refusal(self) -> SubgraphResponse:
        extensions = {
            "code": PartitionErrorCode.PARTITION_CIRCUIT_OPEN.value,
            "service": self._subgraph,
            "retryable": True,
        }
        message = "The city failed several times in a row and is not asked for a while."
        return SubgraphResponse(None, ({"message": message, "extensions": extensions},))


def _verdict(response: SubgraphResponse) -> Verdict:
    if response.data is not None:
        return Verdict.GOOD
    codes = {(error.get("extensions") or {}).get("code") for error in response.errors}
    if codes & _FAILURES:
        return Verdict.BAD
    # A GraphQL answer without data is an answer too, except where our own request's time was over.
    return Verdict.NOTHING if ErrorCode.GATEWAY_TIMEOUT in codes else Verdict.GOOD
