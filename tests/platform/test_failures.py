"""A failing legacy system, city or process costs its own share of an answer and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from tests.support.platform import RunningPlatform, ready_operation

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

CARDS = "query($n: String!) { person(idNumber: $n) { name cards { number } } }"

SERVICE_FAULTS = {
    "refuse": ("LEGACY_SYSTEM_UNAVAILABLE", "unavailable"),
    "html": ("LEGACY_SYSTEM_MAINTENANCE", "unavailable"),
    "soap_fault": ("LEGACY_SYSTEM_UNAVAILABLE", "unavailable"),
    "business_error": ("LEGACY_BUSINESS_ERROR", "refused"),
    "expired_token": ("LEGACY_SYSTEM_REFUSED", "refused"),
    "wrong_charset": ("LEGACY_ANSWER_MALFORMED", "unavailable"),
    "maintenance": ("LEGACY_SYSTEM_MAINTENANCE", "unavailable"),
    "busy": ("LEGACY_SYSTEM_BUSY", "unavailable"),
    "hang": ("LEGACY_SYSTEM_TIMEOUT", "timeout"),
}


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {f"{s['service']}/{s['partition']}": s["status"] for s in answer["extensions"]["sources"]}


@pytest.mark.parametrize("kind", SERVICE_FAULTS)
def test_a_broken_card_service_costs_its_citys_cards_and_says_why(platform: RunningPlatform, kind: str) -> None:
    code, status = SERVICE_FAULTS[kind]
    with platform.fault("huangshan_card_service", kind=kind):
        answer = platform.ask(CARDS, {"n": ZHANG_SAN})
    assert answer["data"] == {"person": {"name": "张三", "cards": [{"number": "A00000019"}]}}
    (error,) = answer["errors"]
    assert error["path"] == ["person", "cards"]
    assert error["extensions"].items() >= {
        ("code", code),
        ("system", "huangshan_card_service"),
        ("service", "cards"),
        ("partition", "huangshan"),
        ("city", "341000"),
    }
    has_answered = code in {"LEGACY_BUSINESS_ERROR", "LEGACY_ANSWER_MALFORMED"}
    assert ("unavailableSince" in error["extensions"]) != has_answered
    assert statuses(answer) == {
        "people/hangzhou": "ok",
        "people/huangshan": "ok",
        "cards/hangzhou": "ok",
        "cards/huangshan": status,
    }


@pytest.mark.parametrize(
    ("query", "variables", "coordinate"),
    [
        ('{ pensions(certificationDueBy: "tomorrow") { totalCount } }', {}, "certificationDueBy"),
        (
            "query($d: Date) { pensions(certificationDueBy: $d) { totalCount } }",
            {"d": "tomorrow"},
            "certificationDueBy",
        ),
        ('{ operations(filter: {isClosed: true, dueBy: "tomorrow"}) { totalCount } }', {}, "filter.dueBy"),
        (
            "query($f: OperationFilter) { operations(filter: $f) { totalCount } }",
            {"f": {"dueBy": "tomorrow"}},
            "filter.dueBy",
        ),
    ],
)
def test_an_input_that_does_not_fit_is_named_as_the_client_has_written_it(
    platform: RunningPlatform, query: str, variables: dict[str, Any], coordinate: str
) -> None:
    errors = platform.ask(query, variables)["errors"]
    assert [error["message"] for error in errors] == [f"{coordinate} has a value that does not fit its type."]
    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_of_an_input_in_a_variable_every_missing_field_is_named(platform: RunningPlatform) -> None:
    query = "mutation($i: CardServiceInput!) { releaseCard(input: $i) { effect } }"
    officer = {"id": "HZ-0001", "city": "330100", "office": "INSURANCE_AGENCY"}
    given = {"idempotencyKey": "releases-0001", "officer": officer, "issuingCity": "341000", "cardNumber": "A"}
    unfit = 'Variable "$i" of type "CardServiceInput!" got a value that does not fit at'
    assert [error["message"] for error in platform.ask(query, {"i": given})["errors"]] == [
        f'{unfit} "$i.officer.duty": this field is missing; input type "OfficerInput" requires it, of type "Duty!".',
        f'{unfit} "$i.idNumber": this field is missing; input type "CardServiceInput" requires it, of type "String!".',
        f'{unfit} "$i.name": this field is missing; input type "CardServiceInput" requires it, of type "String!".',
    ]


def test_a_slow_system_is_waited_for(platform: RunningPlatform) -> None:
    with platform.fault("huangshan_card_service", kind="latency"):
        answer = platform.ask(CARDS, {"n": ZHANG_SAN})
    assert "errors" not in answer
    assert len(answer["data"]["person"]["cards"]) == 2


@pytest.mark.parametrize("kind", ["refuse", "maintenance", "hang"])
@pytest.mark.parametrize("system", ["hangzhou_database", "huangshan_database"])
def test_a_broken_register_leaves_the_other_citys_record(platform: RunningPlatform, system: str, kind: str) -> None:
    city = system.removesuffix("_database")
    other = {"hangzhou": "341000", "huangshan": "330100"}[city]
    query = "query($n: String!) { person(idNumber: $n) { name records { city { code } } } }"
    with platform.fault(system, kind=kind):
        answer = platform.ask(query, {"n": ZHANG_SAN})
    assert answer["data"] == {"person": {"name": "张三", "records": [{"city": {"code": other}}]}}
    assert {error["extensions"]["partition"] for error in answer["errors"]} == {city}
    assert statuses(answer)[f"people/{city}"] in {"unavailable", "timeout"}


@pytest.mark.parametrize("name", ["joint-view", "many-people", "employer"])
def test_with_every_system_of_huangshan_down_the_ready_queries_answer_hangzhous_share(
    platform: RunningPlatform, name: str
) -> None:
    whole = platform.ask_ready(name)
    systems = [system for system in platform.legacy_calls() if system.startswith("huangshan")]
    assert len(systems) == 4
    with platform.faults(systems, kind="refuse"):
        partial = platform.ask_ready(name)
    assert hangzhous_share(partial["data"]) == hangzhous_share(whole["data"])
    assert {error["extensions"]["city"] for error in partial["errors"]} == {"341000"}
    assert {status for source, status in statuses(partial).items() if source.endswith("/hangzhou")} == {"ok"}


def hangzhous_share(value: Any) -> Any:
    """The answer without Huangshan's items and without moments that differ between two askings."""
    match value:
        case {"city": {"code": "341000"}}:
            return None
        case dict():
            return {key: hangzhous_share(item) for key, item in value.items() if key not in {"asOf", "caseNumber"}}
        case list():
            return [share for item in value if (share := hangzhous_share(item)) is not None and share != {}]
        case _:
            return value


def test_a_system_that_comes_back_is_asked_again(platform: RunningPlatform) -> None:
    query, variables = ready_operation("joint-view")
    with platform.fault("huangshan_injury_service", kind="soap_fault"):
        assert platform.ask(query, variables)["errors"]
    assert platform.ask(query, variables)["data"]["person"]["cases"]
