"""A card's loss, release and replacement through the graph."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cooperation.delivery.turn import take_turn
from legacy_adapters.errors import SystemUnavailable
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.outcomes import Outcome, Reason, Standing

ID_NUMBER = "330199195805120015"

LOSS = """
mutation($input: CardServiceInput!) {
  reportTemporaryLoss(input: $input) {
    effect isNew errors { code message allowedActions }
    operation {
      __typename number addresseeNumber kind state stateLabel isClosed createdAt allowedActions
      requesterCity { code name } addresseeCity { code name } deadline { dueOn }
      person { id } history { action fromState toState officer } tasks { kind }
      ... on ServiceRequest {
        function card { city { code } number }
        delivery { state outcome reason rawCode receipt retryAt effectSince source { system } }
      }
    }
  }
}"""


@pytest.fixture
def card(officer):
    def make(**changes):
        return {
            "idempotencyKey": "counter-0001",
            "officer": officer("1001"),
            "issuingCity": "341000",
            "cardNumber": "H00000001",
            "idNumber": ID_NUMBER,
            "name": "张三",
        } | changes

    return make


async def test_a_loss_in_effect_tells_both_numbers_and_the_proof(bureau, card, keys):
    payload = (await bureau.ask(LOSS, input=card()))["reportTemporaryLoss"]
    assert payload == {
        "effect": "IN_EFFECT",
        "isNew": True,
        "errors": [],
        "operation": {
            "__typename": "ServiceRequest",
            "number": "S330100-2026-000001",
            "addresseeNumber": "R341000-2026-000001",
            "kind": "TEMPORARY_LOSS",
            "state": "DONE",
            "stateLabel": "已办结",
            "isClosed": True,
            "createdAt": "2026-10-30T09:30:00+08:00",
            "allowedActions": [],
            "requesterCity": {"code": "330100", "name": "杭州市"},
            "addresseeCity": {"code": "341000", "name": "黄山市"},
            "deadline": None,
            "person": {"id": keys.person_id(ID_NUMBER)},
            "history": [
                {"action": "create", "fromState": None, "toState": "ACCEPTED", "officer": "330100/1001"},
                {"action": "deliver", "fromState": "ACCEPTED", "toState": "DELIVERING", "officer": None},
                {"action": "complete", "fromState": "DELIVERING", "toState": "DONE", "officer": None},
            ],
            "tasks": [],
            "function": "SOCIAL",
            "card": {"city": {"code": "341000"}, "number": "H00000001"},
            "delivery": {
                "state": "DONE",
                "outcome": "DONE",
                "reason": None,
                "rawCode": "00",
                "receipt": "HS-1",
                "retryAt": None,
                "effectSince": "2026-10-30T09:00:00+08:00",
                "source": {"system": "scripted"},
            },
        },
    }


async def test_a_loss_told_twice_is_one(bureau, card):
    first = (await bureau.ask(LOSS, input=card()))["reportTemporaryLoss"]
    again = (await bureau.ask(LOSS, input=card()))["reportTemporaryLoss"]
    assert (first["isNew"], again["isNew"]) == (True, False)
    assert first["operation"] == again["operation"]
    assert bureau.system.effects == 1


async def test_the_same_key_for_another_card_is_an_error_with_a_code(bureau, card):
    await bureau.ask(LOSS, input=card())
    payload = (await bureau.ask(LOSS, input=card(cardNumber="H00000002")))["reportTemporaryLoss"]
    assert (payload["operation"], payload["errors"][0]["code"]) == (None, "COOPERATION_KEY_REUSED")


async def test_a_loss_while_the_city_is_away_is_queued_and_says_until_when(bureau, card):
    bureau.system.unreadable.append(SystemUnavailable("scripted", "341000", "refused"))
    payload = (await bureau.ask(LOSS, input=card()))["reportTemporaryLoss"]
    operation = payload["operation"]
    assert (payload["effect"], operation["state"], operation["allowedActions"]) == ("QUEUED", "WAITING", ["withdraw"])
    assert operation["delivery"]["retryAt"] == "2026-10-30T09:30:02+08:00"
    await take_turn(bureau.office.desk, "S330100-2026-000001-1")
    found = await bureau.ask('{ operation(number: "S330100-2026-000001") { state addresseeNumber } }')
    assert found == {"operation": {"state": "DONE", "addresseeNumber": "R341000-2026-000001"}}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"idNumber": "330199"}, "COOPERATION_INPUT_REFUSED"),
        ({"cardNumber": "H 1"}, "COOPERATION_INPUT_REFUSED"),
        ({"name": " "}, "COOPERATION_INPUT_REFUSED"),
        ({"idempotencyKey": "x"}, "COOPERATION_INPUT_REFUSED"),
        ({"issuingCity": "999999"}, "COOPERATION_INPUT_REFUSED"),
    ],
)
async def test_inputs_outside_their_limits_are_errors_that_quote_nothing(bureau, card, change, code):
    payload = (await bureau.ask(LOSS, input=card(**change)))["reportTemporaryLoss"]
    (error,) = payload["errors"]
    assert (payload["operation"], error["code"]) == (None, code)
    assert "330199" not in error["message"]


async def test_an_officer_of_another_office_is_not_entitled(bureau, card, officer):
    payload = (await bureau.ask(LOSS, input=card(officer=officer("1", office="INSPECTION"))))["reportTemporaryLoss"]
    assert payload["errors"][0]["code"] == "COOPERATION_OFFICER_NOT_ENTITLED"


@pytest.mark.parametrize("number", ["S330100-2026-000001", "R341000-2026-000001"])
async def test_a_loss_is_undone_by_a_release_that_names_it(bureau, card, officer, number):
    """Whichever city's number is given, the release names the loss by the asking city's."""
    bureau.system.knowledge = replace(bureau.system.knowledge, compensation=OperationName.CARD_RELEASE)
    await bureau.ask(LOSS, input=card())
    bureau.system.standing = Standing.OPEN
    undo = """mutation($input: UndoInput!) { undoServiceRequest(input: $input) {
      effect errors { code } operation { number kind ... on ServiceRequest { compensates } } } }"""
    given = {"idempotencyKey": "undo-0001", "officer": officer("1001"), "number": number}
    payload = (await bureau.ask(undo, input=given))["undoServiceRequest"]
    assert payload["operation"] == {
        "number": "S330100-2026-000002",
        "kind": "RELEASE",
        "compensates": "S330100-2026-000001",
    }


@pytest.mark.parametrize("number", ["S330100-2026-000001", "R341000-2026-000001"])
async def test_what_no_program_can_undo_becomes_a_task_that_an_officer_there_finishes(bureau, card, officer, number):
    await bureau.ask(LOSS, input=card())
    undo = """mutation($input: UndoInput!) {
      undoServiceRequest(input: $input) { effect isNew operation { tasks { kind } } } }"""
    given = {"idempotencyKey": "undo-0001", "officer": officer("1001"), "number": number}
    payload = (await bureau.ask(undo, input=given))["undoServiceRequest"]
    asked = {"effect": "NEEDS_A_PERSON", "isNew": True, "operation": {"tasks": [{"kind": "UNDO"}]}}
    assert payload == asked
    (task,) = (await bureau.ask('{ tasks(city: "341000") { nodes { id } } }'))["tasks"]["nodes"]
    finish = """mutation($input: FinishTaskInput!) {
      finishTask(input: $input) { task { doneBy note endedBy } errors { code } } }"""
    wrong = {"id": task["id"], "officer": officer("1001"), "note": "released by hand"}
    payload = (await bureau.ask(finish, input=wrong))["finishTask"]
    assert payload["errors"] == [{"code": "COOPERATION_OFFICER_NOT_ENTITLED"}]
    payload = (await bureau.ask(finish, input=wrong | {"officer": officer("2001", "341000")}))["finishTask"]
    assert payload == {"task": {"doneBy": "341000/2001", "note": "released by hand", "endedBy": []}, "errors": []}
    assert (await bureau.ask('{ tasks(city: "341000") { nodes { id } } }'))["tasks"]["nodes"] == []
    payload = (await bureau.ask(undo, input=given))["undoServiceRequest"]
    assert payload == asked | {"effect": "IN_EFFECT", "isNew": False}


async def test_a_replacement_is_in_production_until_the_holder_has_the_card(bureau, card, officer):
    bureau.system.after_write = Standing.PENDING
    replacement = """mutation($input: ReplacementInput!) {
      requestReplacement(input: $input) { effect operation { state } } }"""
    payload = (await bureau.ask(replacement, input=card()))["requestReplacement"]
    assert payload == {"effect": "IN_PRODUCTION", "operation": {"state": "IN_PRODUCTION"}}
    (command,) = bureau.system.commands
    assert (command.pick_up_city, command.identity_seen_by) == ("330100", "330100")


async def test_a_certification_is_taken_up_until_the_paying_city_has_entered_it(bureau, officer):
    bureau.system.after_write = Standing.PENDING
    mutation = """mutation($input: CertificationAssistInput!) { assistCertification(input: $input) {
      effect operation { number state allowedActions } } }"""
    given = {
        "idempotencyKey": "counter-0001",
        "officer": officer("1002", office="INSURANCE_AGENCY"),
        "payingCity": "341000",
        "pensionNumber": "P0000001",
        "idNumber": ID_NUMBER,
        "method": "COUNTER",
        "passedOn": "2026-10-30",
    }
    payload = (await bureau.ask(mutation, input=given))["assistCertification"]
    number = "C330100-2026-000001"
    assert payload == {
        "effect": "TAKEN_UP",
        "operation": {"number": number, "state": "TAKEN_UP", "allowedActions": []},
    }
    undo = """mutation($input: UndoInput!) { undoServiceRequest(input: $input) {
      effect operation { tasks { kind } } errors { code } } }"""
    asked = {"number": number, "officer": given["officer"], "idempotencyKey": "counter-0002"}
    payload = (await bureau.ask(undo, input=asked))["undoServiceRequest"]
    assert payload == {"effect": "NEEDS_A_PERSON", "operation": {"tasks": [{"kind": "UNDO"}]}, "errors": []}


async def test_a_contradiction_is_a_persons_task_in_the_answer(bureau, card, officer):
    bureau.system.answers.append(Outcome.refused(Reason.CLAIM_UNCONFIRMED, "01"))
    payload = (await bureau.ask(LOSS, input=card()))["reportTemporaryLoss"]
    assert (payload["effect"], payload["operation"]["tasks"]) == ("NEEDS_A_PERSON", [{"kind": "CLARIFY"}])
    actions = ["resume", "settle", "decline"]
    assert payload["operation"]["allowedActions"] == actions
    (task,) = (await bureau.ask('{ tasks(city: "341000") { nodes { id endedBy note } } }'))["tasks"]["nodes"]
    assert (task["endedBy"], task["note"]) == (actions, None)
    finish = """mutation($input: FinishTaskInput!) {
      finishTask(input: $input) { task { doneBy } errors { code allowedActions } } }"""
    given = {"id": task["id"], "officer": officer("2001", "341000"), "note": "looked at"}
    payload = (await bureau.ask(finish, input=given))["finishTask"]
    refusal = {"code": "COOPERATION_TRANSITION_NOT_ALLOWED", "allowedActions": actions}
    assert payload == {"task": None, "errors": [refusal]}


async def test_an_effect_of_which_a_system_keeps_only_the_day_is_a_moment_all_the_same(bureau, card):
    bureau.system.since = "2026-10-29"
    payload = (await bureau.ask(LOSS, input=card()))["reportTemporaryLoss"]
    assert payload["operation"]["delivery"]["effectSince"] == "2026-10-29T00:00:00+08:00"


async def test_a_certification_elsewhere_is_written_and_dated_neither_ahead_nor_long_ago(bureau, officer):
    mutation = """mutation($input: CertificationAssistInput!) { assistCertification(input: $input) {
      effect errors { code }
      operation { number ... on CertificationAssist { method passedOn pension { pensionNumber } } } } }"""
    given = {
        "idempotencyKey": "counter-0001",
        "officer": officer("1002", office="INSURANCE_AGENCY"),
        "payingCity": "341000",
        "pensionNumber": "P0000001",
        "idNumber": ID_NUMBER,
        "method": "COUNTER",
        "passedOn": "2026-10-30",
    }
    for day in ("2026-10-31", "2026-10-19", "0001-01-01"):
        payload = (await bureau.ask(mutation, input=given | {"passedOn": day}))["assistCertification"]
        assert payload["errors"] == [{"code": "COOPERATION_INPUT_REFUSED"}], day
    payload = (await bureau.ask(mutation, input=given))["assistCertification"]
    assert payload["operation"] == {
        "number": "C330100-2026-000001",
        "method": "COUNTER",
        "passedOn": "2026-10-30",
        "pension": {"pensionNumber": "P0000001"},
    }
