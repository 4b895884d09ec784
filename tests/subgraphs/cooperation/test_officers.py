"""Who asks: every mutation takes an officer's number within its limits, and no other."""

from __future__ import annotations

import pytest

NUMBER = "S330100-2026-000001"
WEBHOOK = {"id": "webhook-1"}
MUTATIONS = {
    "takeAction": ("ActionInput", {"number": NUMBER, "action": "withdraw", "reason": "found again"}),
    "undoServiceRequest": ("UndoInput", {"number": NUMBER, "idempotencyKey": "undo-0001"}),
    "finishTask": ("FinishTaskInput", {"id": f"{NUMBER}-task-1", "note": "telephoned"}),
    "registerWebhook": ("WebhookInput", {"url": "https://partner.example/x"}),
    "resumeWebhook": ("WebhookActionInput", WEBHOOK),
    "removeWebhook": ("WebhookActionInput", WEBHOOK),
}


@pytest.mark.parametrize("name", MUTATIONS)
@pytest.mark.parametrize("number", ["1" * 41, "", "张三", "1001/1002"])
async def test_an_officers_number_outside_its_limits_is_refused(bureau, officer, name, number):
    kind, given = MUTATIONS[name]
    mutation = f"mutation($input: {kind}!) {{ brought: {name}(input: $input) {{ errors {{ code message }} }} }}"
    who = officer(number, duty="REVIEWER")
    (error,) = (await bureau.ask(mutation, input=given | {"officer": who}))["brought"]["errors"]
    assert error["code"] == "COOPERATION_INPUT_REFUSED"
    assert error["message"].startswith("officer.id must be 1 to 40")
