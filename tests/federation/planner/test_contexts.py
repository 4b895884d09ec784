"""Values of contexts are read above the entity, before it is entered for a field with contextual arguments."""

from __future__ import annotations

from tests.federation.planner.graphs import composed, fetched_from, planned

GRAPH = composed(
    {
        "a": """type Query { orders: [Order!]! } type Order @key(fields: "id") { id: ID! lines: [Line!]! }
            type Line @key(fields: "id") { id: ID! }""",
        "b": 'type Order @key(fields: "id") { id: ID! currency: String }',
        "c": """type Order @key(fields: "id") @context(name: "order") { id: ID! currency: String @external }
            type Line @key(fields: "id") { id: ID! name: String
                price(in: String @fromContext(field: "$order { currency }")): Int }""",
    }
)


def test_a_field_without_context_waits_for_the_call_with_contextual_values() -> None:
    expected = ["a", "b", "c"]
    assert fetched_from(GRAPH, "{ orders { lines { name price } } }") == expected
    assert fetched_from(GRAPH, "{ orders { lines { price name } } }") == expected


def test_what_is_always_wanted_does_not_wait_for_a_contextual_value_that_may_be_skipped() -> None:
    query = "query($p: Boolean!) { orders { lines { name price @include(if: $p) } } }"
    assert fetched_from(GRAPH, query) == ["a", "c", "b", "c"]


def test_calls_with_contextual_values_at_several_places_are_fetches_of_their_own() -> None:
    plan = planned(GRAPH, "{ one: orders { lines { price } } two: orders { lines { price } } }")
    calls = [call for fetch in plan.fetches if fetch.subgraph == "c" for call in fetch.entity_calls]
    assert [len(call.paths) for call in calls] == [1, 1]
