"""Investigations, assists, transfers and death notices: moved on by officers of two cities."""

from __future__ import annotations

import pytest

ID_NUMBER = "330199195805120015"

MOVE = """mutation($input: ActionInput!) { takeAction(input: $input) {
  effect errors { code message allowedActions }
  operation { number addresseeNumber state allowedActions deadline { for dueOn workingDaysLeft isOverdue isEstimated }
    history { action note }
    ... on EntrustedInvestigation { questions investigators additions findings { verdict text } } } } }"""

DRAFT = """mutation($input: InvestigationInput!) { draftInvestigation(input: $input) {
  effect errors { code } operation { number state ... on EntrustedInvestigation { case { caseNumber } } } } }"""


@pytest.fixture
def move(bureau, officer):
    people = {
        "clerk": officer("1001", office="INSURANCE_AGENCY"),
        "clerk_as_reviewer": officer("1001", office="INSURANCE_AGENCY", duty="REVIEWER"),
        "reviewer": officer("1002", office="INSURANCE_AGENCY", duty="REVIEWER"),
        "investigator": officer("2001", "341000", "WORK_INJURY_DEPARTMENT"),
        "head": officer("2002", "341000", "WORK_INJURY_DEPARTMENT", "REVIEWER"),
    }

    async def take(who, action, **given):
        number = given.pop("number", "I330100-2026-000001")
        answer = await bureau.ask(MOVE, input={"number": number, "action": action, "officer": people[who], **given})
        return answer["takeAction"]

    return take


@pytest.fixture
async def letter(bureau, officer):
    given = {
        "idempotencyKey": "letter-0001",
        "officer": officer("1001", office="INSURANCE_AGENCY"),
        "addressedCity": "341000",
        "idNumber": ID_NUMBER,
        "name": "张三",
        "subject": "INJURY_FACTS",
        "caseNumber": "GS-1",
        "questions": ["When did it happen?", "Where?"],
        "legalBasis": "the two cities' agreement",
    }
    return (await bureau.ask(DRAFT, input=given))["draftInvestigation"]


async def test_a_letter_goes_from_its_draft_to_its_end(bureau, letter, move):
    assert letter == {
        "effect": "HANDLED_BY_OFFICERS",
        "errors": [],
        "operation": {"number": "I330100-2026-000001", "state": "DRAFT", "case": {"caseNumber": "GS-1"}},
    }
    sent = await move("reviewer", "send")
    assert sent["operation"]["deadline"] == {
        "for": "ACCEPT",
        "dueOn": "2026-11-03",
        "workingDaysLeft": 2,
        "isOverdue": False,
        "isEstimated": False,
    }
    received = await move("investigator", "receive")
    assert received["operation"]["addresseeNumber"] == "R341000-2026-000001"
    accepted = await move("investigator", "accept")
    assert accepted["operation"]["deadline"]["dueOn"] == "2026-11-20"
    await move("investigator", "investigate", investigators=["2001", "2003"])
    await move("investigator", "ask_for_more", addition="the contract")
    await move("clerk", "supply", addition="it is enclosed")
    extended = await move("head", "extend", reason="the witness is away")
    assert extended["operation"]["deadline"]["dueOn"] == "2026-12-04"
    findings = [{"verdict": "CONFIRMED", "text": "on the day named"}, {"verdict": "UNVERIFIABLE", "text": "unclear"}]
    drafted = await move("investigator", "draft_report", findings=findings)
    assert drafted["operation"]["findings"] is None, "nobody has signed them"
    reported = (await move("head", "report"))["operation"]
    assert (reported["state"], reported["findings"], reported["deadline"]) == ("REPORTED", findings, None)
    assert reported["additions"] == ["the contract", "it is enclosed"]
    closed = (await move("clerk", "close"))["operation"]
    assert (closed["state"], closed["allowedActions"]) == ("CLOSED", [])
    assert [event["note"] for event in closed["history"] if event["action"] == "extend"] == ["the witness is away"]


async def test_who_drafts_does_not_send(letter, move):
    refused = await move("clerk_as_reviewer", "send")
    assert refused["errors"][0]["code"] == "COOPERATION_SECOND_PERSON_REQUIRED"
    assert refused["operation"] is None


async def test_an_action_that_is_not_allowed_names_those_that_are(letter, move):
    (error,) = (await move("head", "report"))["errors"]
    assert error == {
        "code": "COOPERATION_TRANSITION_NOT_ALLOWED",
        "message": "report is not allowed in the state DRAFT. Allowed are: send, withdraw.",
        "allowedActions": ["send", "withdraw"],
    }


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "COOPERATION_CONTENT_MISSING"),
        ({"investigators": ["2001"]}, "COOPERATION_INPUT_REFUSED"),
        ({"investigators": ["2001", "2001"]}, "COOPERATION_INPUT_REFUSED"),
    ],
)
async def test_two_officers_investigate(letter, move, given, code):
    await move("reviewer", "send")
    await move("investigator", "receive")
    await move("investigator", "accept")
    assert (await move("investigator", "investigate", **given))["errors"][0]["code"] == code


async def test_a_report_answers_every_question(letter, move):
    await move("reviewer", "send")
    await move("investigator", "receive")
    await move("investigator", "accept")
    await move("investigator", "investigate", investigators=["2001", "2003"])
    refused = await move("investigator", "draft_report", findings=[{"verdict": "CONFIRMED", "text": "yes"}])
    assert refused["errors"][0]["message"] == "findings must be as many as there are questions: 2."


async def test_being_overdue_is_computed_on_the_day_of_asking(bureau, letter, move):
    await move("reviewer", "send")
    listed = """query($overdue: Boolean) { operations(filter: {isOverdue: $overdue}) {
      totalCount nodes { state deadline { workingDaysLeft isOverdue } } } }"""
    assert (await bureau.ask(listed, overdue=True))["operations"]["totalCount"] == 0
    bureau.clock.forward(days=6)
    late = (await bureau.ask(listed, overdue=True))["operations"]
    assert late == {
        "totalCount": 1,
        "nodes": [{"state": "SENT", "deadline": {"workingDaysLeft": -2, "isOverdue": True}}],
    }
    assert (await bureau.ask(listed, overdue=False))["operations"]["totalCount"] == 0


async def test_a_transferred_case_gets_the_other_citys_number(bureau, officer):
    draft = """mutation($input: CaseTransferInput!) { draftCaseTransfer(input: $input) {
      errors { code }
      operation { number kind ... on CaseTransfer { dispute { caseNumber } inspection { caseNumber } } } } }"""
    given = {
        "idempotencyKey": "transfer-0001",
        "officer": officer("1", office="INSPECTION"),
        "addressedCity": "341000",
        "caseNumber": "JC-1",
        "grounds": "the work is done there",
    }
    drafted = (await bureau.ask(draft, input=given))["draftCaseTransfer"]["operation"]
    assert drafted == {
        "number": "T330100-2026-000001",
        "kind": "INSPECTION_TRANSFER",
        "dispute": None,
        "inspection": {"caseNumber": "JC-1"},
    }
    act = """mutation($input: ActionInput!) { takeAction(input: $input) { errors { code }
      operation { state ... on CaseTransfer { receivedCaseNumber } } } }"""
    there = officer("2", "341000", "INSPECTION")
    for step in (
        {"action": "send", "officer": officer("9", office="INSPECTION", duty="REVIEWER")},
        {"action": "receive", "officer": there},
        {"action": "accept", "officer": there, "caseNumber": "HS-77"},
    ):
        moved = (await bureau.ask(act, input={"number": "T330100-2026-000001", **step}))["takeAction"]
        assert moved["errors"] == []
    assert moved["operation"] == {"state": "CLOSED", "receivedCaseNumber": "HS-77"}


async def test_a_dispute_is_assisted_in_by_the_other_citys_arbitration(bureau, officer):
    draft = """mutation($input: CaseAssistInput!) { draftCaseAssist(input: $input) { errors { code } operation {
      kind addresseeOffice ... on CaseAssist { dispute { city { code } caseNumber } employer { creditCode } } } } }"""
    given = {
        "idempotencyKey": "assist-0001",
        "officer": officer("1", office="ARBITRATION"),
        "addressedCity": "341000",
        "caseNumber": "ZC-1",
        "creditCode": "91330199MA0000001W",
        "questions": ["Was the same dispute filed there?"],
        "legalBasis": "the two cities' agreement",
    }
    payload = (await bureau.ask(draft, input=given))["draftCaseAssist"]
    if payload["errors"]:
        payload = (await bureau.ask(draft, input=given | {"creditCode": None}))["draftCaseAssist"]
    assert payload["operation"]["kind"] == "DISPUTE_ASSIST"
    assert payload["operation"]["addresseeOffice"] == "ARBITRATION"
    assert payload["operation"]["dispute"] == {"city": {"code": "330100"}, "caseNumber": "ZC-1"}


async def test_a_death_notice_writes_nothing_and_gives_a_task_to_verify(bureau, officer):
    record = """mutation($input: DeathNoticeInput!) { recordDeathNotice(input: $input) { errors { code } operation {
      number state ... on DeathNotice { benefitsPaying { pensionNumber } isMissing } } } }"""
    agency = {"office": "INSURANCE_AGENCY"}
    given = {
        "idempotencyKey": "notice-0001",
        "officer": officer("1", **agency),
        "payingCity": "341000",
        "idNumber": ID_NUMBER,
        "learntFrom": "a funeral home",
    }
    recorded = (await bureau.ask(record, input=given))["recordDeathNotice"]["operation"]
    assert recorded == {"number": "D330100-2026-000001", "state": "RECORDED", "benefitsPaying": [], "isMissing": False}
    act = """mutation($input: ActionInput!) { takeAction(input: $input) {
      errors { code } operation { state tasks { kind doneAt } } } }"""

    async def take(who, action, **more):
        step = {"number": "D330100-2026-000001", "action": action, "officer": who, **more}
        return (await bureau.ask(act, input=step))["takeAction"]

    sent = await take(officer("2", duty="REVIEWER", **agency), "send")
    assert sent["operation"]["tasks"] == [{"kind": "VERIFY_DEATH", "doneAt": None}]
    await take(officer("3", "341000", **agency), "verify")
    alone = await take(officer("3", "341000", duty="REVIEWER", **agency), "confirm", reason="seen")
    assert alone["errors"] == [{"code": "COOPERATION_SECOND_PERSON_REQUIRED"}]
    confirmed = await take(officer("4", "341000", duty="REVIEWER", **agency), "confirm", reason="seen")
    assert confirmed["operation"]["state"] == "CONFIRMED"
    assert bureau.system.references == []
