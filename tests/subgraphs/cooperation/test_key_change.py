"""What was accepted under the former platform key is found under its successor, by either of a person's identifiers."""

from __future__ import annotations

import asyncio

import pytest

from subgraphs.cooperation.app import CooperationSubgraph
from tests.cooperation.support.desks import PERSON, accepted, card_intent
from tests.cooperation.support.keys import BEFORE, CHANGED, with_keys
from tests.subgraphs.cooperation.conftest import SCHEMA, Bureau, DirectOffice

FOUND = """query($of: [_Any!]!, $person: ID!, $after: String) {
  _entities(representations: $of) {
    ... on Person { operations { number } }
    ... on Card { serviceRequests { number person { id } } }
  }
  operations(filter: {personId: $person}) { nodes { number } }
  changes(after: $after, personIds: [$person]) { changes { operationNumber } } }"""

NUMBER = "S330100-2026-000001"
IDS = pytest.mark.parametrize(
    "person", [BEFORE.person_id(PERSON), CHANGED.person_id(PERSON)], ids=["former", "present"]
)


@pytest.fixture
def changed(bureau) -> Bureau:
    """The bureau with the former key behind its successor; `accepted_before` works with the former one alone."""
    office = DirectOffice(with_keys(bureau.office.desk, CHANGED), "test", None, ())
    subgraph = CooperationSubgraph(SCHEMA, office, CHANGED, bureau.clock)
    return Bureau(subgraph, bureau.system, bureau.clock, office)


async def accepted_before(bureau) -> None:
    await accepted(with_keys(bureau.office.desk, BEFORE), card_intent())


@IDS
async def test_operations_of_before_are_found_by_person_and_card(changed, person):
    cursor = (await changed.ask("{ changes { endCursor } }"))["changes"]["endCursor"]
    await accepted_before(changed)
    card = {"__typename": "Card", "city": {"code": "341000"}, "number": "H00000001"}
    answer = await changed.ask(FOUND, of=[{"__typename": "Person", "id": person}, card], person=person, after=cursor)
    assert answer == {
        "_entities": [
            {"operations": [{"number": NUMBER}]},
            {"serviceRequests": [{"number": NUMBER, "person": {"id": CHANGED.person_id(PERSON)}}]},
        ],
        "operations": {"nodes": [{"number": NUMBER}]},
        "changes": {"changes": [{"operationNumber": NUMBER}]},
    }


@IDS
async def test_who_listens_for_a_person_is_told_of_what_another_process_accepts_under_the_former_key(changed, person):
    query = "subscription($person: ID!) { serviceRequestUpdated(personId: $person) { number } }"
    events = await changed.subgraph.subscribe(query, {"person": person})
    waiting = asyncio.ensure_future(anext(events))
    while changed.office.watch._polling is None:  # noqa: ASYNC110  (it is the subscription that begins it)
        await asyncio.sleep(0.01)
    await accepted_before(changed)
    assert (await waiting)["data"]["serviceRequestUpdated"]["number"] == NUMBER
    await events.aclose()
