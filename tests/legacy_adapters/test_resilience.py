"""Every call to a system: its place, its time, its retries, its circuit, its counters."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from legacy_adapters.circuit import CircuitState
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.errors import (
    AdapterError,
    AnswerMalformed,
    BusinessError,
    CircuitOpen,
    SystemInMaintenance,
    SystemRefused,
    SystemTimeout,
    SystemUnavailable,
)
from legacy_adapters.resilience import UNASKED_SECONDS, Guard, Operation, SystemHealth
from tests.legacy_adapters.support.systems import AS_OF, make_system
from tests.support.idle_time import idle_time

READ = Operation("read")
WRITE = Operation("write", is_idempotent=False)


def unavailable() -> SystemUnavailable:
    return SystemUnavailable("test_system", "330100", "the connection was refused")


class Attempts:
    """Fails with each of `errors` in turn, then answers."""

    def __init__(self, *errors: BaseException) -> None:
        self.made = 0
        self._errors = iter(errors)

    async def __call__(self) -> str:
        self.made += 1
        error = next(self._errors, None)
        if error is not None:
            raise error
        return "answer"


class Pauses:
    """Notes the pauses instead of sleeping."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


def make_guard(pauses, **limits) -> Guard:
    return Guard(make_system(**limits), sleep=pauses, chance=lambda: 0.5)


async def test_a_read_that_broke_off_is_tried_again_after_a_jittered_pause(pauses):
    guard, attempts = make_guard(pauses, retries=2), Attempts(unavailable(), unavailable())
    assert await guard.call(READ, attempts) == "answer"
    assert attempts.made == 3
    assert pauses.seconds == [0.05, 0.1]


async def test_the_last_failure_is_the_callers(pauses):
    guard, attempts = make_guard(pauses, retries=1), Attempts(unavailable(), unavailable())
    with pytest.raises(SystemUnavailable):
        await guard.call(READ, attempts)
    assert attempts.made == 2


async def test_a_write_is_never_sent_twice(pauses):
    guard, attempts = make_guard(pauses, retries=2), Attempts(unavailable())
    with pytest.raises(SystemUnavailable):
        await guard.call(WRITE, attempts)
    assert attempts.made == 1


@pytest.mark.parametrize(
    "error",
    [
        SystemInMaintenance("test_system", "330100", "closed"),
        AnswerMalformed("test_system", "330100", "no XML"),
        BusinessError("test_system", "330100", "no", "E3001"),
    ],
)
async def test_what_a_second_try_would_not_change_is_not_tried_again(pauses, error):
    guard, attempts = make_guard(pauses, retries=2), Attempts(error)
    with pytest.raises(type(error)):
        await guard.call(READ, attempts)
    assert attempts.made == 1


async def test_no_answer_in_time_is_a_timeout():
    guard = Guard(make_system(timeout_seconds=0.01, retries=2))
    with pytest.raises(SystemTimeout) as caught:
        await guard.call(READ, asyncio.Event().wait)
    assert str(caught.value) == "test_system (330100): no answer within 0.01 seconds"
    assert (guard.health().calls, guard.health().timeouts) == (1, 1)


async def test_at_most_the_declared_number_of_calls_run_at_once():
    guard, running, most = Guard(make_system(max_concurrency=3)), 0, 0

    async def attempt() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    await asyncio.gather(*(guard.call(READ, attempt) for _ in range(20)))
    assert most == 3
    assert guard.health().calls == 20


async def test_who_finds_no_place_in_time_is_told_so_and_nothing_is_sent():
    guard = Guard(make_system(max_concurrency=1, timeout_seconds=0.2))
    with idle_time():
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(_outcome(guard.call(READ, asyncio.Event().wait)))
            await asyncio.sleep(0.1)
            second = tasks.create_task(_outcome(guard.call(WRITE, asyncio.Event().wait)))
            third = tasks.create_task(_outcome(guard.call(WRITE, asyncio.Event().wait)))
    assert first.result().reason == "no answer within 0.2 seconds"
    assert {second.result().reason, third.result().reason} == {
        "no answer within 0.2 seconds",
        "no free place within 0.2 seconds",
    }
    assert guard.health().rejections == 1


async def test_a_system_that_keeps_failing_is_not_asked_until_a_probe_succeeds(pauses):
    seconds = [0.0]
    guard = Guard(
        make_system(failures_to_open=2, open_seconds=10, retries=0), monotonic=lambda: seconds[0], sleep=pauses
    )
    attempts = Attempts(unavailable(), unavailable())
    for _ in range(2):
        with pytest.raises(SystemUnavailable):
            await guard.call(READ, attempts)
    with pytest.raises(CircuitOpen):
        await guard.call(READ, attempts)
    assert attempts.made == 2
    seconds[0] = 10.0
    assert await guard.call(READ, attempts) == "answer"
    assert guard.health().circuit is CircuitState.CLOSED


async def test_every_failure_tells_since_when_nobody_has_had_an_answer(pauses):
    now = [datetime(2026, 10, 30, 2, 10, tzinfo=CITY_ZONE)]
    system = replace(make_system(failures_to_open=2, open_seconds=0.0, retries=0), clock=lambda: now[0])
    guard = Guard(system, sleep=pauses)

    async def told(attempt: Attempts) -> str | None:
        now[0] += timedelta(minutes=1)
        with pytest.raises(AdapterError) as failure:
            await guard.call(READ, attempt)
        return failure.value.unavailable_since

    failures = [unavailable(), SystemInMaintenance("s", "c", "closed"), SystemTimeout("s", "c", "late"), unavailable()]
    assert {await told(Attempts(failure)) for failure in failures} == {"2026-10-30T02:11:00+08:00"}
    await guard.call(READ, Attempts())
    assert await told(Attempts(unavailable())) == "2026-10-30T02:15:00+08:00"
    assert await told(Attempts(BusinessError("s", "c", "no", "E1"))) is None, "that was an answer"


class Outages:
    """A guard whose clocks stand still until they are moved; `fail` tells since when there has been no answer."""

    def __init__(self, pauses: Pauses, **limits: object) -> None:
        self._start = datetime(2026, 10, 30, 2, 10, tzinfo=CITY_ZONE)
        self._seconds = 0.0
        system = replace(make_system(**limits), clock=lambda: self._start + timedelta(seconds=self._seconds))
        self.guard = Guard(system, monotonic=lambda: self._seconds, sleep=pauses)

    def forward(self, seconds: float) -> None:
        self._seconds += seconds

    async def fail(self, error: AdapterError | None = None) -> float | None:
        """Seconds after the start, None where the failure tells of none."""
        with pytest.raises(AdapterError) as failure:
            await self.guard.call(READ, Attempts(error or unavailable()))
        since = failure.value.unavailable_since
        return None if since is None else (datetime.fromisoformat(since) - self._start).total_seconds()


@pytest.mark.parametrize(("unasked", "told"), [(0, 5), (UNASKED_SECONDS, 5), (UNASKED_SECONDS + 1, 21)])
async def test_a_time_in_which_nobody_asked_is_not_claimed_as_unavailable(pauses, unasked, told):
    outages = Outages(pauses, retries=0, failures_to_open=9)
    outages.forward(5)
    assert await outages.fail() == 5
    outages.forward(unasked)
    assert await outages.fail() == told
    outages.forward(1)
    assert await outages.fail() == told


async def test_a_system_asked_again_and_again_is_unavailable_since_its_first_failure_however_long(pauses):
    outages = Outages(pauses, retries=0, failures_to_open=99)
    for _ in range(20):
        assert await outages.fail(SystemInMaintenance("s", "c", "closed")) == 0
        outages.forward(UNASKED_SECONDS)


@pytest.mark.parametrize(("unasked_after_rest", "told"), [(UNASKED_SECONDS, 0), (UNASKED_SECONDS + 1, 76)])
async def test_the_rest_of_a_circuit_ends_no_outage_and_a_time_unasked_after_it_does(pauses, unasked_after_rest, told):
    outages = Outages(pauses, retries=0, failures_to_open=1, open_seconds=60)
    assert await outages.fail() == 0
    outages.forward(59)
    assert await outages.fail() == 0, "it rests, and nothing was asked"
    outages.forward(1 + unasked_after_rest)
    assert await outages.fail() == told


async def test_while_the_probe_of_a_forgotten_outage_is_under_way_nobody_is_told_of_it(pauses):
    outages = Outages(pauses, retries=0, failures_to_open=1, open_seconds=10)
    assert await outages.fail() == 0
    outages.forward(3600)
    probe = asyncio.create_task(outages.guard.call(READ, asyncio.Event().wait))
    await asyncio.sleep(0)
    assert await outages.fail() is None
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe


async def test_a_call_under_way_is_asking_and_one_given_up_tells_nothing(pauses):
    outages = Outages(pauses, retries=0, failures_to_open=9)
    assert await outages.fail() == 0
    outages.forward(10)
    asking = asyncio.create_task(outages.guard.call(READ, asyncio.Event().wait))
    await asyncio.sleep(0)
    outages.forward(10)
    assert await outages.fail() == 0
    outages.forward(10)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    outages.forward(10)
    assert await outages.fail() == 40


async def test_a_system_that_rests_tells_it_too(pauses):
    guard = make_guard(pauses, failures_to_open=1, retries=0)
    with pytest.raises(SystemUnavailable) as first:
        await guard.call(READ, Attempts(unavailable()))
    with pytest.raises(CircuitOpen) as resting:
        await guard.call(READ, Attempts())
    assert resting.value.unavailable_since == first.value.unavailable_since is not None


async def test_the_failure_that_opens_the_circuit_is_told_itself(pauses):
    guard, attempts = make_guard(pauses, failures_to_open=1, retries=2), Attempts(unavailable())
    with pytest.raises(SystemUnavailable):
        await guard.call(READ, attempts)
    assert attempts.made == 1
    assert guard.health().circuit is CircuitState.OPEN


async def test_an_answer_that_says_no_does_not_open_the_circuit(pauses):
    guard = make_guard(pauses, failures_to_open=1)
    for error in (BusinessError("s", "c", "no", "E1"), SystemInMaintenance("s", "c", "closed")):
        with pytest.raises(type(error)):
            await guard.call(READ, Attempts(error))
    assert guard.health().circuit is CircuitState.CLOSED


async def test_a_refused_login_is_not_tried_again_until_one_call_finds_it_accepted(pauses):
    seconds = [0.0]
    guard = Guard(make_system(open_seconds=10, retries=2), monotonic=lambda: seconds[0], sleep=pauses)
    refusal = make_system().login_refused("the login was refused (E1002)")
    attempts = Attempts(refusal, refusal)
    for _ in range(3):
        with pytest.raises(SystemRefused, match=r"the login was refused \(E1002\)"):
            await guard.call(READ, attempts)
    assert (attempts.made, guard.health().rejections) == (1, 2)
    seconds[0] = 10.0
    outcomes = await asyncio.gather(*(guard.call(READ, attempts) for _ in range(4)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {SystemRefused}
    assert attempts.made == 2
    seconds[0] = 20.0
    assert await guard.call(READ, attempts) == "answer"
    assert guard.health().circuit is CircuitState.CLOSED


async def test_a_right_that_is_missing_does_not_stop_other_calls(pauses):
    guard = make_guard(pauses)
    with pytest.raises(SystemRefused):
        await guard.call(READ, Attempts(SystemRefused("test_system", "330100", "the login lacks a right")))
    assert await guard.call(READ, Attempts()) == "answer"


async def test_a_call_given_up_frees_its_place_and_counts_as_no_failure():
    guard = Guard(make_system(max_concurrency=1))
    waiting = asyncio.create_task(guard.call(READ, asyncio.Event().wait))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await guard.call(READ, Attempts()) == "answer"
    assert guard.health().failures == 0
    assert guard.health().in_flight == 0


async def test_a_defect_passes_unchanged(pauses):
    with pytest.raises(ZeroDivisionError):
        await make_guard(pauses).call(READ, Attempts(ZeroDivisionError()))


async def test_health_tells_how_the_system_has_fared(pauses):
    guard = make_guard(pauses, retries=1)
    await guard.call(READ, Attempts(unavailable()))
    assert guard.health() == SystemHealth(
        system="test_system",
        city="330100",
        circuit=CircuitState.CLOSED,
        calls=2,
        failures=1,
        timeouts=0,
        retries=1,
        rejections=0,
        in_flight=0,
        last_failure_code="LEGACY_SYSTEM_UNAVAILABLE",
        last_failure_at=AS_OF,
    )


async def _outcome(call) -> BaseException:
    with pytest.raises(SystemTimeout) as caught:
        await call
    return caught.value
