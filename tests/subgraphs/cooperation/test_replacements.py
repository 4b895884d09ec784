"""How far a new card's making has come: asked of the issuing city, and only of what it has taken up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from legacy_adapters.errors import SystemUnavailable
from legacy_adapters.operations.outcomes import Outcome, Reason, Standing
from legacy_adapters.records.cards import BankRecord, CardStep, ReplacementProgress
from tests.cooperation.support.scripted import PROVENANCE

REQUEST = """mutation($input: ReplacementInput!) { requestReplacement(input: $input) {
  effect operation { number ... on ServiceRequest { progress { applicationNumber } } } } }"""

PROGRESS = """query($number: ID!) { operation(number: $number) { state ... on ServiceRequest { progress {
  applicationNumber batchNumber bank { code name } newCard { city { code } number } pickUpCity { code name }
  pickUpPlace steps { step at } source { system asOf } } } } }"""

APPLIED = (CardStep.APPLIED, "2026-10-30T09:30:00+08:00")
AT_CITY = (CardStep.AT_CITY, "2026-11-09T09:30:00+08:00")
NEW = ReplacementProgress("SQ202610300001", None, None, None, "330100", None, (APPLIED,), PROVENANCE)
ARRIVED = ReplacementProgress(
    "SQ202610300001",
    "202610001",
    BankRecord("95588", "工商银行"),
    "H09000001",
    "330100",
    "第3服务网点",
    (APPLIED, AT_CITY),
    PROVENANCE,
)


@dataclass
class Replacements:
    """A city's `ReplacementSource`; `asked` are the cards it was asked about."""

    told: ReplacementProgress | None = NEW
    is_away: bool = False
    asked: list[str] = field(default_factory=list)

    async def replacement_progress(self, card_number: str, national_id: str) -> ReplacementProgress | None:
        self.asked.append(card_number)
        if self.is_away:
            raise SystemUnavailable("scripted", "341000", "refused")
        return self.told


@pytest.fixture
def making(bureau):
    """Huangshan makes a card for whoever applies."""
    source = Replacements()
    desk = bureau.office.desk
    bureau.office.desk = replace(
        desk, cities={code: replace(city, replacements=source) for code, city in desk.cities.items()}
    )
    bureau.system.after_write = Standing.PENDING
    return source


@pytest.fixture
def application(officer):
    def make(**changes):
        return {
            "idempotencyKey": "counter-0001",
            "officer": officer("1001"),
            "issuingCity": "341000",
            "cardNumber": "H00000001",
            "idNumber": "330199195805120015",
            "name": "张三",
        } | changes

    return make


async def test_a_card_in_production_tells_its_application_in_the_mutations_own_answer(bureau, making, application):
    payload = (await bureau.ask(REQUEST, input=application()))["requestReplacement"]
    assert payload["effect"] == "IN_PRODUCTION"
    assert payload["operation"]["progress"] == {"applicationNumber": "SQ202610300001"}
    assert making.asked == ["H00000001"]


async def test_a_card_that_has_arrived_tells_batch_bank_new_card_and_where_to_fetch_it(bureau, making, application):
    number = (await bureau.ask(REQUEST, input=application()))["requestReplacement"]["operation"]["number"]
    making.told = ARRIVED
    assert (await bureau.ask(PROGRESS, number=number))["operation"] == {
        "state": "IN_PRODUCTION",
        "progress": {
            "applicationNumber": "SQ202610300001",
            "batchNumber": "202610001",
            "bank": {"code": "95588", "name": "工商银行"},
            "newCard": {"city": {"code": "341000"}, "number": "H09000001"},
            "pickUpCity": {"code": "330100", "name": "杭州市"},
            "pickUpPlace": "第3服务网点",
            "steps": [
                {"step": "APPLIED", "at": "2026-10-30T09:30:00+08:00"},
                {"step": "AT_CITY", "at": "2026-11-09T09:30:00+08:00"},
            ],
            "source": {"system": "scripted", "asOf": PROVENANCE.as_of},
        },
    }


async def test_what_the_city_has_not_taken_up_is_not_asked_about(bureau, making, application):
    bureau.system.standing = Standing.IMPOSSIBLE
    payload = (await bureau.ask(REQUEST, input=application()))["requestReplacement"]
    assert payload["operation"]["progress"] is None
    assert making.asked == []


async def test_a_loss_has_no_progress(bureau, making, application):
    loss = "mutation($input: CardServiceInput!) { reportTemporaryLoss(input: $input) { operation { number } } }"
    number = (await bureau.ask(loss, input=application()))["reportTemporaryLoss"]["operation"]["number"]
    assert (await bureau.ask(PROGRESS, number=number))["operation"]["progress"] is None
    assert making.asked == []


async def test_a_city_that_is_away_costs_the_progress_only(bureau, making, application):
    number = (await bureau.ask(REQUEST, input=application()))["requestReplacement"]["operation"]["number"]
    making.is_away = True
    response = await bureau.subgraph.execute(PROGRESS, {"number": number})
    assert response["data"]["operation"] == {"state": "IN_PRODUCTION", "progress": None}
    (error,) = response["errors"]
    assert error["path"] == ["operation", "progress"]
    assert error["extensions"]["code"] == "LEGACY_SYSTEM_UNAVAILABLE"
    assert "330199195805120015" not in str(error)


async def test_a_replacement_tells_what_was_asked_for_whatever_becomes_of_it(bureau, application):
    bureau.system.answers.append(Outcome.refused(Reason.CLAIM_UNCONFIRMED, "01"))
    request = """mutation($input: ReplacementInput!) { requestReplacement(input: $input) {
      operation { state ... on ServiceRequest { replacementKind pickUpCity { code } } } } }"""
    given = application(kind="EXCHANGE", pickUpCity="341000")
    payload = (await bureau.ask(request, input=given))["requestReplacement"]
    asked = {"replacementKind": "EXCHANGE", "pickUpCity": {"code": "341000"}}
    assert payload["operation"] == {"state": "MANUAL"} | asked
    plain = application(idempotencyKey="counter-0002", cardNumber="H00000002")
    payload = (await bureau.ask(request, input=plain))["requestReplacement"]
    asked = {"replacementKind": "REPLACEMENT", "pickUpCity": {"code": "330100"}}
    assert payload["operation"] | asked == payload["operation"]


async def test_a_loss_is_no_replacement(bureau, application):
    report = """mutation($input: CardServiceInput!) { reportTemporaryLoss(input: $input) {
      operation { ... on ServiceRequest { replacementKind pickUpCity { code } } } } }"""
    payload = (await bureau.ask(report, input=application()))["reportTemporaryLoss"]
    assert payload["operation"] == {"replacementKind": None, "pickUpCity": None}
