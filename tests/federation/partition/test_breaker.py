"""A city that fails again and again is not waited for each time."""

from __future__ import annotations

import asyncio

import pytest

from federation.executor.errors import ErrorCode, subgraph_failure
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.partition import BreakerSettings, GuardedClient
from federation.query_plan.nodes import SubgraphName
from tests.federation.partition.cities import ask, partitioned, request_for
from tests.federation.partition.clinics import Record, city_of, clinics

REQUEST = request_for("{tags}")
GOOD = SubgraphResponse({"tags": []})


class City:
    """Answers with the next of its answers, then with the last for ever."""

    def __init__(self, *answers: SubgraphResponse | ErrorCode) -> None:
        self.asked = 0
        self._answers = list(answers)

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        await asyncio.sleep(0)
        if isinstance(answer, SubgraphResponse):
            return answer
        return subgraph_failure(request.operation.subgraph, answer, "It failed.", retryable=True)


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


def guarded(city, clock, failures: int = 2):
    return GuardedClient(SubgraphName("demo"), city, BreakerSettings(failures, 5.0), clock)


async def codes(client, times: int) -> list[str | None]:
    answers = [await client.execute(REQUEST) for _ in range(times)]
    return [answer.errors[0]["extensions"]["code"] if answer.errors else None for answer in answers]


@pytest.mark.parametrize("failure", [ErrorCode.SUBREQUEST_HTTP_ERROR, ErrorCode.SUBGRAPH_REQUEST_TIMEOUT])
async def test_failures_in_a_row_open_the_circuit_and_nothing_is_asked(clock, failure):
    city = City(failure)
    assert await codes(guarded(city, clock), 4) == [failure, failure, *["PARTITION_CIRCUIT_OPEN"] * 2]
    assert city.asked == 2


async def test_an_answer_in_between_lets_the_counting_begin_anew(clock):
    failure = ErrorCode.SUBREQUEST_HTTP_ERROR
    city = City(failure, GOOD, failure, GOOD)
    assert await codes(guarded(city, clock), 4) == [failure, None, failure, None]


@pytest.mark.parametrize(
    "answer",
    [
        ErrorCode.GATEWAY_TIMEOUT,
        SubgraphResponse(None, ({"message": "not allowed", "extensions": {"code": "FORBIDDEN"}},)),
        SubgraphResponse({"tags": None}, ({"message": "no tags", "path": ["tags"], "extensions": {"code": "X"}},)),
    ],
)
async def test_what_does_not_say_that_the_city_is_down_opens_nothing(clock, answer):
    city = City(answer)
    await codes(guarded(city, clock), 4)
    assert city.asked == 4


async def test_after_a_while_one_call_tries_and_closes_the_circuit(clock):
    failure = ErrorCode.SUBREQUEST_HTTP_ERROR
    city = City(failure, failure, GOOD)
    client = guarded(city, clock)
    await codes(client, 3)
    clock.seconds = 5.0
    answers = await asyncio.gather(*(client.execute(REQUEST) for _ in range(3)))
    assert [answer.data for answer in answers] == [{"tags": []}, None, None]
    assert (await codes(client, 1), city.asked) == ([None], 4)


async def test_a_try_that_fails_opens_the_circuit_again(clock):
    failure = ErrorCode.SUBREQUEST_HTTP_ERROR
    city = City(failure)
    client = guarded(city, clock)
    await codes(client, 2)
    clock.seconds = 5.0
    assert await codes(client, 2) == [failure, "PARTITION_CIRCUIT_OPEN"]
    clock.seconds = 9.9
    assert await codes(client, 1) == ["PARTITION_CIRCUIT_OPEN"]


async def test_a_try_that_is_cancelled_leaves_the_next_call_to_try(clock):
    failure = ErrorCode.SUBREQUEST_HTTP_ERROR
    city = City(failure, failure, GOOD)
    client = guarded(city, clock)
    await codes(client, 2)
    clock.seconds = 5.0
    trying = asyncio.ensure_future(client.execute(REQUEST))
    await asyncio.sleep(0)
    trying.cancel()
    await asyncio.gather(trying, return_exceptions=True)
    assert await codes(client, 1) == [None]


async def test_an_open_circuit_costs_its_city_only_and_is_reported_as_unavailable(clock):
    here = city_of([Record(1, "330100", "p1", "2026-03-01T08:00:00+08:00", "2026-01-01", 100, "LOW")])
    client = partitioned(clinics(), here, guarded(City(ErrorCode.SUBREQUEST_HTTP_ERROR), clock, failures=1))
    await ask(client, "{tags}")
    response = await ask(client, "{tags}")
    assert response.data == {"tags": ["LOW"]}
    assert [error["extensions"] for error in response.errors] == [
        {
            "code": "PARTITION_CIRCUIT_OPEN",
            "service": "demo",
            "retryable": True,
            "partition": "huangshan",
            "city": "341000",
        }
    ]
    assert [source.status for source in response.sources] == ["ok", "unavailable"]
