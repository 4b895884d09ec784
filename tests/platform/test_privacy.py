"""Citizens' data stays in answers: no log line and no error holds an id number or a name."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from legacy_adapters.sandbox.population.fixtures import CHEN_XIAO, ZHANG_SAN
from tests.support.platform import RunningPlatform, ready_operation, send

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

MALFORMED = (
    '{ person(idNumber: "%s") { nothing } }',
    '{ person(idNumber: "%s") { name ',
    "{ person(idNumber: %s) { name } }",
    'query($n: Int!) { person(idNumber: $n, other: "%s") { name } }',
    '{ a: person(idNumber: "%s") { name cards { number } } }',
)


def test_no_id_number_and_no_name_is_written_to_any_log(platform: RunningPlatform) -> None:
    query, variables = ready_operation("joint-view")
    for number in (ZHANG_SAN, CHEN_XIAO):
        platform.ask(query, variables | {"idNumber": number})
        platform.ask(query, {"idNumber": [number, number]})
        for text in MALFORMED:
            platform.ask(text.replace("%s", number))
        send("GET", f"{platform.graphql_url}?query={quote(MALFORMED[0].replace('%s', number))}")
        send("GET", f"{platform.graphql_url}?query={quote(query)}&variables={quote(json.dumps({'idNumber': number}))}")
        with platform.fault("huangshan_card_service", kind="soap_fault"):
            platform.ask(query, {"idNumber": number})
        with platform.fault("hangzhou_core_service", kind="wrong_charset"):
            platform.ask(query, {"idNumber": number})
    logs = platform.logs()
    assert len(logs) > 1_000
    for secret in (ZHANG_SAN, CHEN_XIAO, ZHANG_SAN[6:14], "张三", "陈晓", "sandbox-hangzhou", "sandbox-huangshan"):
        assert secret not in logs


@pytest.mark.parametrize("text", MALFORMED[:4])
def test_an_error_does_not_repeat_an_id_number(platform: RunningPlatform, text: str) -> None:
    answer = platform.ask(text.replace("%s", ZHANG_SAN))
    assert answer["errors"]
    assert ZHANG_SAN not in json.dumps(answer)


def test_a_variable_of_the_wrong_type_is_named_without_its_value(platform: RunningPlatform) -> None:
    query, _ = ready_operation("joint-view")
    answer = platform.ask(query, {"idNumber": [ZHANG_SAN]})
    assert ZHANG_SAN not in json.dumps(answer)
    assert "idNumber" in answer["errors"][0]["message"]
