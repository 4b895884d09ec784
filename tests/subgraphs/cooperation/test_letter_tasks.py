"""Who finishes a task about a letter says how its write was seen to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from legacy_adapters.operations.commands import AssistAcceptance, AssistCreation
from tests.cooperation.support.letters import LETTER, LetterSystem, investigate, send
from tests.cooperation.support.scripted import city

TASKS = """query($number: ID!) { operation(number: $number) {
  tasks { id kind handlings delivery { operation state receipt } doneAt }
  ... on EntrustedInvestigation { deliveries { operation state receipt } } } }"""

FINISH = """mutation($input: FinishTaskInput!) { finishTask(input: $input) {
  errors { code inputs } task { doneBy handlings delivery { operation state receipt } } } }"""


@pytest.fixture
def system(bureau):
    """Hangzhou's system for letters, which refuses to have one entered; Huangshan has none."""
    refusing = LetterSystem("HZ-5", refuses=(AssistCreation,))
    desk = bureau.office.desk
    letters = dict.fromkeys(("assist_creation", "assist_acceptance"), refusing)
    bureau.office.desk = replace(desk, cities={**desk.cities, "330100": city("330100", **letters)})
    return refusing


@pytest.fixture
async def task(bureau, system):
    """The task to enter the letter, when it is investigated already."""
    await send(bureau.office.desk)
    await investigate(bureau.office.desk)
    (task,) = (await bureau.ask(TASKS, number=LETTER))["operation"]["tasks"]
    return task


@pytest.fixture
def finish(bureau, officer, task):
    async def say(**handled):
        clerk = officer("1001", office="INSURANCE_AGENCY")
        given = {"id": task["id"], "officer": clerk, "note": "seen to", **handled}
        return (await bureau.ask(FINISH, input=given))["finishTask"]

    return say


async def test_a_task_tells_its_write_and_how_it_may_be_seen_to(task):
    assert (task["kind"], task["handlings"]) == ("DO_BY_HAND", ["DONE_BY_HAND", "WRITE_AGAIN"])
    assert task["delivery"] == {"operation": "assist_creation", "state": "REFUSED", "receipt": None}


async def test_what_was_entered_by_hand_goes_on_under_its_number_at_once(bureau, system, finish):
    finished = await finish(handling="DONE_BY_HAND", receipt="HZ-9")
    entry = {"operation": "assist_creation", "state": "DONE", "receipt": "HZ-9"}
    assert finished == {"errors": [], "task": {"doneBy": "330100/1001", "handlings": [], "delivery": entry}}
    (acceptance,) = system.taken
    assert isinstance(acceptance, AssistAcceptance)
    assert acceptance.number == "HZ-9"
    states = [one["state"] for one in (await bureau.ask(TASKS, number=LETTER))["operation"]["deliveries"]]
    assert states == ["DONE", "DONE"]


async def test_what_is_to_be_written_again_is_begun_at_once(system, finish):
    system.refuses = ()
    finished = await finish(handling="WRITE_AGAIN")
    assert finished["task"]["delivery"] == {"operation": "assist_creation", "state": "DONE", "receipt": "HZ-5"}


async def test_who_says_nothing_of_it_has_done_it_by_hand(finish):
    assert (await finish())["task"]["delivery"]["state"] == "DONE"


async def test_a_number_of_what_is_to_be_written_again_is_refused(finish):
    (error,) = (await finish(handling="WRITE_AGAIN", receipt="HZ-9"))["errors"]
    assert error == {"code": "COOPERATION_INPUT_REFUSED", "inputs": ["receipt"]}
