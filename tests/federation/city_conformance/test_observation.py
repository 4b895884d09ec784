"""Values are judged by their types, and remembered as numbers only."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema

from federation.conformance.observation import NEVER_NULL, Observation
from federation.conformance.selection import select
from tests.federation.city_conformance.city import City, subject

TYPES = build_schema("""
scalar Date scalar DateTime scalar Decimal scalar YearMonth scalar Colour enum Status { NORMAL LOST }
type Query {
  int: Int float: Float boolean: Boolean string: String id: ID date: Date moment: DateTime decimal: Decimal
  month: YearMonth colour: Colour status: Status ids: [ID!] sure: Int!
}
""")


def judged(name: str, value: Any) -> list[str]:
    observation = Observation(subject(City()).contract, "341800")
    return observation.note(f"Query.{name}", TYPES.query_type.fields[name].type, None, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("int", 5),
        ("int", None),
        ("float", 5),
        ("boolean", False),
        ("string", ""),
        ("id", "7"),
        ("date", "2026-10-31"),
        ("moment", "2026-10-31T08:00:00+08:00"),
        ("moment", "2026-10-31T08:00:00.123Z"),
        ("decimal", "-12.50"),
        ("month", "2026-10"),
        ("colour", {"any": "thing"}),
        ("status", "LOST"),
        ("ids", ["1"]),
        ("ids", []),
    ],
)
def test_what_fits_its_type(name: str, value: Any) -> None:
    assert judged(name, value) == []


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("int", True, "no Int"),
        ("int", 2**31, "no Int"),
        ("int", "5", "no Int"),
        ("float", "5", "no Float"),
        ("boolean", 0, "no Boolean"),
        ("string", 5, "no String"),
        ("id", 7, "no ID"),
        ("date", "31.10.2026", "no Date"),
        ("moment", "2026-10-31 08:00:00", "no DateTime"),
        ("decimal", 12.5, "no Decimal"),
        ("month", "202610", "no YearMonth"),
        ("status", "GONE", "no value of the enum"),
        ("ids", "1", "no list"),
        ("ids", [None], NEVER_NULL),
        ("sure", None, NEVER_NULL),
    ],
)
def test_what_does_not_fit_its_type(name: str, value: Any, problem: str) -> None:
    assert judged(name, value) == [f"Query.{name}: {problem}"]


def test_an_object_of_another_type_and_a_missing_field_are_told() -> None:
    contract = subject(City()).contract
    observation = Observation(contract, "341800")
    below = select(contract, "Person")
    assert observation.note_entity(below, {"__typename": "Card"}) == [
        "_entities: an object of another type than the contract's"
    ]
    assert observation.note_entity(below, {"__typename": "Person", "id": "1", "history": None}) == [
        "Person.cards: not in the answer"
    ]


def test_keys_of_entities_are_kept_to_ask_for_them_and_nothing_else() -> None:
    contract = subject(City()).contract
    observation = Observation(contract, "341800")
    card = {"__typename": "Card", "city": {"__typename": "City", "code": "341800"}, "number": "X1"}
    observation.note_entity(select(contract, "Card", depth=1), card)
    assert observation.entities == {
        "Card": [{"__typename": "Card", "city": {"code": "341800"}, "number": "X1"}],
    }
