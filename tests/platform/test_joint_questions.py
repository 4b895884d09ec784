"""The questions that one city alone cannot answer, as ready operations: each is answered by the real processes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from legacy_adapters.records.cards import CardFunctionStatus
from legacy_adapters.sandbox.population.world import World
from tests.support.expected import plain_number
from tests.support.letters import REVIEWER, draft_letter, move_letter
from tests.support.platform import RunningPlatform, ready_operation

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]


def answered(platform: RunningPlatform, name: str, **variables: Any) -> Any:
    """The data of a ready operation that nothing is missing in."""
    query, ready = ready_operation(name)
    answer = platform.ask(query, ready | variables)
    assert "errors" not in answer
    return answer["data"]


@pytest.fixture(scope="module")
def sent_letter(platform: RunningPlatform) -> str:
    """The number of a letter that Hangzhou has sent to Huangshan."""
    number = draft_letter(platform, "joint-letter-1")
    move_letter(platform, number, "send", REVIEWER)
    return number


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


def test_pensions_of_both_cities_are_told_month_by_month_in_fen(platform: RunningPlatform) -> None:
    pensions = answered(platform, "two-pensions")["person"]["pensions"]
    assert [(pension["city"]["name"], pension["monthlyAmount"]["fen"]) for pension in pensions] == [
        ("杭州市", "402610"),
        ("黄山市", "187950"),
    ]
    months = [[payment["month"] for payment in pension["payments"]["nodes"]] for pension in pensions]
    assert all(own == sorted(own, reverse=True) for own in months)
    assert len(set(months[0]) & set(months[1])) >= 12  # of both, each with its amount
    assert all(payment["amount"]["fen"].isdigit() for one in pensions for payment in one["payments"]["nodes"])


def test_pensioners_elsewhere_come_with_what_both_cities_have_seen_of_them(platform: RunningPlatform) -> None:
    page = answered(platform, "traces-of-pensioners")["pensions"]
    assert page["nodes"]
    assert all(node["person"]["records"] and node["person"]["cards"] is not None for node in page["nodes"])


def test_the_board_counts_what_waits_in_each_city(platform: RunningPlatform, sent_letter: str) -> None:
    board = answered(platform, "caseload-board")
    counts = {(one["city"]["name"], one["kind"], one["stateLabel"]): one["count"] for one in board["caseload"]}
    assert counts["黄山市", "INVESTIGATION", "已发出"] >= 1
    assert all(0 <= one["overdue"] <= one["count"] for one in board["caseload"])
    assert board["hangzhouCertifications"]["totalCount"] > 0
    assert board["huangshanCertifications"]["totalCount"] > 0


def test_a_city_that_is_away_costs_the_board_its_own_numbers(platform: RunningPlatform, sent_letter: str) -> None:
    query, ready = ready_operation("caseload-board")
    with platform.faults(("hangzhou_core_service", "hangzhou_database"), kind="refuse"):
        # Another day than the other tests': what is remembered of it would be told instead.
        another = date.fromisoformat(ready["dueBy"]) + timedelta(days=7)
        answer = platform.ask(query, ready | {"dueBy": another.isoformat()})
    assert answer["data"]["caseload"]
    assert answer["data"]["hangzhouCertifications"] is None
    assert answer["data"]["huangshanCertifications"]["totalCount"] > 0
    assert {error["extensions"]["city"] for error in answer["errors"]} == {"330100"}


def test_letters_due_tell_a_person_by_the_pseudonym_only(platform: RunningPlatform, sent_letter: str) -> None:
    letters = answered(platform, "letters-due")["operations"]["nodes"]
    (letter,) = (one for one in letters if one["number"] == sent_letter)
    assert letter["person"].keys() == {"id"}
    assert letter["deadline"]["workingDaysLeft"] in (1, 2)
    assert (letter["subject"], letter["allowedActions"]) == ("INJURY_FACTS", ["receive", "withdraw"])


def test_the_feed_of_changes_goes_on_from_its_cursor(platform: RunningPlatform) -> None:
    present = answered(platform, "changes")["changes"]
    again = answered(platform, "changes", after=present["endCursor"])["changes"]
    assert again["hasMore"] is False or again["changes"]


def test_a_card_accepted_in_one_city_tells_how_far_the_other_has_made_it(
    platform: RunningPlatform, world: World
) -> None:
    # Nobody whom other tests compare with the sandbox's world: the new card is one more.
    known = {plain_number(person.id_number) for person in world.hangzhou.people}
    card = next(
        card
        for card in world.huangshan.cards
        if card.social.status is CardFunctionStatus.NORMAL and plain_number(card.id_number) not in known
    )
    text, ready = ready_operation("request-replacement")
    given = {"cardNumber": card.number, "idNumber": plain_number(card.id_number), "name": card.name}
    payload = platform.ask(text, ready | given)["data"]["requestReplacement"]
    assert (payload["effect"], payload["errors"]) == ("IN_PRODUCTION", [])
    accepted = payload["operation"]

    listed = answered(platform, "replacement-progress")["operations"]
    (found,) = (node for node in listed["nodes"] if node["number"] == accepted["number"])
    assert (found["requesterCity"]["name"], found["addresseeCity"]["name"]) == ("杭州市", "黄山市")
    progress = found["progress"]
    assert progress["applicationNumber"] == accepted["delivery"]["receipt"]
    assert progress["pickUpCity"] == {"name": "杭州市"}
    assert [step["step"] for step in progress["steps"]] == ["APPLIED"]
    assert progress["source"]["system"] == "huangshan_card_service"
