"""Investigations, assists, transfers and death notices: moved on by officers of two cities."""

from __future__ import annotations

import pytest

ID_NUMBER = "330199195805120015"

MOVE = """mutation($input: ActionInput!) { takeAction(input: $input) {
  effect errors { code message inputs allowedActions }
  operation { number addresseeNumber state version allowedActions
    deadline { for dueOn workingDaysLeft isOverdue isEstimated } history { action note }
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


async def test_an_officer_of_the_deciding_city_moves_a_letter_on_by_its_own_number(letter, move):
    await move("reviewer", "send")
    number = (await move("investigator", "receive"))["operation"]["addresseeNumber"]
    moved = await move("investigator", "accept", number=number)
    assert (moved["errors"], moved["operation"]["number"]) == ([], "I330100-2026-000001")
    assert [event["action"] for event in moved["operation"]["history"]] == ["create", "send", "receive", "accept"]
    again = await move("clerk_as_reviewer", "withdraw", number=number, reason="settled meanwhile")
    assert again["errors"] == []


async def test_an_action_that_is_not_allowed_names_those_that_are(letter, move):
    (error,) = (await move("head", "report"))["errors"]
    assert error == {
        "code": "COOPERATION_TRANSITION_NOT_ALLOWED",
        "message": "report is not allowed in the state DRAFT. Allowed are: send, withdraw.",
        "inputs": [],
        "allowedActions": ["send", "withdraw"],
    }


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "COOPERATION_CONTENT_MISSING"),
        ({"investigators": ["2001"]}, "COOPERATION_INPUT_REFUSED"),
        ({"investigators": ["2001", "2001"]}, "COOPERATION_INPUT_REFUSED"),
        ({"investigators": ["w1", "W1"]}, "COOPERATION_INPUT_REFUSED"),
        ({"investigators": ["2001", "2003", "2001"]}, "COOPERATION_INPUT_REFUSED"),
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


FOUND = """query($number: ID!) { operation(number: $number) {
  ... on EntrustedInvestigation { findings { verdict text } evidence draftFindings { verdict text } draftEvidence }
  ... on CaseAssist { findings { verdict text } evidence draftFindings { verdict text } draftEvidence } } }"""

FINDINGS = [{"verdict": "CONFIRMED", "text": "on that day"}, {"verdict": "UNVERIFIABLE", "text": "unclear"}]
DIGEST = "0f" * 32
NOTHING = {"findings": None, "evidence": None, "draftFindings": None, "draftEvidence": None}
DRAFTED = {**NOTHING, "draftFindings": FINDINGS, "draftEvidence": [DIGEST]}
REPORTED = {**NOTHING, "findings": FINDINGS, "evidence": [DIGEST]}


async def found(bureau, number="I330100-2026-000001"):
    return (await bureau.ask(FOUND, number=number))["operation"]


async def test_who_approves_a_report_reads_what_is_drafted_and_nobody_takes_it_for_signed(bureau, letter, move):
    assert await found(bureau) == NOTHING
    await move("reviewer", "send")
    await move("investigator", "receive")
    await move("investigator", "accept")
    await move("investigator", "investigate", investigators=["2001", "2003"])
    assert await found(bureau) == NOTHING
    await move("investigator", "draft_report", findings=FINDINGS, evidence=[DIGEST])
    assert await found(bureau) == DRAFTED
    await move("investigator", "ask_for_more", addition="the contract")
    assert await found(bureau) == DRAFTED, "it can be reported once that is supplied"
    await move("clerk", "supply", addition="it is enclosed")
    await move("head", "report")
    assert await found(bureau) == REPORTED
    await move("clerk", "reopen", questions=["And then?"])
    await move("investigator", "investigate", investigators=["2001", "2003"])
    assert await found(bureau) == NOTHING


async def test_who_signs_a_report_signs_what_they_have_read(bureau, letter, move):
    await move("reviewer", "send")
    await move("investigator", "receive")
    await move("investigator", "accept")
    await move("investigator", "investigate", investigators=["2001", "2003"])
    read = await move("investigator", "draft_report", findings=FINDINGS)
    mended = [{"verdict": "NOT_CONFIRMED", "text": "on another day"}, FINDINGS[1]]
    again = await move("investigator", "draft_report", findings=mended)
    old, new = read["operation"]["version"], again["operation"]["version"]
    refused = await move("head", "report", expectedVersion=old)
    assert refused["errors"] == [
        {
            "code": "COOPERATION_OPERATION_CHANGED",
            "message": f"It is of version {new} by now, not {old}: read it again.",
            "inputs": ["expectedVersion"],
            "allowedActions": [],
        }
    ]
    assert (await found(bureau))["findings"] is None
    assert (await move("head", "report", expectedVersion=new))["errors"] == []
    assert (await found(bureau))["findings"] == mended


async def test_a_draft_ends_with_its_letter(bureau, letter, move):
    await move("reviewer", "send")
    await move("investigator", "receive")
    await move("investigator", "accept")
    await move("investigator", "investigate", investigators=["2001", "2003"])
    await move("investigator", "draft_report", findings=FINDINGS, evidence=[DIGEST])
    await move("clerk", "withdraw", reason="settled otherwise")
    assert await found(bureau) == NOTHING


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


async def test_a_letter_is_due_within_working_days_from_today_and_waits_for_whose_turn_it_is(bureau, letter, move):
    listed = """query($days: Int!, $city: String!) {
      operations(filter: {dueInWorkingDays: $days, waitsForCity: $city}) { nodes { state waitsFor { code } } } }"""

    async def found(days, city):
        return (await bureau.ask(listed, days=days, city=city))["operations"]["nodes"]

    await move("reviewer", "send")  # on a Friday, to be accepted within two working days
    assert await found(1, "341000") == []
    assert await found(2, "341000") == [{"state": "SENT", "waitsFor": {"code": "341000"}}]
    assert await found(2, "330100") == []
    bureau.clock.forward(days=4)
    assert await found(0, "341000") == [{"state": "SENT", "waitsFor": {"code": "341000"}}]
    bureau.clock.forward(days=9)
    assert await found(0, "341000") == [{"state": "SENT", "waitsFor": {"code": "341000"}}]


async def test_what_was_reported_or_asked_back_waits_for_the_asking_city_and_what_ended_for_nobody(
    bureau, letter, move
):
    waiting = "{ operations { nodes { state waitsFor { code } } } }"
    mine = 'query { operations(filter: {waitsForCity: "330100"}) { totalCount } }'

    async def turn():
        (node,) = (await bureau.ask(waiting))["operations"]["nodes"]
        total = (await bureau.ask(mine))["operations"]["totalCount"]
        assert total == (node["waitsFor"] == {"code": "330100"})
        return node["state"], node["waitsFor"] and node["waitsFor"]["code"]

    assert await turn() == ("DRAFT", "330100")
    await move("reviewer", "send")
    await move("investigator", "receive")
    await move("investigator", "accept")
    assert await turn() == ("ACCEPTED", "341000")
    await move("investigator", "investigate", investigators=["2001", "2003"])
    await move("investigator", "ask_for_more", addition="a map")
    assert await turn() == ("NEED_MORE", "330100")
    await move("clerk", "withdraw", reason="settled otherwise")
    assert await turn() == ("WITHDRAWN", None)


async def test_the_board_counts_what_is_open_by_whose_turn_it_is_and_how_much_is_overdue(bureau, letter, move):
    board = "query($city: String) { caseload(city: $city) { city { code } kind state stateLabel count overdue } }"
    (drafted,) = (await bureau.ask(board))["caseload"]
    assert (drafted["city"]["code"], drafted["state"], drafted["count"], drafted["overdue"]) == (
        "330100",
        "DRAFT",
        1,
        0,
    )
    await move("reviewer", "send")
    bureau.clock.forward(days=9)
    late = {
        "city": {"code": "341000"},
        "kind": "INVESTIGATION",
        "state": "SENT",
        "stateLabel": "已发出",
        "count": 1,
        "overdue": 1,
    }
    assert (await bureau.ask(board))["caseload"] == [late]
    assert (await bureau.ask(board, city="341000"))["caseload"] == [late]
    assert (await bureau.ask(board, city="330100"))["caseload"] == []
    await move("clerk", "withdraw", reason="settled otherwise")
    assert (await bureau.ask(board))["caseload"] == []


async def test_the_next_deadline_comes_first_and_pages_go_on_behind_it(bureau, officer):
    draft = """mutation($input: InvestigationInput!) { draftInvestigation(input: $input) { operation { number } } }"""
    send = """mutation($input: ActionInput!) { takeAction(input: $input) { errors { code } } }"""
    listed = """query($after: String) { operations(order: DUE, first: 2, after: $after) { totalCount
      nodes { number } pageInfo { hasNextPage endCursor } } }"""
    given = {
        "officer": officer("1001", office="INSURANCE_AGENCY"),
        "addressedCity": "341000",
        "idNumber": ID_NUMBER,
        "name": "张三",
        "subject": "INJURY_FACTS",
        "questions": ["Where?"],
        "legalBasis": "the two cities' agreement",
    }
    numbers = []
    for key in ("letter-0001", "letter-0002", "letter-0003", "letter-0004"):
        payload = (await bureau.ask(draft, input=given | {"idempotencyKey": key}))["draftInvestigation"]
        numbers.append(payload["operation"]["number"])
    reviewer = officer("1002", office="INSURANCE_AGENCY", duty="REVIEWER")
    for number in (numbers[2], numbers[0], numbers[1]):  # the last one stays a draft, which has no deadline
        await bureau.ask(send, input={"number": number, "action": "send", "officer": reviewer})
        bureau.clock.forward(days=2)
    first = (await bureau.ask(listed))["operations"]
    assert first["totalCount"] == 3
    # Sent on a Friday and on the Sunday after it: both are due on Tuesday, and then the number decides.
    assert [node["number"] for node in first["nodes"]] == [numbers[0], numbers[2]]
    rest = (await bureau.ask(listed, after=first["pageInfo"]["endCursor"]))["operations"]
    assert ([node["number"] for node in rest["nodes"]], rest["pageInfo"]["hasNextPage"]) == ([numbers[1]], False)
    other = "query($after: String) { operations(after: $after) { totalCount } }"
    (error,) = (await bureau.subgraph.execute(other, {"after": first["pageInfo"]["endCursor"]}))["errors"]
    assert error["message"] == "after must be a cursor of this list, in the same order."


@pytest.mark.parametrize("days", [-1, 501])
async def test_working_days_out_of_reach_are_refused(bureau, days):
    listed = "query($days: Int!) { operations(filter: {dueInWorkingDays: $days}) { totalCount } }"
    (error,) = (await bureau.subgraph.execute(listed, {"days": days}))["errors"]
    assert error["message"] == "dueInWorkingDays must be 0 to 500."


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


async def test_a_case_is_registered_by_hand_where_the_city_takes_no_writes(bureau, officer):
    draft = """mutation($input: CaseTransferInput!) { draftCaseTransfer(input: $input) {
      errors { code } effect operation { ... on CaseTransfer { delivery { state } } } } }"""
    given = {
        "idempotencyKey": "transfer-0001",
        "officer": officer("1", office="ARBITRATION"),
        "addressedCity": "341000",
        "caseNumber": "ZC-1",
        "grounds": "the work is done there",
    }
    drafted = (await bureau.ask(draft, input=given))["draftCaseTransfer"]
    assert drafted == {"errors": [], "effect": "HANDLED_BY_OFFICERS", "operation": {"delivery": None}}
    act = """mutation($input: ActionInput!) { takeAction(input: $input) { effect errors { code message }
      operation { state allowedActions tasks { kind reason doneAt }
        ... on CaseTransfer { receivedCaseNumber delivery { operation state outcome reason receipt } } } } }"""
    there = officer("2", "341000", "ARBITRATION")

    async def take(action, who=there, **brought):
        step = {"number": "T330100-2026-000001", "action": action, "officer": who, **brought}
        return (await bureau.ask(act, input=step))["takeAction"]

    await take("send", officer("9", office="ARBITRATION", duty="REVIEWER"))
    received = await take("receive")
    assert received["operation"]["allowedActions"] == ["register", "accept", "reject", "withdraw"]
    registered = await take("register")
    assert (registered["effect"], registered["errors"]) == ("NEEDS_A_PERSON", [])
    assert registered["operation"] == {
        "state": "MANUAL",
        "allowedActions": ["resume", "settle", "decline"],
        "tasks": [{"kind": "DO_BY_HAND", "reason": "NOT_OFFERED", "doneAt": None}],
        "receivedCaseNumber": None,
        "delivery": {
            "operation": "dispute_transfer",
            "state": "MANUAL",
            "outcome": "REFUSED",
            "reason": "NOT_OFFERED",
            "receipt": None,
        },
    }
    unsettled = await take("settle", reason="entered")
    assert [error["message"] for error in unsettled["errors"]] == ["settle needs caseNumber."]
    settled = await take("settle", caseNumber="HS-78")
    assert (settled["effect"], settled["errors"]) == ("IN_EFFECT", [])
    assert (settled["operation"]["state"], settled["operation"]["receivedCaseNumber"]) == ("CLOSED", "HS-78")
    assert (settled["operation"]["delivery"]["state"], settled["effect"]) == ("DONE", "IN_EFFECT")
    assert settled["operation"]["tasks"][0]["doneAt"] is not None


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
