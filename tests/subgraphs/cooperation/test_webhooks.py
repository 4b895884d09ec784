"""Webhooks through the graph."""

from __future__ import annotations

REGISTER = """mutation($input: WebhookInput!) { registerWebhook(input: $input) {
  secret errors { code } webhook { id city { code } url kinds isActive failures lastStatus retryAt } } }"""


async def test_a_webhooks_secret_is_told_once(bureau, officer):
    reviewer = officer("9", duty="REVIEWER")
    given = {"officer": reviewer, "url": "https://partner.example/hook", "kinds": ["RELEASE"]}
    payload = (await bureau.ask(REGISTER, input=given))["registerWebhook"]
    assert payload["errors"] == []
    assert payload["secret"].startswith("whsec_")
    webhook = payload["webhook"]
    assert webhook == {
        "id": webhook["id"],
        "city": {"code": "330100"},
        "url": "https://partner.example/hook",
        "kinds": ["RELEASE"],
        "isActive": True,
        "failures": 0,
        "lastStatus": None,
        "retryAt": None,
    }
    listed = await bureau.ask('{ webhooks(city: "330100") { id } }')
    assert listed == {"webhooks": [{"id": webhook["id"]}]}
    resume = "mutation($input: WebhookActionInput!) { resumeWebhook(input: $input) { secret webhook { id } } }"
    resumed = (await bureau.ask(resume, input={"id": webhook["id"], "officer": reviewer}))["resumeWebhook"]
    assert resumed == {"secret": None, "webhook": {"id": webhook["id"]}}
    remove = "mutation($input: WebhookActionInput!) { removeWebhook(input: $input) { errors { code } } }"
    await bureau.ask(remove, input={"id": webhook["id"], "officer": reviewer})
    again = (await bureau.ask(remove, input={"id": webhook["id"], "officer": reviewer}))["removeWebhook"]
    assert again["errors"] == [{"code": "COOPERATION_OPERATION_UNKNOWN"}]


async def test_an_address_outside_the_configuration_is_refused(bureau, officer):
    given = {"officer": officer("9", duty="REVIEWER"), "url": "https://other.example/"}
    payload = (await bureau.ask(REGISTER, input=given))["registerWebhook"]
    assert (payload["webhook"], payload["errors"]) == (None, [{"code": "COOPERATION_INPUT_REFUSED"}])
