"""Other Federation routers in front of `/partitioned/…`, with our supergraph unchanged: the same answers as ours."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.platform import RunningPlatform, ready_operation, ready_queries
from tests.support.requirements import required_packages, required_program

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

ROUTERS = ("apollo", "hive")
TIMEOUT_SECONDS = 120
ATTEMPTS = 5


def ask_router(router: str, platform: RunningPlatform, operations: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Start a router over the platform's supergraph and ask it."""
    packages = required_packages(Path(__file__).parent / "routers")
    done = subprocess.run(
        [required_program("node"), str(packages / "ask.mjs"), router, str(platform.folder / "supergraph.graphql")],
        input=json.dumps([{"query": query, "variables": variables} for query, variables in operations]),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


@pytest.mark.timeout(TIMEOUT_SECONDS * 2)
@pytest.mark.parametrize("router", ROUTERS)
def test_another_router_gives_the_same_data_for_every_ready_query(router: str, platform: RunningPlatform) -> None:
    assert_same_data(router, platform)


def assert_same_data(router: str, platform: RunningPlatform) -> None:
    """All ready queries have the same data from the other router as from ours, and no errors."""
    operations = [ready_operation(name) for name in ready_queries()]
    assert len(operations) > 3
    theirs, ours = answers_of_one_state(router, platform, operations)
    assert [answer.get("errors") for answer in theirs] == [None] * len(operations)
    assert [without_moments(answer["data"]) for answer in theirs] == ours


def answers_of_one_state(
    router: str, platform: RunningPlatform, operations: Sequence[tuple[str, Any]]
) -> tuple[list[dict[str, Any]], list[Any]]:
    """The other router's answers, and our data, which was the same before and after the router was asked.

    Cards that other tests have ordered go on being made: what changed meanwhile is asked again.
    """
    for _ in range(ATTEMPTS):
        before = complete_answers(platform, operations)
        theirs = ask_router(router, platform, operations)
        if before == complete_answers(platform, operations):
            return theirs, before
    pytest.fail(f"the platform's data did not stand still in {ATTEMPTS} attempts")


def complete_answers(platform: RunningPlatform, operations: Sequence[tuple[str, Any]]) -> list[Any]:
    """Our data, from which nothing may be missing."""
    answers = [platform.ask(*operation) for operation in operations]
    assert [answer.get("errors") for answer in answers] == [None] * len(operations)
    return [without_moments(answer["data"]) for answer in answers]


@pytest.mark.timeout(TIMEOUT_SECONDS * 2)
@pytest.mark.parametrize("router", ROUTERS)
def test_another_router_answers_in_part_when_a_city_is_down(router: str, platform: RunningPlatform) -> None:
    query, variables = ready_operation("joint-view")
    with platform.fault("huangshan_card_service", kind="refuse"):
        (answer,) = ask_router(router, platform, [(query, variables)])
    assert [card["city"]["code"] for card in answer["data"]["person"]["cards"]] == ["330100"]
    # Hive's gateway hands no error on for a field that has a value.
    cities = {error["extensions"]["city"] for error in answer.get("errors", ())}
    assert cities == ({"341000"} if router == "apollo" else set())


def without_moments(value: Any) -> Any:
    """The data without what differs between two askings: the moment at which a source was read."""
    match value:
        case dict():
            return {name: without_moments(item) for name, item in value.items() if name != "asOf"}
        case list():
            return [without_moments(item) for item in value]
        case _:
            return value
