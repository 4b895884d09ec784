"""The counter screen moves operations on: who may do what, with what, and what the graph makes of it."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import Page, expect

from legacy_adapters.sandbox.population.fixtures import LI_SI
from tests.platform.test_cooperation import find_again
from tests.support.console import find, follow, report_loss, sit_down, tab_to
from tests.support.letters import HEAD, REVIEWER, draft_letter, draft_report, investigate_letter, move_letter
from tests.support.platform import RunningPlatform

pytestmark = [pytest.mark.platform, pytest.mark.browser, pytest.mark.xdist_group("platform")]

LETTER = """query($number: ID!) { operation(number: $number) {
  ... on EntrustedInvestigation { deliveries { city { code } state } } } }"""
AGENCY, DEPARTMENT = "INSURANCE_AGENCY", "WORK_INJURY_DEPARTMENT"


async def act(page: Page, action: str, **fields: str) -> None:
    """Press an action's button, fill in what it needs and confirm it."""
    await page.locator(f"#act-{action}").click()
    for name, value in fields.items():
        await page.locator(f"#need-{name.replace('_', '-')}").fill(value)
    await page.locator("#dialog-submit").click()


async def expect_newest(page: Page, text: str) -> None:
    await expect(page.locator("#timeline li").first).to_contain_text(text)


async def test_an_investigation_is_entrusted_from_a_case_and_moved_on_to_its_report(page: Page) -> None:
    await find(page, LI_SI)
    await page.locator("#entrust-330100-HZGS202500001").click()
    dialog = page.get_by_role("dialog", name="Entrust an investigation")
    await expect(dialog.locator("#officer-city")).to_be_focused()
    await expect(dialog.locator("#officer-office")).to_have_value(AGENCY)
    await expect(dialog.get_by_label("Case number")).to_have_value("HZGS202500001")
    await sit_down(page, "1001", "330100", AGENCY, "HANDLER")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_label("Questions")).to_be_focused()
    await expect(dialog.get_by_role("alert")).to_have_text("Ask one to ten questions, each in at most 200 characters.")
    await dialog.get_by_label("Questions").fill("Where?\nWhen?")
    await dialog.get_by_label("Legal basis").fill("the two cities’ agreement")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("heading", name="With the officers")).to_be_focused()
    await dialog.get_by_role("button", name="Follow the request").click()
    await expect(page.locator("#operation-title")).to_be_focused()

    await sit_down(page, "1002", "330100", AGENCY, "REVIEWER")
    await act(page, "send")
    await expect_newest(page, "Approved and sent")
    await expect(page.locator("#announcements")).to_have_text("The state is now: Sent.")
    await sit_down(page, "2001", "341000", DEPARTMENT, "HANDLER")
    await act(page, "receive")
    await act(page, "accept")
    await act(page, "investigate", investigator_1="2001", investigator_2="2001")
    await expect(page.get_by_role("alert")).to_have_text("Enter the numbers of two different officers.")
    await page.get_by_label("Second investigator").fill("2003")
    await page.keyboard.press("Enter")
    await expect_newest(page, "Investigation begun")
    await page.locator("#officer-duty").select_option("REVIEWER")
    await expect(page.locator("#action-list")).to_contain_text("Not before “Report drafted” stands in what was done.")
    await page.locator("#officer-duty").select_option("HANDLER")
    await page.locator("#act-draft_report").click()
    for place in range(2):
        await page.locator(f"#need-verdict-{place}").select_option("CONFIRMED")
        await page.locator(f"#need-finding-{place}").fill(("at the gate", "at noon")[place])
    await page.locator("#dialog-submit").click()
    await expect_newest(page, "Report drafted")
    await expect(page.locator("#details")).to_contain_text("A draft: a second person has still to approve")
    await expect(page.locator(".questions").first).to_contain_text("Confirmed at noon")
    await sit_down(page, "2002", "341000", DEPARTMENT, "REVIEWER")
    await page.locator("#act-report").click()
    await expect(page.get_by_role("dialog", name="Approve and report")).to_contain_text("Confirmed at noon")
    await page.locator("#dialog-submit").click()
    await expect_newest(page, "Approved and reported")
    await expect(page.locator(".questions").first).to_contain_text("Confirmed at noon")


async def test_who_approves_a_report_that_was_drafted_anew_meanwhile_is_told_to_read_it(
    page: Page, platform: RunningPlatform
) -> None:
    number = draft_letter(platform, "console-officers-anew")
    investigate_letter(platform, number)
    draft_report(platform, number)
    await follow(page, number)
    await sit_down(page, HEAD["id"], HEAD["city"], DEPARTMENT, "REVIEWER")
    await page.locator("#act-report").click()
    draft_report(platform, number)
    await expect(page.locator("#timeline li", has_text="Report drafted")).to_have_count(2)
    dialog = page.get_by_role("dialog", name="Approve and report")
    await dialog.locator("#dialog-submit").click()
    await expect(dialog).to_contain_text("It was changed after you had read it.")
    await dialog.locator("#dialog-close").click()
    await page.locator("#act-report").click()
    await page.locator("#dialog-submit").click()
    await expect_newest(page, "Approved and reported")


async def test_an_operation_is_moved_on_by_keyboard_alone(page: Page, platform: RunningPlatform) -> None:
    await follow(page, draft_letter(platform, "console-officers-1"))
    await tab_to(page, "officer-office")
    await page.keyboard.type("Ins")
    await tab_to(page, "officer-duty")
    await page.keyboard.type("R")
    await tab_to(page, "act-send")
    await page.keyboard.press("Enter")
    await expect(page.locator("#officer-id")).to_be_focused()  # nobody has said who this is
    await page.keyboard.type("1002")
    await tab_to(page, "act-send")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Approve and send")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect_newest(page, "Approved and sent")
    await expect(page.locator("#operation-title")).to_be_focused()


async def test_the_actions_come_after_who_takes_them(page: Page, platform: RunningPlatform) -> None:
    await follow(page, draft_letter(platform, "console-officers-order"))
    await sit_down(page, "1002", "330100", AGENCY, "REVIEWER")
    await expect(page.locator("#officer-id")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.locator("#act-send")).to_be_focused()


async def test_an_action_for_others_says_for_whom(page: Page, platform: RunningPlatform) -> None:
    await follow(page, draft_letter(platform, "console-officers-2"))
    actions = page.locator("#action-list li")
    await expect(actions).to_have_count(2)
    await expect(actions.first).to_contain_text("Approve and send")
    await expect(actions.first).to_contain_text("For Hangzhou · Insurance agency · Reviewer")
    await expect(actions.get_by_role("button")).to_have_count(0)
    await sit_down(page, "1001", "330100", AGENCY, "REVIEWER")
    await expect(actions.first).to_contain_text("For a second person: you did “Taken”.")
    await expect(actions.get_by_role("button")).to_have_text(["Withdraw"])
    await page.locator("#officer-id").fill("1002")
    await expect(actions.get_by_role("button")).to_have_text(["Approve and send", "Withdraw"])


async def test_an_action_that_the_graph_refuses_is_said_with_the_remedy(page: Page, platform: RunningPlatform) -> None:
    number = draft_letter(platform, "console-officers-3")
    await follow(page, number)
    await sit_down(page, "1002", "330100", AGENCY, "REVIEWER")
    await page.locator("#act-send").click()
    move_letter(platform, number, "send", REVIEWER)  # a colleague is faster
    await page.locator("#dialog-submit").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading", name="Not taken")).to_be_focused()
    await expect(dialog).to_contain_text("COOPERATION_TRANSITION_NOT_ALLOWED")
    await dialog.get_by_role("button", name="Close").press("Enter")
    await expect(page.locator("#action-list li").first).to_contain_text("Confirm receipt")


async def test_a_reason_that_the_graph_finds_too_long_is_said_by_its_field(
    page: Page, platform: RunningPlatform
) -> None:
    await follow(page, draft_letter(platform, "console-officers-4"))
    await sit_down(page, "1001", "330100", AGENCY, "HANDLER")
    await page.locator("#act-withdraw").click()
    reason = page.get_by_label("Reason")
    await reason.evaluate("(field) => field.removeAttribute('maxlength')")
    await reason.fill("x" * 501)
    await page.locator("#dialog-submit").click()
    await expect(page.get_by_role("alert")).to_have_text("Give the reason, in at most 500 characters.")
    await expect(reason).to_be_focused()
    await reason.fill("drafted twice")
    await page.locator("#dialog-submit").click()
    await expect_newest(page, "Withdrawn")
    await expect(page.locator("#actions")).to_contain_text("nothing is left to do")


def report_unreached_loss(platform: RunningPlatform, key: str) -> str:
    """Of a function that Huangshan's system does not reach: it becomes a task. Gives the operation's number."""
    payload = report_loss(platform, key, function="BANK")
    assert payload["effect"] == "NEEDS_A_PERSON"
    return str(payload["operation"]["number"])


async def test_a_task_is_finished_on_the_board_by_an_officer_of_its_city_alone(
    page: Page, platform: RunningPlatform
) -> None:
    number = refused_letter(platform, "console-officers-5")
    await page.get_by_role("link", name="Caseload").click()
    task = page.locator("#open-tasks tbody tr", has_text=number)
    await task.get_by_role("button", name="Finish").press("Enter")
    dialog = page.get_by_role("dialog", name="Finish a task")
    await expect(dialog.get_by_label("What was done")).to_be_focused()
    await expect(dialog.locator("#officer-city")).to_have_value("330100")
    await expect(dialog.locator("#officer-office")).to_have_value(AGENCY)  # who takes part in the letter there
    await page.keyboard.type("It stands in the register.")
    await sit_down(page, "2001", "341000", AGENCY, "HANDLER")
    await expect(dialog).to_contain_text("It is a task of Hangzhou")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_have_text("It is for officers of another city.")
    await expect(dialog.locator("#officer-city")).to_be_focused()
    await sit_down(page, "1001", "330100", "INSPECTION", "HANDLER")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_have_text("It is for another office.")
    await expect(dialog.locator("#officer-office")).to_be_focused()
    await sit_down(page, "1001", "330100", AGENCY, "HANDLER")
    await page.keyboard.press("Enter")
    await expect(task).to_have_count(0)
    await follow(page, number)
    await expect(page.locator("#tasks li")).to_contain_text("Done")
    await expect(page.locator("#tasks li")).to_contain_text("It stands in the register. 330100/1001")


async def test_a_task_that_ends_with_its_operation_leads_to_the_actions_that_end_it(
    page: Page, platform: RunningPlatform
) -> None:
    number = report_unreached_loss(platform, "console-officers-9")
    await page.get_by_role("link", name="Caseload").click()
    task = page.locator("#open-tasks tbody tr", has_text=number)
    await expect(task).to_contain_text("It ends with the operation: Try again or Settle by hand or Decline by hand.")
    await expect(task.get_by_role("button")).to_have_text(["Follow"])
    await task.get_by_role("button", name="Follow").press("Enter")
    await expect(page.locator("#operation-title")).to_be_focused()
    await page.get_by_role("button", name="To what can be done").press("Enter")
    await expect(page.locator("#officer-city")).to_be_focused()
    await sit_down(page, "2001", "341000", "CARD_CENTRE", "HANDLER")
    await act(page, "settle", reason="The bank has locked it.")
    await expect_newest(page, "Settled by hand")
    await expect(page.locator("#tasks li")).to_contain_text("Done")
    await expect(page.get_by_role("button", name="To what can be done")).to_have_count(0)


async def test_any_office_that_may_ask_goes_on_for_its_city_and_no_other(page: Page, platform: RunningPlatform) -> None:
    # A card centre of Hangzhou has asked; in the state "manual", its side has nothing to do, and the other has.
    await follow(page, report_unreached_loss(platform, "console-officers-6"))
    await sit_down(page, "2001", "341000", "INSPECTION", "HANDLER")
    await expect(page.locator("#act-settle")).to_have_count(0)
    await sit_down(page, "2001", "341000", "CARD_CENTRE", "HANDLER")
    await expect(page.locator("#act-settle")).to_have_count(1)
    with platform.fault("huangshan_card_service", kind="refuse"):
        waiting = report_loss(platform, "console-officers-7")
        assert waiting["effect"] == "QUEUED"
        await follow(page, waiting["operation"]["number"])
        await sit_down(page, "1003", "330100", "INSPECTION", "HANDLER")
        await expect(page.locator("#act-withdraw")).to_have_count(0)
        await sit_down(page, "1003", "330100", AGENCY, "HANDLER")
        await act(page, "withdraw", reason="found again")
        await expect_newest(page, "Withdrawn")
    # What cooperation has asked in vain is not asked again: a release is answered only when its own circuit is closed.
    find_again(platform, "console-officers-8")


def refused_letter(platform: RunningPlatform, key: str) -> str:
    """A letter that Hangzhou's system has refused to enter: a task of Hangzhou. Gives its number."""
    number = draft_letter(platform, key)
    with platform.fault("hangzhou_core_service", kind="business_error", operations=["createAssist"]):
        move_letter(platform, number, "send", REVIEWER)
        wait_for_letter(platform, number, "REFUSED")
    return number


def wait_for_letter(platform: RunningPlatform, number: str, *states: str) -> None:
    """Wait until its writes into Hangzhou's system are in these states."""
    for _ in range(200):
        answered = platform.ask(LETTER, {"number": number})["data"]["operation"]["deliveries"]
        found = [one["state"] for one in answered if one["city"]["code"] == "330100"]
        if found == list(states):
            return
        time.sleep(0.2)
    raise AssertionError(f"The letter's writes are {found}.")


@pytest.mark.parametrize("way", ["by hand", "again"])
async def test_what_a_system_refused_of_a_letter_is_seen_to_on_the_board(
    page: Page, platform: RunningPlatform, way: str
) -> None:
    number = refused_letter(platform, f"console-officers-letter-{way.replace(' ', '-')}")
    await page.get_by_role("link", name="Caseload").click()
    task = page.locator("#open-tasks tbody tr", has_text=number)
    await expect(task).to_contain_text("Do it by hand · Entry of the letter")
    await task.get_by_role("button", name="Finish").press("Enter")
    dialog = page.get_by_role("dialog", name="Finish a task")
    await expect(dialog.get_by_label("What was done")).to_be_focused()
    await page.keyboard.type("looked at")
    await expect(dialog.locator("#officer-office")).to_have_value(AGENCY)  # whose letter it is
    receipt = dialog.get_by_label("Its number in your city’s system")
    await expect(dialog.get_by_label("It is done by hand")).to_be_checked()
    if way == "again":
        await dialog.get_by_label("Write it again").check()
        await expect(receipt).to_have_count(0)
    else:
        await receipt.fill("HZ-77")
    await sit_down(page, "1001", "330100", AGENCY, "HANDLER")
    await page.locator("#dialog-submit").click()
    await expect(task).to_have_count(0)
    wait_for_letter(platform, number, "DONE")
