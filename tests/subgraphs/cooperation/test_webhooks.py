"""Webhooks through the graph."""

from __future__ import annotations

from cooperation.webhooks.registry import claim_webhooks
from tests.cooperation.support.desks import accepted

REGISTER = """mutation($input: WebhookInput!) { registerWebhook(input: $input) {
  secret errors { code } webhook { id city { code } url kinds isActive stoppedFor failures lastStatus retryAt } } }"""


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
        "stoppedFor": None,
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


async def test_a_webhooks_owner_reads_why_it_was_switched_off(bureau, officer):
    given = {"officer": officer("9", duty="REVIEWER"), "url": "https://partner.example/hook"}
    registered = (await bureau.ask(REGISTER, input=given))["registerWebhook"]["webhook"]
    desk, now = bureau.office.desk, bureau.clock.now
    await accepted(desk)
    assert await desk.store.transact(lambda connection: claim_webhooks(connection, now, (), 9)) == []
    listed = await bureau.ask('{ webhooks(city: "330100") { id isActive stoppedFor } }')
    reason = {"id": registered["id"], "isActive": False, "stoppedFor": "ADDRESS_NOT_ALLOWED"}
    assert listed == {"webhooks": [reason]}


async def test_an_address_outside_the_configuration_is_refused(bureau, officer):
    given = {"officer": officer("9", duty="REVIEWER"), "url": "https://other.example/"}
    payload = (await bureau.ask(REGISTER, input=given))["registerWebhook"]
    assert (payload["webhook"], payload["errors"]) == (None, [{"code": "COOPERATION_INPUT_REFUSED"}])
