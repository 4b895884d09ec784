"""The counter screen in a real browser, over the running platform."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, build_schema, parse, validate
from playwright.async_api import Page, Route, ViewportSize, expect

from federation.console import STATIC_FILES
from legacy_adapters.operations.outcomes import Reason
from legacy_adapters.sandbox.population.fixtures import LI_SI, ZHANG_SAN, ZHOU_MIN_MISTYPED
from tests.platform.test_cooperation import find_again
from tests.support.console import (
    ANSWER_MILLISECONDS,
    CARD_SERVICE,
    answer_in_the_gateways_place,
    find,
    rows,
    tab_to,
)
from tests.support.letters import REVIEWER, draft_letter, move_letter
from tests.support.platform import REPOSITORY, RunningPlatform

pytestmark = [pytest.mark.platform, pytest.mark.browser, pytest.mark.xdist_group("platform")]

NARROW = ViewportSize(width=400, height=800)
MASKED = "3••••••••••••••••5"
#: The terms of which enum stand in which group of the texts; groups left out have words that no enum holds.
TERMS = {
    "sex": "Sex",
    "lifeStatus": "LifeStatus",
    "cardStatus": "CardFunctionStatus",
    "cardFunction": "CardFunction",
    "pensionScheme": "PensionScheme",
    "pensionStatus": "PensionStatus",
    "certificationStatus": "CertificationStatus",
    "certificationMethod": "CertificationMethod",
    "caseStatus": "CaseStatus",
    "insuranceScheme": "InsuranceScheme",
    "insuranceStatus": "InsuranceStatus",
    "effect": "Effect",
    "operationKind": "OperationKind",
    "office": "Office",
    "investigationSubject": "InvestigationSubject",
    "verdict": "Verdict",
    "taskKind": "TaskKind",
    "taskHandling": "TaskHandling",
    "cardStep": "CardStep",
    "duty": "Duty",
    "replacementKind": "ReplacementKind",
}


async def test_a_person_is_found_with_the_cards_of_both_cities_and_who_said_so(page: Page) -> None:
    await find(page)
    await expect(page.locator("#person-name")).to_have_text("张三")
    await expect(page.locator("#person-name")).to_be_focused()
    hangzhou, huangshan = await rows(page, "cards")
    assert re.match(r"Hangzhou \| A00000019 \| Normal .* hangzhou_database \| as \| of \| \d{4}-\d\d-\d\d", hangzhou)
    assert re.match(r"Huangshan \| H00000001 \| .* huangshan_card_service \| as \| of \| \d{4}-\d\d-\d\d", huangshan)
    (pension,) = await rows(page, "pensions")
    assert "¥5,231.40" in pension
    (case,) = await rows(page, "cases")
    assert "HSGS201700001" in case
    assert len(await page.locator("#sources .dot.ok").all()) == 8
    await expect(page.locator("#announcements")).to_have_text("Found; every city answered.")


async def test_id_number_and_birth_dates_are_masked_until_somebody_presses_to_see_them(page: Page) -> None:
    await find(page)
    shown = page.locator("#shown-id")
    await expect(shown).to_have_text(MASKED)
    assert "1958-05-12" not in await page.locator("main").inner_text()
    assert await page.get_by_label("Id number", exact=True).input_value() == ""
    await page.get_by_role("button", name="Show id number").press("Enter")
    await expect(shown).to_have_text(ZHANG_SAN)
    assert "1958-05-12" in await page.locator("#records").inner_text()
    await page.get_by_role("button", name="Hide id number").press("Enter")
    await expect(shown).to_have_text(MASKED)


async def test_registers_that_disagree_are_pointed_out(page: Page) -> None:
    await find(page, LI_SI)
    await expect(page.locator("#records .notice")).to_contain_text("registers disagree")


async def test_a_number_without_form_and_a_number_without_record_are_said_with_their_remedy(page: Page) -> None:
    await find(page, "1234")
    await expect(page.locator("#id-number-hint")).to_contain_text("Check it and try again")
    await expect(page.get_by_label("Id number", exact=True)).to_be_focused()
    await find(page, "330199190001010019")
    await expect(page.locator("#result .notice")).to_contain_text("Check the number. People with an older")


async def test_a_loss_is_reported_by_keyboard_alone_and_takes_effect(page: Page, platform: RunningPlatform) -> None:
    await page.keyboard.type(ZHANG_SAN)  # the field has the focus when the page opens
    await page.keyboard.press("Enter")
    await tab_to(page, "report-341000-H00000001")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Report a loss")
    await expect(dialog.get_by_label("Card", exact=True)).to_be_focused()
    await tab_to(page, "officer-id")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_have_text("Enter your officer’s number: the request carries it.")
    await page.keyboard.type("1001")
    await page.keyboard.press("Enter")
    try:
        await expect(dialog.get_by_role("heading", name="In effect")).to_be_focused()
        await expect(dialog).to_contain_text("Lost for a time")
        await page.keyboard.press("Escape")
        await expect(page.locator("#cards tbody tr").nth(1)).to_contain_text("Lost for a time")
        await expect(page.locator("#report-341000-H00000001")).to_be_focused()
        await expect(page.locator("#person-requests tbody tr").first).to_contain_text("Done")
    finally:
        find_again(platform, "console-release-1")


async def test_a_loss_is_queued_while_the_city_is_away_and_followed_until_it_is_in_effect(
    page: Page, platform: RunningPlatform
) -> None:
    with platform.fault(CARD_SERVICE, kind="refuse"):
        await find(page)
        await page.get_by_role("button", name="Report the loss of a card of Huangshan").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Card number").fill("h00000001")
        await dialog.get_by_label("Officer’s number").fill("1001")
        await page.keyboard.press("Enter")
        await expect(dialog.get_by_role("heading", name="Queued")).to_be_focused(timeout=ANSWER_MILLISECONDS)
        await dialog.get_by_role("button", name="Follow the request").click()
        await expect(page.locator("#details")).to_contain_text("Waiting for system")
    try:
        await expect(page.locator("#timeline li").first).to_contain_text("Completed", timeout=40_000)
        await expect(page.locator("#announcements")).to_have_text("The state is now: Done.")
    finally:
        find_again(platform, "console-release-2")


async def test_a_draft_waits_for_its_own_city_on_the_board_and_a_letter_for_the_other(
    page: Page, platform: RunningPlatform
) -> None:
    shown = [page.locator(f"#city-{city} .figures dd").first for city in ("330100", "341000")]
    await page.get_by_role("link", name="Caseload").click()
    hangzhou, huangshan = [int(await figure.inner_text()) for figure in shown]

    async def expect_open(*counts: int) -> None:
        await page.get_by_role("button", name="Ask again").click()
        for figure, count in zip(shown, counts, strict=True):
            await expect(figure).to_have_text(str(count))

    number = draft_letter(platform, "console-investigation-3")
    await expect_open(hangzhou + 1, huangshan)
    move_letter(platform, number, "send", REVIEWER)
    await expect_open(hangzhou, huangshan + 1)


async def test_a_report_that_is_not_taken_names_the_remedy_and_can_be_corrected(page: Page) -> None:
    await find(page)
    await page.locator("#report-341000-H00000001").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Card", exact=True).select_option("Another card, by its number")
    await dialog.get_by_label("Officer’s number").fill("1001")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_have_text("Enter the number of the lost card.")
    await dialog.get_by_label("Card number").fill("not a card")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_have_text("A card’s number has 1 to 40 letters, digits or hyphens.")
    await expect(dialog.get_by_label("Card number")).to_be_focused()
    await expect(dialog.get_by_label("Card number")).to_have_value("NOT A CARD")
    await dialog.get_by_label("Duty").select_option("Reviewer")
    await dialog.get_by_label("Card number").fill("H00000001")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("It is for the other duty")
    await expect(dialog.get_by_label("Duty")).to_be_focused()
    await expect(dialog.get_by_label("Card number")).to_have_value("H00000001")


async def test_a_refusal_in_chinese_has_no_english_sentence_and_names_what_was_wrong(page: Page) -> None:
    refused = {"code": "COOPERATION_OFFICER_NOT_ENTITLED", "message": "Not for a REVIEWER.", "allowedActions": []}
    errors = [refused | {"inputs": ["officer.duty"]}, refused | {"inputs": []}]

    async def refuse(route: Route) -> None:
        if "CounterTemporaryLoss" not in (route.request.post_data or ""):
            await route.continue_()
            return
        served = {"effect": None, "isNew": False, "operation": None, "errors": errors}
        await route.fulfill(json={"data": {"served": served}})

    await page.route("**/graphql", refuse)
    await page.get_by_role("button", name="中文").click()
    await page.get_by_label("公民身份号码", exact=True).fill(ZHANG_SAN)
    await page.keyboard.press("Enter")
    await page.locator("#report-341000-H00000001").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("工号").fill("1001")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("heading", name="未受理")).to_be_focused()
    await expect(dialog).to_contain_text("须由另一岗位办理")
    await expect(dialog).not_to_contain_text("Not for a REVIEWER.")
    errors.pop()  # what is blamed is all here: it is said at its field
    await dialog.get_by_role("button", name="返回").press("Enter")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("须由另一岗位办理")
    await expect(dialog.get_by_label("岗位")).to_be_focused()


async def test_a_write_that_timed_out_names_who_did_not_answer_and_asks_for_no_other_question(page: Page) -> None:
    extensions = {"code": "SUBGRAPH_REQUEST_TIMEOUT", "service": "cooperation", "retryable": True}

    async def answer_late(route: Route) -> None:
        if "CounterTemporaryLoss" in (route.request.post_data or ""):
            await route.fulfill(json={"data": None, "errors": [{"message": "…", "extensions": extensions}]})
        else:
            await route.continue_()

    await page.route("**/graphql", answer_late)
    await find(page)
    await page.locator("#report-341000-H00000001").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Officer’s number").fill("1001")
    await page.keyboard.press("Enter")
    await expect(dialog.locator(".notice")).to_have_text(
        "A part of the platform did not answer in time.SUBGRAPH_REQUEST_TIMEOUT"
    )
    await expect(dialog).to_contain_text("Sending it again is safe")


async def test_a_dialog_closed_while_the_report_is_under_way_shows_what_came_of_it_among_the_requests(
    page: Page, platform: RunningPlatform
) -> None:
    answered = asyncio.Event()

    async def hold_the_report(route: Route) -> None:
        if "CounterTemporaryLoss" in (route.request.post_data or ""):
            await answered.wait()
        await route.continue_()

    await page.route("**/graphql", hold_the_report)
    await find(page)
    await page.locator("#report-341000-H00000001").click()
    await page.get_by_label("Officer’s number").fill("1001")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("Telling Huangshan")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    answered.set()
    try:
        await expect(page.locator("#cards tbody tr").nth(1)).to_contain_text("Lost for a time")
    finally:
        find_again(platform, "console-release-3")


async def test_a_dialog_is_closed_with_the_view_that_it_was_opened_in(page: Page) -> None:
    await find(page)
    await page.get_by_role("link", name="Caseload").click()
    await page.go_back()
    await page.locator("#report-341000-H00000001").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.go_forward()
    await expect(page.locator("#board")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("#main")).to_be_focused()


async def test_what_a_city_said_earlier_is_marked_as_last_known(page: Page, platform: RunningPlatform) -> None:
    await find(page, ZHOU_MIN_MISTYPED)
    pensions = page.locator("#pensions tbody tr", has_text="Huangshan")
    await expect(pensions).to_contain_text("DY00000003")
    with platform.fault("huangshan_database", kind="refuse"):
        await find(page, ZHOU_MIN_MISTYPED)
        await expect(pensions).to_contain_text("DY00000003")
        await expect(pensions).to_contain_text("last known")
        await expect(page.locator("#sources .dot.stale")).to_have_count(1)


async def test_what_a_city_cannot_give_is_said_in_its_place_with_the_reason(
    page: Page, platform: RunningPlatform
) -> None:
    with platform.fault(CARD_SERVICE, kind="maintenance"):
        await find(page)
        notice = page.locator("#result > .notice").first
        await expect(notice).to_contain_text("Huangshan could be asked in part or not at all.")
        hangzhou, huangshan = await rows(page, "cards")
        assert "A00000019" in hangzhou
        assert "closed" in huangshan
        assert "LEGACY_SYSTEM_MAINTENANCE" in huangshan
        assert len(await rows(page, "cases")) == 1
    await notice.get_by_role("button", name="Ask again").click()
    await expect(page.locator("#cards")).to_contain_text("H00000001")
    await expect(page.locator("#result > .notice")).to_have_count(0)


async def test_the_board_counts_per_city_and_tells_since_when_one_is_unavailable(
    page: Page, platform: RunningPlatform
) -> None:
    await page.get_by_role("link", name="Caseload").click()
    await page.reload()  # opened at once, it has to learn the cities first
    hangzhou, huangshan = page.locator("#city-330100"), page.locator("#city-341000")
    for city in (hangzhou, huangshan):
        await expect(city).to_contain_text("Due in 60 days")
    figures = [int(await figure.inner_text()) for figure in await hangzhou.locator(".figures.small dd").all()]
    assert figures == certification_counts(platform, "330100")
    with platform.fault("huangshan_database", kind="refuse"):
        await page.get_by_role("button", name="Ask again").click()
        await expect(huangshan).to_contain_text(
            re.compile(r"Unavailable since \d{4}-\d\d-\d\d \d\d:\d\d"), timeout=ANSWER_MILLISECONDS
        )
        await expect(hangzhou).to_contain_text("Due in 60 days")


def certification_counts(platform: RunningPlatform, city: str) -> list[int]:
    """Overdue, due within 60 days and suspended, counted one by one."""
    query = """query($city: String!, $after: String, $status: PensionStatus!) {
      pensions(payingCity: $city, status: $status, first: 200, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { certification { status } } } }"""

    def statuses(status: str) -> list[str]:
        after, found = None, []
        while True:
            page = platform.ask(query, {"city": city, "after": after, "status": status})["data"]["pensions"]
            found += [node["certification"]["status"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found

    paying = statuses("PAYING")
    return [paying.count("OVERDUE"), paying.count("DUE"), len(statuses("SUSPENDED"))]


async def test_the_language_is_switched_in_place_and_remembered(page: Page) -> None:
    await find(page)
    await page.get_by_role("button", name="中文").click()
    await expect(page.locator("#cards h2")).to_have_text("社会保障卡")
    await expect(page.locator("#cards tbody tr").first).to_contain_text("杭州市")
    await expect(page.get_by_role("button", name="中文")).to_be_focused()
    assert await page.evaluate("document.documentElement.lang") == "zh-CN"
    await page.reload()
    await expect(page.get_by_label("公民身份号码")).to_be_visible()
    assert await page.evaluate("JSON.stringify({...localStorage})") == '{"bureaugraph.language":"zh"}'


async def test_cities_are_named_in_the_pages_language_from_the_start(page: Page) -> None:
    await page.get_by_role("link", name="Requests").click()
    await page.reload()  # neither a person nor the board has been opened
    cities = page.get_by_label("Waits for").get_by_role("option")
    await expect(cities).to_have_text(["All", "Hangzhou", "Huangshan"])
    await page.get_by_role("button", name="中文").click()
    await expect(page.get_by_label("待办方").get_by_role("option")).to_have_text(["全部", "杭州市", "黄山市"])


async def test_nothing_needs_sideways_scrolling_on_a_narrow_screen(page: Page) -> None:
    await page.set_viewport_size(NARROW)
    for language in ("中文", "English"):
        await page.get_by_role("button", name=language).click()
        await page.locator("#go-person").click()
        await page.locator("#id-number").fill(ZHANG_SAN)
        await page.locator("#find").click()
        await page.locator("#cards").wait_for()
        for view in ("#go-person", "#go-requests", "#go-board"):
            await page.locator(view).click()
            await page.locator("#main .panel").first.wait_for()
            assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


async def test_an_answer_in_the_gateways_place_is_said_with_the_remedy(page: Page) -> None:
    await page.route("**/graphql", answer_in_the_gateways_place)
    await find(page)
    await expect(page.locator("#result .notice")).to_contain_text("Tell the operators of the network.")
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Ask again").click()
    await expect(page.locator("#person-name")).to_have_text("张三")


async def test_an_unknown_number_is_said_with_the_remedy(page: Page) -> None:
    await page.get_by_role("link", name="Requests").click()
    await page.get_by_label("Number of the request").fill("S330100-2000-000001")
    await page.keyboard.press("Enter")
    await expect(page.locator("#details")).to_contain_text("Check it on the receipt")


async def test_both_languages_have_all_texts_that_the_modules_and_the_schema_need(page: Page) -> None:
    english, chinese = [
        await page.evaluate(f"import('/console/texts/{file}.js').then((texts) => texts.{name})")
        for file, name in (("en", "english"), ("zh", "chinese"))
    ]
    assert paths(english) == paths(chinese)
    used = {
        key for file in STATIC_FILES.rglob("*.js") for key in re.findall(r"\btext\('([\w.]+)'", file.read_text("utf-8"))
    }
    assert used - paths(english) == set()
    schema = build_schema((REPOSITORY / "schema" / "api.graphql").read_text("utf-8"))
    for group, name in TERMS.items():
        enum = schema.type_map[name]
        assert isinstance(enum, GraphQLEnumType)
        assert set(enum.values) - set(english["terms"][group]) == set(), name


async def test_every_state_action_and_reason_of_operations_has_a_term(page: Page, platform: RunningPlatform) -> None:
    english = await page.evaluate("import('/console/texts/en.js').then((texts) => texts.english)")
    query = "{ stateMachines { states { name } transitions { action side } } }"
    machines = platform.ask(query)["data"]["stateMachines"]
    states = {state["name"] for machine in machines for state in machine["states"]}
    steps = [step for machine in machines for step in machine["transitions"]]
    actions = {step["action"] for step in steps}
    officers = {step["action"] for step in steps if step["side"] != "PLATFORM"}
    assert states - set(english["terms"]["operationState"]) == set()
    assert actions - set(english["terms"]["action"]) == set()
    assert officers - set(english["terms"]["take"]) == set()
    assert {reason.value for reason in Reason} - set(english["terms"]["deliveryReason"]) == set()


async def test_everything_that_an_action_needs_has_its_fields(page: Page, platform: RunningPlatform) -> None:
    machines = platform.ask("{ stateMachines { transitions { needs } } }")["data"]["stateMachines"]
    needs = sorted({need for machine in machines for step in machine["transitions"] for need in step["needs"]})
    fields = await page.evaluate(
        """(needs) => import('/console/dialogs/action_needs.js').then(({ needsOf }) =>
          needsOf({ needs }, { questions: ['?'] }).map((need) => [need.name, need.check()?.[0] === need.first]))""",
        needs,
    )
    assert fields == [[need, True] for need in needs]


async def test_every_error_of_a_bureaus_system_or_of_an_operation_is_said_with_its_remedy(page: Page) -> None:
    english = await page.evaluate("import('/console/texts/en.js').then((texts) => texts.english)")
    documented = (REPOSITORY / "docs" / "error-codes.md").read_text("utf-8")
    # A subscription that ends is not shown: the operation is asked for again from then on.
    codes = set(re.findall(r"^\| `((?:LEGACY|COOPERATION)_(?!SUBSCRIPTION)\w+)`", documented, re.MULTILINE))
    assert len(codes) > 12
    assert codes - set(english["errors"]) == set()


async def test_every_input_that_a_refusal_may_blame_has_its_words(page: Page) -> None:
    english = await page.evaluate("import('/console/texts/en.js').then((texts) => texts.english)")
    schema = build_schema((REPOSITORY / "schema" / "api.graphql").read_text("utf-8"))
    told = ["CardServiceInput", "ReplacementInput", "InvestigationInput", "ActionInput", "FinishTaskInput"]
    kinds = [schema.type_map[name] for name in told]
    fields = {field for kind in kinds if isinstance(kind, GraphQLInputObjectType) for field in kind.fields}
    # Of these the code of the refusal says what to do; nobody typed them in.
    by_their_code = {"idempotencyKey", "number", "id", "action", "expectedVersion"}
    assert fields - by_their_code - set(english["inputs"]) == set()
    assert set(english["inputs"]["officer"]) == {"id", "city", "office", "duty"}


def paths(texts: dict[str, Any], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for key, value in texts.items():
        found |= {prefix + key} if isinstance(value, str) else paths(value, f"{prefix}{key}.")
    return found


async def test_all_operations_fit_the_schema(page: Page) -> None:
    documents = await page.evaluate(
        "import('/console/documents.js').then((each) => JSON.stringify(Object.values(each)))"
    )
    schema = build_schema((REPOSITORY / "schema" / "api.graphql").read_text("utf-8"))
    texts = [text for each in json.loads(documents) for text in (each.values() if isinstance(each, dict) else [each])]
    assert len(texts) > 8
    assert [error for text in texts for error in validate(schema, parse(text))] == []
