"""The table of the specification: field type × rule × what the cities gave → result."""

from __future__ import annotations

from typing import Any

import pytest

from federation.executor.subgraph_client import SubgraphResponse
from tests.federation.partition.cities import ScriptedCity, ask, partitioned
from tests.federation.partition.contracts import read_contract

SDL = """
scalar DateTime
scalar Decimal
enum Level { LOW MIDDLE HIGH }
type Query { thing: Thing @merge(rule: FIRST) any: Any }
interface Any { value: Int @merge(rule: SUM) }
type Number implements Any { value: Int @merge(rule: SUM) }
type Other implements Any { value: Int }
type Thing {
  first: String
  firstList: [Int!] @merge(rule: FIRST)
  concat: [Int]
  union: [Int] @merge(rule: UNION)
  values: [Value!] @merge(rule: UNION)
  entities: [Part!] @merge(rule: UNION)
  latest: String @merge(rule: LATEST, by: "at")
  latestObject: Value @merge(rule: LATEST, by: "at")
  at: DateTime @merge(rule: MAX)
  earliest: DateTime @merge(rule: MIN)
  sum: Int @merge(rule: SUM)
  money: Decimal @merge(rule: SUM)
  level: Level @merge(rule: MAX)
  least: Decimal @merge(rule: MIN)
  any: Boolean @merge(rule: ANY)
  all: Boolean @merge(rule: ALL)
  nested: Nested
  part: Part
}
type Value { a: Int b: Int }
type Nested { a: Int items: [Int!] deeper: Nested }
type Part @key(fields: "id place { code }") { id: ID! place: Place name: String count: Int @merge(rule: SUM) }
type Place { code: ID! }
"""
EARLY, LATE = "2026-10-31T08:00:00+08:00", "2026-10-31T01:00:00Z"
HERE, THERE = {"id": "1", "_p_place": {"code": "h"}}, {"id": "1", "_p_place": {"code": "t"}}


@pytest.mark.parametrize(
    ("selection", "given", "expected"),
    [
        # FIRST: the first value that is not null
        ("first", ["a", "b"], "a"),
        ("first", [None, "b"], "b"),
        ("first", [None, None], None),
        ("first", ["", "b"], ""),
        ("firstList", [[1], [2]], [1]),
        ("firstList", [None, [2]], [2]),
        # CONCAT: in the cities' order; null only if all are
        ("concat", [[1, 2], [2]], [1, 2, 2]),
        ("concat", [None, [2]], [2]),
        ("concat", [[], None], []),
        ("concat", [None, None], None),
        ("concat", [[None], [1]], [None, 1]),
        # UNION: equal items once, where the first stands; nulls are equal to nothing
        ("union", [[1, 2, 1], [3, 2]], [1, 2, 3]),
        ("union", [[None], [None]], [None, None]),
        ("union", [None, None], None),
        (
            "values{a b}",
            [[{"a": 1, "b": 2}], [{"b": 2, "a": 1}, {"a": 2, "b": 2}]],
            [{"a": 1, "b": 2}, {"a": 2, "b": 2}],
        ),
        (
            "entities{id name count}",
            [
                [{**HERE, "name": None, "count": 1}],
                [{**THERE, "name": "t", "count": 2}, {**HERE, "name": "h", "count": 3}],
            ],
            [{"id": "1", "name": "h", "count": 4}, {"id": "1", "name": "t", "count": 2}],
        ),
        # MIN, MAX: as the type orders its values; nulls do not count
        ("at", [EARLY, LATE], LATE),
        ("at", [None, EARLY], EARLY),
        ("earliest", [LATE, EARLY], EARLY),
        ("level", ["MIDDLE", "LOW"], "MIDDLE"),
        ("level", ["LOW", "HIGH"], "HIGH"),
        ("least", ["10.5", "9.75"], "9.75"),
        # SUM: exact
        ("sum", [1, 2], 3),
        ("sum", [None, 2], 2),
        ("sum", [None, None], None),
        ("money", ["0.10", "0.20"], "0.30"),
        # ANY, ALL: nulls do not count
        ("any", [False, True], True),
        ("any", [None, False], False),
        ("all", [True, False], False),
        ("all", [None, True], True),
        ("all", [None, None], None),
        # objects merge field by field, recursively
        (
            "nested{a items deeper{a}}",
            [{"a": None, "items": [1], "deeper": None}, {"a": 2, "items": [2], "deeper": {"a": 3}}],
            {"a": 2, "items": [1, 2], "deeper": {"a": 3}},
        ),
        ("nested{a}", [None, {"a": 1}], {"a": 1}),
        # entities that are not the same do not merge
        ("part{id name}", [{**HERE, "name": None}, {**THERE, "name": "t"}], {"id": "1", "name": None}),
        ("part{id name}", [{**HERE, "name": None}, {**HERE, "name": "h"}], {"id": "1", "name": "h"}),
    ],
)
async def test_two_values_become_one(selection: str, given: list[Any], expected: Any):
    name = selection.partition("{")[0]
    assert await _merged(selection, [{name: value} for value in given]) == {name: expected}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("old", EARLY), ("new", LATE)], "new"),
        ([("new", LATE), ("old", EARLY)], "new"),
        ([("one", LATE), ("two", LATE)], "one"),
        ([("undated", None), ("dated", EARLY)], "dated"),
        ([("one", None), ("two", None)], "one"),
        ([(None, LATE), ("known", EARLY)], "known"),
        ([(None, LATE), (None, EARLY)], None),
        ([("unreadable", "yesterday"), ("dated", EARLY)], "dated"),
    ],
)
async def test_latest_takes_the_value_of_the_greatest_date_that_is_not_null(given, expected):
    shares = [{"latest": value, "_p_at": at} for value, at in given]
    assert await _merged("latest", shares) == {"latest": expected}


async def test_latest_takes_an_object_whole():
    shares = [{"latestObject": {"a": 1, "b": None}, "at": LATE}, {"latestObject": {"a": 2, "b": 2}, "at": EARLY}]
    assert await _merged("latestObject{a b} at", shares) == {"latestObject": {"a": 1, "b": None}, "at": LATE}


async def test_objects_of_different_types_do_not_merge():
    number, other = {"_p___typename": "Number", "value": 1}, {"_p___typename": "Other", "value": 2}
    client = partitioned(read_contract(SDL, 3), *(_city({"any": value}) for value in (number, other, number)))
    assert (await ask(client, "{any{value}}")).data == {"any": {"value": 2}}


async def test_answers_are_not_changed_for_they_may_be_shared():
    shares = [{"thing": {"latest": "a", "_p_at": EARLY, "nested": {"a": None}}} for _ in range(2)]
    client = partitioned(read_contract(SDL), *map(_city, shares))
    await ask(client, "{thing{latest nested{a}}}")
    assert shares == [{"thing": {"latest": "a", "_p_at": EARLY, "nested": {"a": None}}}] * 2


def _city(data: dict[str, Any]) -> ScriptedCity:
    return ScriptedCity(SubgraphResponse(data))


async def _merged(selection: str, shares: list[dict[str, Any]]) -> Any:
    client = partitioned(read_contract(SDL), *(_city({"thing": share}) for share in shares))
    response = await ask(client, f"{{thing{{{selection}}}}}")
    assert response.errors == ()
    return response.data["thing"]
