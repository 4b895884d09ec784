"""Which inputs a refusal blames: told as data, as the client wrote them."""

from __future__ import annotations

import pytest

MUTATIONS = {
    "reportTemporaryLoss": "CardServiceInput",
    "requestReplacement": "ReplacementInput",
    "assistCertification": "CertificationAssistInput",
    "draftInvestigation": "InvestigationInput",
    "draftCaseAssist": "CaseAssistInput",
    "recordDeathNotice": "DeathNoticeInput",
    "takeAction": "ActionInput",
    "finishTask": "FinishTaskInput",
    "registerWebhook": "WebhookInput",
    "removeWebhook": "WebhookActionInput",
}
KEY = "blamed-0001"
CITIZEN = {"idNumber": "330199195805120015", "name": "张三"}
CARD = {"idempotencyKey": KEY, "issuingCity": "341000", "cardNumber": "H00000001", **CITIZEN}
PENSION = {
    "idempotencyKey": KEY,
    "payingCity": "341000",
    "pensionNumber": "P1",
    "idNumber": CITIZEN["idNumber"],
    "method": "COUNTER",
    "passedOn": "2026-10-01",
}
LETTER = {
    "idempotencyKey": KEY,
    "addressedCity": "341000",
    "subject": "INJURY_FACTS",
    "questions": ["Where?"],
    "legalBasis": "the agreement",
    **CITIZEN,
}
ASSIST = {
    "idempotencyKey": KEY,
    "addressedCity": "341000",
    "caseNumber": "C-1",
    "questions": ["Where?"],
    "legalBasis": "the agreement",
}
NOTICE = {
    "idempotencyKey": KEY,
    "payingCity": "341000",
    "idNumber": CITIZEN["idNumber"],
    "learntFrom": "the register",
}
NUMBER = "I330100-2026-000001"
ACTION = {"number": NUMBER, "action": "withdraw", "reason": "settled"}
OFFICES = {
    "reportTemporaryLoss": "CARD_CENTRE",
    "requestReplacement": "CARD_CENTRE",
    "draftCaseAssist": "ARBITRATION",
}


@pytest.fixture
def refusal(bureau, officer):
    async def ask(name, given):
        mutation = (
            f"mutation($input: {MUTATIONS[name]}!) {{ brought: {name}(input: $input) {{ errors {{ code inputs }} }} }}"
        )
        duty = "REVIEWER" if "Webhook" in name else "HANDLER"
        who = officer("1001", office=OFFICES.get(name, "INSURANCE_AGENCY"), duty=duty) | given.get("officer", {})
        (error,) = (await bureau.ask(mutation, input=given | {"officer": who}))["brought"]["errors"]
        return error["code"], error["inputs"]

    return ask


@pytest.mark.parametrize(
    ("name", "given", "inputs"),
    [
        ("reportTemporaryLoss", CARD | {"idNumber": "x"}, ["idNumber"]),
        ("reportTemporaryLoss", CARD | {"cardNumber": "卡"}, ["cardNumber"]),
        ("reportTemporaryLoss", CARD | {"name": " "}, ["name"]),
        ("reportTemporaryLoss", CARD | {"idempotencyKey": "short"}, ["idempotencyKey"]),
        ("reportTemporaryLoss", CARD | {"issuingCity": ""}, ["issuingCity"]),
        ("reportTemporaryLoss", CARD | {"officer": {"city": "999999"}}, ["officer.city"]),
        ("reportTemporaryLoss", CARD | {"officer": {"id": ""}}, ["officer.id"]),
        ("requestReplacement", CARD | {"issuingCity": "999999"}, ["issuingCity"]),
        ("requestReplacement", CARD | {"pickUpCity": "999999"}, ["pickUpCity"]),
        ("requestReplacement", CARD | {"pickUpCity": "330102"}, ["pickUpCity"]),
        ("assistCertification", PENSION | {"passedOn": "2027-01-01"}, ["passedOn"]),
        ("assistCertification", PENSION | {"passedOn": "2020-01-01"}, ["passedOn"]),
        ("assistCertification", PENSION | {"payingCity": "999999"}, ["payingCity"]),
        ("draftInvestigation", LETTER | {"addressedCity": "999999"}, ["addressedCity"]),
        ("draftInvestigation", LETTER | {"addressedCity": "330100"}, ["addressedCity"]),
        ("draftInvestigation", LETTER | {"questions": []}, ["questions"]),
        ("draftInvestigation", LETTER | {"questions": ["x" * 201]}, ["questions"]),
        ("draftInvestigation", LETTER | {"legalBasis": ""}, ["legalBasis"]),
        ("draftInvestigation", LETTER | {"attachments": ["x"]}, ["attachments"]),
        ("draftCaseAssist", ASSIST | {"creditCode": "x"}, ["creditCode"]),
        ("recordDeathNotice", NOTICE | {"happenedOn": "2027-01-01"}, ["happenedOn"]),
        ("recordDeathNotice", NOTICE | {"happenedOn": "1958-05-11"}, ["happenedOn", "idNumber"]),
        ("recordDeathNotice", NOTICE | {"payingCity": "999999"}, ["payingCity"]),
        ("registerWebhook", {"url": "https://elsewhere.example/"}, ["url"]),
        ("registerWebhook", {"url": "http://[::1"}, ["url"]),
        ("registerWebhook", {"url": "https://partner.example/a\nb"}, ["url"]),
        ("reportTemporaryLoss", CARD | {"name": "张\x0b三"}, ["name"]),
        ("draftInvestigation", LETTER | {"questions": ["a\0b"]}, ["questions"]),
        ("draftInvestigation", LETTER | {"legalBasis": "a\0b"}, ["legalBasis"]),
        ("recordDeathNotice", NOTICE | {"learntFrom": "a\0b"}, ["learntFrom"]),
        ("takeAction", ACTION | {"action": "x" * 10_000}, ["action"]),
        ("takeAction", ACTION | {"action": "330199195805120015"}, ["action"]),
        ("takeAction", ACTION | {"number": "\0"}, ["number"]),
        ("finishTask", {"id": "\0", "note": "telephoned"}, ["id"]),
        ("removeWebhook", {"id": "\0"}, ["id"]),
    ],
)
async def test_an_input_outside_its_limits_is_named(refusal, name, given, inputs):
    assert await refusal(name, given) == ("COOPERATION_INPUT_REFUSED", inputs)


@pytest.mark.parametrize(
    ("name", "given", "inputs"),
    [
        ("takeAction", ACTION, ["number"]),
        ("finishTask", {"id": "task-1", "note": "telephoned"}, ["id"]),
        ("removeWebhook", {"id": "webhook-1"}, ["id"]),
    ],
)
async def test_what_is_not_there_is_the_numbers_fault(refusal, name, given, inputs):
    assert await refusal(name, given) == ("COOPERATION_OPERATION_UNKNOWN", inputs)


async def test_what_an_action_lacks_is_named(refusal, bureau, officer):
    await draft(bureau, officer)
    assert await refusal("takeAction", ACTION | {"reason": None}) == ("COOPERATION_CONTENT_MISSING", ["reason"])


async def test_what_an_action_brings_has_no_control_characters(refusal, bureau, officer):
    await draft(bureau, officer)
    assert await refusal("takeAction", ACTION | {"reason": "a\0b"}) == ("COOPERATION_INPUT_REFUSED", ["reason"])


async def test_a_key_of_another_intent_is_named(refusal, bureau, officer):
    await draft(bureau, officer)
    reused = await refusal("draftInvestigation", LETTER | {"questions": ["When?"]})
    assert reused == ("COOPERATION_KEY_REUSED", ["idempotencyKey"])


async def test_no_input_is_blamed_for_a_state(refusal, bureau, officer):
    await draft(bureau, officer)
    refused = await refusal("takeAction", ACTION | {"action": "report"})
    assert refused == ("COOPERATION_TRANSITION_NOT_ALLOWED", [])


@pytest.mark.parametrize(
    "query",
    [
        "mutation($given: CertificationAssistInput!) { assistCertification(input: $given) { isNew } }",
        """mutation($officer: OfficerInput!, $_l0: Date!) { assistCertification(input: {
          idempotencyKey: "blamed-0001", officer: $officer, payingCity: "341000", pensionNumber: "P1", idNumber: "x",
          method: COUNTER, passedOn: $_l0 }) { isNew } }""",
    ],
)
async def test_a_scalar_that_does_not_fit_is_named_by_its_coordinate(bureau, officer, query):
    who = officer("1001", office="INSURANCE_AGENCY")
    given = PENSION | {"officer": who, "passedOn": "yesterday"}
    answer = await bureau.subgraph.execute(query, {"given": given, "officer": who, "_l0": "yesterday"})
    assert answer == {
        "errors": [
            {
                "message": "input.passedOn has a value that does not fit its type.",
                "extensions": {"code": "BAD_USER_INPUT"},
            }
        ]
    }


async def draft(bureau, officer):
    mutation = "mutation($input: InvestigationInput!) { draftInvestigation(input: $input) { errors { code } } }"
    payload = await bureau.ask(mutation, input=LETTER | {"officer": officer("1001", office="INSURANCE_AGENCY")})
    assert payload["draftInvestigation"]["errors"] == []
