"""The questions that one city alone cannot answer, as ready operations: each is answered by the real processes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.platform import RunningPlatform, ready_operation

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]


def answered(platform: RunningPlatform, name: str, **variables: Any) -> Any:
    """The data of a ready operation that nothing is missing in."""
    query, ready = ready_operation(name)
    answer = platform.ask(query, ready | variables)
    assert "errors" not in answer
    return answer["data"]


def test_insurances_in_one_city_stand_beside_the_injury_in_the_other(platform: RunningPlatform) -> None:
    person = answered(platform, "injured-elsewhere")["person"]
    assert {insurance["city"]["name"] for insurance in person["insurances"]} >= {"杭州市"}
    assert [(case["__typename"], case["city"]["name"]) for case in person["cases"]] == [("WorkInjuryCase", "黄山市")]
    assert isinstance(person["operations"], list)


def test_each_card_says_which_system_told_it(platform: RunningPlatform) -> None:
    cards = answered(platform, "all-cards")["person"]["cards"]
    assert [(card["city"]["name"], card["number"]) for card in cards] == [
        ("杭州市", "A00000019"),
        ("黄山市", "H00000001"),
    ]
    assert len({card["source"]["system"] for card in cards}) == 2
    assert all(card["socialFunction"]["statusRaw"] for card in cards)


def test_a_card_shows_both_functions_and_what_was_asked_for(platform: RunningPlatform) -> None:
    card = answered(platform, "card-after-loss")["card"]
    assert card["socialFunction"]["status"]
    assert isinstance(card["serviceRequests"], list)


def test_pensions_are_told_with_their_months_in_fen(platform: RunningPlatform) -> None:
    (pension,) = answered(platform, "two-pensions")["person"]["pensions"]
    months = [payment["month"] for payment in pension["payments"]["nodes"]]
    assert (pension["city"]["name"], pension["monthlyAmount"]["fen"]) == ("杭州市", "523140")
    assert months == sorted(months, reverse=True)
    assert all(payment["amount"]["fen"].isdigit() for payment in pension["payments"]["nodes"])


def test_pensioners_elsewhere_come_with_what_both_cities_have_seen_of_them(platform: RunningPlatform) -> None:
    page = answered(platform, "traces-of-pensioners")["pensions"]
    assert page["nodes"]
    assert all(node["person"]["records"] and node["person"]["cards"] is not None for node in page["nodes"])


def test_the_board_counts_what_is_open_in_each_city(platform: RunningPlatform) -> None:
    board = answered(platform, "caseload-board")
    counts = {name: value["totalCount"] for name, value in board.items() if isinstance(value, dict)}
    assert len(counts) == 8
    assert all(count >= 0 for count in counts.values())


def test_letters_due_tell_a_person_by_the_pseudonym_only(platform: RunningPlatform) -> None:
    letters = answered(platform, "letters-due")["operations"]["nodes"]
    assert all(letter["person"] is None or letter["person"].keys() == {"id"} for letter in letters)


def test_the_feed_of_changes_goes_on_from_its_cursor(platform: RunningPlatform) -> None:
    present = answered(platform, "changes")["changes"]
    again = answered(platform, "changes", after=present["endCursor"])["changes"]
    assert again["hasMore"] is False or again["changes"]
