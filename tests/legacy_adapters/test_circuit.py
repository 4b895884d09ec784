"""The circuit breaker's states."""

from __future__ import annotations

import pytest

from legacy_adapters.circuit import CircuitBreaker, CircuitState


class HandClock:
    """Seconds that move by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def breaker(clock) -> CircuitBreaker:
    return CircuitBreaker(failures_to_open=2, open_seconds=10, monotonic=clock)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.failed(breaker.admit())


def test_failures_in_a_row_open_it(breaker):
    fail(breaker, 1)
    assert breaker.state is CircuitState.CLOSED
    fail(breaker, 1)
    assert breaker.state is CircuitState.OPEN
    assert breaker.admit() is None


def test_a_success_between_them_starts_the_count_anew(breaker):
    fail(breaker, 1)
    breaker.succeeded(breaker.admit())
    fail(breaker, 1)
    assert breaker.state is CircuitState.CLOSED


def test_after_its_rest_one_probe_is_let_through_and_closes_it(breaker, clock):
    fail(breaker, 2)
    clock.seconds += 9.9
    assert breaker.admit() is None
    clock.seconds += 0.1
    probe = breaker.admit()
    assert breaker.state is CircuitState.HALF_OPEN
    assert breaker.admit() is None
    breaker.succeeded(probe)
    assert breaker.state is CircuitState.CLOSED


def test_a_failed_probe_begins_another_rest(breaker, clock):
    fail(breaker, 2)
    clock.seconds += 10
    breaker.failed(breaker.admit())
    assert breaker.state is CircuitState.OPEN
    assert breaker.admit() is None


def test_a_probe_that_its_caller_gave_up_lets_the_next_call_probe(breaker, clock):
    fail(breaker, 2)
    clock.seconds += 10
    breaker.abandoned(breaker.admit())
    assert breaker.admit() is not None


def test_calls_from_before_a_change_do_not_count_after_it(breaker, clock):
    slow_success, slow_failure = breaker.admit(), breaker.admit()
    fail(breaker, 2)
    clock.seconds += 10
    probe = breaker.admit()
    breaker.succeeded(slow_success)
    assert breaker.state is CircuitState.HALF_OPEN
    breaker.succeeded(probe)
    breaker.failed(slow_failure)
    fail(breaker, 1)
    assert breaker.state is CircuitState.CLOSED
