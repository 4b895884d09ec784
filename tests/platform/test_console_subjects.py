"""Who signs at the counter screen sees what is decided on: about whom, which card, pension or case, on what grounds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import pytest
from playwright.async_api import Locator, Page, Route, expect

from legacy_adapters.records.pensions import PensionScheme, PensionStatus
from legacy_adapters.sandbox.population.fixtures import LI_SI, ZHANG_SAN
from legacy_adapters.sandbox.population.world import World
from tests.platform.test_cooperation import wait_for_state
from tests.support.console import CARD_SERVICE, find, follow, report_loss, sit_down, tab_to
from tests.support.drafts import (
    certify,
    days_ago,
    draft,
    draft_assist,
    draft_investigation,
    draft_transfer,
    record_death,
)
from tests.support.letters import draft_letter, investigate_letter, officer
from tests.support.platform import RunningPlatform

pytestmark = [pytest.mark.platform, pytest.mark.browser, pytest.mark.xdist_group("platform")]

AGENCY, DEPARTMENT, INSPECTION = "INSURANCE_AGENCY", "WORK_INJURY_DEPARTMENT", "INSPECTION"
EMPLOYER = "新安江智造有限公司"
REVIEWERS = {
    draft_investigation: ("330100", AGENCY),
    draft_assist: ("341000", "ARBITRATION"),
    draft_transfer: ("341000", INSPECTION),
    record_death: ("341000", AGENCY),
}


async def expect_all(place: Locator, *words: str) -> None:
    for each in words:
        await expect(place).to_contain_text(each)


@pytest.mark.parametrize(
    ("drafted", "words"),
    [
        (
            draft_investigation,
            (
                "李四",
                "1986-••-••",
                "Huangshan: 王五.",
                "Facts of an injury",
                "HZGS202500001",
                "In progress",
                EMPLOYER,
                "aaaa",
            ),
        ),
        (draft_assist, ("李四", "HSZC202500001", "Labour dispute", EMPLOYER, "the two cities' agreement")),
        (draft_transfer, ("HSJC202500001", "Inspection", "拖欠工资", EMPLOYER, "the work is done there")),
        (record_death, ("张三", "A death", days_ago(3), "a funeral home", "bbbb", "P00000001", "¥5,231.40")),
    ],
)
async def test_who_signs_a_draft_sees_what_it_is_about_in_its_view_and_in_the_dialog(
    page: Page, platform: RunningPlatform, drafted: Callable[[RunningPlatform, str], str], words: tuple[str, ...]
) -> None:
    await follow(page, drafted(platform, f"console-subject-{drafted.__name__}"))
    await expect_all(page.locator("#subject"), *words)
    city, office = REVIEWERS[drafted]
    await sit_down(page, "9001", city, office, "REVIEWER")
    await page.locator("#act-send").click()
    await expect_all(page.get_by_role("dialog").locator("#dialog-subject"), *words)
    await page.locator("#dialog-submit").click()
    await expect(page.locator("#timeline li").first).to_contain_text("Approved and sent")


async def test_a_certification_tells_the_pension_how_and_when_somebody_was_seen(
    page: Page, platform: RunningPlatform, world: World
) -> None:
    """Of one whom Hangzhou alone knows and who is not due for long: other tests read the others as they were."""
    also_of_huangshan = {person.id_number for person in world.huangshan.people}
    pension = next(
        one
        for one in world.hangzhou.pensions
        if (one.scheme, one.status) == (PensionScheme.EMPLOYEE_PENSION, PensionStatus.PAYING)
        and (one.due_on or "") > days_ago(-200)
        and one.id_number not in also_of_huangshan
    )
    person = platform.ask("query($id: String!) { person(idNumber: $id) { name } }", {"id": pension.id_number})
    await follow(page, certify(platform, "console-subject-certify", pension))
    name = person["data"]["person"]["name"]
    await expect_all(page.locator("#subject"), name, "At a counter", days_ago(1), pension.number, "Employees")


async def test_a_card_that_a_person_settles_is_named_with_its_holder_in_the_dialog(
    page: Page, platform: RunningPlatform
) -> None:
    number = str(report_loss(platform, "console-subject-card", function="BANK")["operation"]["number"])
    await follow(page, number)
    await sit_down(page, "2001", "341000", "CARD_CENTRE", "HANDLER")
    await page.locator("#act-decline").click()
    subject = page.get_by_role("dialog").locator("#dialog-subject")
    await expect_all(subject, "张三", "1958-••-••", "Bank function", "Huangshan", "H00000001")
    await page.locator("#need-reason").fill("The bank knows of no card.")
    await page.locator("#dialog-submit").click()
    await expect(page.locator("#timeline li").first).to_contain_text("Declined by hand")


async def test_a_release_that_undoes_a_loss_names_it(page: Page, platform: RunningPlatform) -> None:
    loss = str(report_loss(platform, "console-subject-loss")["operation"]["number"])
    wait_for_state(platform, loss, "DONE")
    given = {
        "idempotencyKey": "console-subject-undo",
        "officer": officer("1001", "330100", "CARD_CENTRE"),
        "number": loss,
    }
    undoing = draft(platform, "undoServiceRequest", "UndoInput", given)
    wait_for_state(platform, undoing, "DONE")
    await follow(page, undoing)
    await expect(page.locator("#subject")).to_contain_text(re.compile(rf"Undoes\s*{loss}"))


async def test_a_part_whose_city_fails_costs_only_itself_and_is_said(page: Page, platform: RunningPlatform) -> None:
    number = str(report_loss(platform, "console-subject-away", function="BANK")["operation"]["number"])
    with platform.fault(CARD_SERVICE, kind="maintenance"):
        await follow(page, number)
        subject = page.locator("#subject")
        await expect(subject.locator(".notice")).to_contain_text(
            re.compile(r"Card: huangshan_card_service of Huangshan is closed for maintenance\.")
        )
        await expect_all(subject, "张三", "H00000001")
        await expect(subject).not_to_contain_text("Normal")
    await subject.get_by_role("button", name="Ask again").press("Enter")
    await expect(subject).to_contain_text("Normal")
    await expect(subject.locator(".notice")).to_have_count(0)


async def test_what_the_cities_say_late_comes_into_a_dialog_that_is_open(page: Page, platform: RunningPlatform) -> None:
    answered = asyncio.Event()

    async def hold_the_subject(route: Route) -> None:
        if "CounterSubject" in (route.request.post_data or ""):
            await answered.wait()
        await route.continue_()

    await page.route("**/graphql", hold_the_subject)
    await follow(page, draft_investigation(platform, "console-subject-late"))
    await sit_down(page, "9001", "330100", AGENCY, "REVIEWER")
    await page.locator("#act-send").click()
    subject = page.locator("#dialog-subject")
    await expect_all(subject, "HZGS202500001", "Asking the cities what they know of it")
    answered.set()
    await expect_all(subject, "李四", EMPLOYER)
    await expect(page.locator("#dialog-submit")).to_be_focused()


async def test_no_verdict_is_chosen_beforehand_and_a_forgotten_one_is_said_at_its_field(
    page: Page, platform: RunningPlatform
) -> None:
    number = draft_letter(platform, "console-subject-verdict")
    investigate_letter(platform, number)
    await follow(page, number)
    await sit_down(page, "2001", "341000", DEPARTMENT, "HANDLER")
    await page.locator("#act-draft_report").click()
    verdict = page.get_by_label("Verdict")
    await expect(verdict).to_be_focused()
    await expect(verdict).to_have_value("")
    await page.get_by_label("What was found").fill("at the gate")
    await page.locator("#dialog-submit").press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Choose the verdict on this question.")
    await expect(verdict).to_be_focused()
    await page.keyboard.type("Not")
    await page.locator("#dialog-submit").press("Enter")
    await expect(page.locator(".questions .finding")).to_have_text("Not confirmed at the gate")


async def test_a_number_that_another_register_knows_under_another_name_is_said_at_the_top(page: Page) -> None:
    await find(page, LI_SI)
    conflict = page.locator("#result > .notice").first
    await expect(conflict).to_contain_text("Not every register knows this number as 李四.")
    await expect(conflict).to_contain_text("Huangshan: 王五.")
    await page.locator("#language-zh").press("Enter")
    await expect(conflict).to_contain_text("黄山市登记为王五。")
    await page.locator("#language-en").press("Enter")
    await find(page, ZHANG_SAN)
    await expect(page.locator("#result > .notice")).to_have_count(0)


@pytest.mark.parametrize("service", ["report", "replace"])
async def test_the_holder_of_a_card_with_another_name_is_confirmed_before_it_is_sent(page: Page, service: str) -> None:
    sent: list[str] = []

    async def note_what_is_sent(route: Route) -> None:
        asked = route.request.post_data or ""
        if "mutation" in asked:
            sent.append(asked)
            await route.fulfill(json={"errors": []})
        else:
            await route.continue_()

    await page.route("**/graphql", note_what_is_sent)
    await find(page, LI_SI)
    await page.locator(f"#{service}-341000-H00000003").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("#holder")).to_contain_text("王五 as Huangshan’s register writes it")
    await dialog.get_by_label("Officer’s number").fill("1001")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("the city knows the number under another name")
    await expect(dialog.locator("#holder-confirmed")).to_be_focused()
    assert sent == []
    await page.keyboard.press("Space")
    await expect(dialog.locator("#holder-confirmed")).to_be_checked()
    await tab_to(page, "dialog-submit")
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("It is not known whether")
    assert len(sent) == 1


async def test_what_was_confirmed_of_one_citys_card_does_not_stand_for_another_citys(page: Page) -> None:
    await find(page, LI_SI)
    await page.locator("#report-341000-H00000003").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("#holder-confirmed").check()
    await dialog.get_by_label("Card", exact=True).select_option("Hangzhou · A00000021")
    await expect(dialog.locator("#holder")).to_contain_text("李四 as Hangzhou’s register writes it")
    await expect(dialog.locator("#holder-confirmed")).to_have_count(0)
    await dialog.get_by_label("Card", exact=True).select_option("Another card, by its number")
    await dialog.get_by_label("Issuing city").select_option("Huangshan")
    await expect(dialog.locator("#holder")).to_contain_text("王五")
