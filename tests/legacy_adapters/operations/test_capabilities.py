"""What a city offers, as data; and what its configuration may say of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from legacy_adapters.configuration import ConfigurationInvalid, OperationConfig, parse_city_config, read_city_config
from legacy_adapters.operations.commands import CardFunction, OperationName
from legacy_adapters.operations.opening import UNDECLARED
from legacy_adapters.operations.outcomes import OutcomeKind
from legacy_adapters.operations.protocols import Repeat
from legacy_adapters.registry import open_city, open_operations
from tests.legacy_adapters.operations.conftest import Bureau
from tests.legacy_adapters.sandbox.conftest import HandClock
from tests.legacy_adapters.support.cities import CITIES

EXAMPLES = CITIES.parent / "examples"

CITY = """
code: "330100"
name: 杭州市
slug: hangzhou
systems:
  core: {{adapter: hangzhou_core_service, url: http://127.0.0.1:1/, closed: ["{closed}"]}}
domains: {{pensions: [core]}}
operations:
  {operations}
"""


async def test_the_matrix_has_every_operation_and_the_way_that_is_left_for_each_missing_one(
    hangzhou: Bureau, huangshan: Bureau
) -> None:
    missing = {}
    for bureau in (hangzhou, huangshan):
        matrix = bureau.operations.capabilities()
        assert [capability.operation for capability in matrix] == list(OperationName)
        for capability in matrix:
            assert capability.is_offered is (capability.missing_because is None)
            offered = getattr(bureau.operations, capability.operation, None)
            assert (offered is not None) is capability.is_offered
        missing[bureau.config.slug] = [each.operation.value for each in matrix if not each.is_offered]
    labour = ["dispute_transfer", "dispute_assist", "inspection_transfer", "inspection_assist"]
    assert missing == {"hangzhou": ["dispute_assist", "inspection_assist"], "huangshan": labour}
    assert all("letter" in (each.missing_because or "letter") for each in matrix)


async def test_cities_differ_in_what_a_repetition_does_and_in_the_functions_they_reach(
    hangzhou: Bureau, huangshan: Bureau
) -> None:
    def of(bureau: Bureau, name: OperationName):
        return next(each for each in bureau.operations.capabilities() if each.operation is name)

    loss, application = OperationName.CARD_TEMPORARY_LOSS, OperationName.CARD_REPLACEMENT
    assert [of(bureau, loss).functions for bureau in (hangzhou, huangshan)] == [
        (CardFunction.SOCIAL, CardFunction.BANK),
        (CardFunction.SOCIAL,),
    ]
    assert [of(bureau, loss).knowledge.repeat for bureau in (hangzhou, huangshan)] == [
        Repeat.DEDUPLICATED,
        Repeat.HARMLESS,
    ]
    assert [of(bureau, application).knowledge.repeat for bureau in (hangzhou, huangshan)] == [
        Repeat.DEDUPLICATED,
        Repeat.DUPLICATES,
    ]
    for bureau in (hangzhou, huangshan):
        assert of(bureau, loss).knowledge.compensation is OperationName.CARD_RELEASE
        assert of(bureau, application).knowledge.compensation is None


async def test_no_code_means_done_but_the_one_of_success(hangzhou: Bureau, huangshan: Bureau) -> None:
    for bureau in (hangzhou, huangshan):
        for capability in bureau.operations.capabilities():
            codes = capability.knowledge.codes if capability.knowledge else ()
            assert {each.raw_code for each in codes if each.kind is OutcomeKind.DONE} <= {"0", "00", "0000", "INSERTED"}
            assert all(each.reason is not None for each in codes if each.kind not in (None, "DONE", "ALREADY"))


@pytest.mark.parametrize(
    "file", sorted([*CITIES.glob("*.yaml"), *EXAMPLES.glob("*/cities/*.yaml")]), ids=lambda file: file.stem
)
async def test_every_city_says_of_every_operation_which_system_or_which_way_is_left(
    file: Path, clock: HandClock
) -> None:
    """Whoever adds a city adds what it does on request: no code."""
    config = read_city_config(file, {})
    city = await open_city(config, clock)
    matrix = open_operations(config, city).capabilities()
    assert [each.operation for each in matrix if each.missing_because == UNDECLARED] == []
    assert [each.operation for each in matrix if each.is_offered and "card_" in each.operation] == list(OperationName)[
        :5
    ]
    await city.aclose()


async def test_a_write_takes_its_wait_for_a_place_and_its_call_at_most(hangzhou: Bureau, huangshan: Bureau) -> None:
    for bureau in (hangzhou, huangshan):
        for each in (one.knowledge for one in bureau.operations.capabilities() if one.knowledge is not None):
            assert each.longest_seconds == 2 * bureau.config.systems[each.system].timeout_seconds


def problems(operations: str, closed: str = "22:30-06:00") -> str:
    with pytest.raises(ConfigurationInvalid) as caught:
        parse_city_config(CITY.format(operations=operations, closed=closed), "city.yaml", {})
    return " ".join(caught.value.problems)


@pytest.mark.parametrize(
    ("operations", "problem"),
    [
        ("card_releases: {system: core}", "Unknown key operations.card_releases; did you mean card_release."),
        ("card_release: {sistem: core}", "Unknown key operations.card_release.sistem; did you mean system."),
        ("card_release: {}", "operations.card_release must have either system or missing."),
        ("card_release: {system: core, missing: No.}", "operations.card_release must have either system or missing."),
        ("card_release: {system: cor}", "operations.card_release.system names cor, which is not among systems"),
        ("card_release: {system: core, settling_seconds: -1}", "settling_seconds must not be below zero."),
        (
            "card_release: {system: core, settling_seconds: .inf}",
            "settling_seconds must be a number of seconds that pas",
        ),
        (
            "card_release: {system: core, settling_seconds: .nan}",
            "settling_seconds must be a number of seconds that pas",
        ),
        (
            "card_release: {system: core, settling_seconds: 4.9}",
            "operations.card_release.settling_seconds must not be below systems.core.timeout_seconds.",
        ),
        ("card_release: {system: core, expires_after_days: {bank: 0}}", "expires_after_days must be above zero."),
        ("card_release: {system: core, functions: [purse]}", "purse"),
    ],
)
def test_a_mistake_is_a_sentence_that_names_the_key(operations: str, problem: str) -> None:
    assert problem in problems(operations)


@pytest.mark.parametrize("closed", ["22:30", "24:00-06:00", "06:00-06:00", "at night"])
def test_closing_hours_are_a_part_of_the_day(closed: str) -> None:
    assert "systems.core.closed must be hours such as 22:30-06:00." in problems("{}", closed)


async def test_an_operation_that_the_system_s_adapter_has_not_stops_the_start(
    huangshan: Bureau, clock: HandClock
) -> None:
    wrong = {OperationName.ASSIST_REPLY: OperationConfig(system="huangshan_card_service")}
    with pytest.raises(ConfigurationInvalid, match="whose adapter huangshan_card_service does not do it"):
        await open_city(replace(huangshan.config, operations=wrong), clock)
