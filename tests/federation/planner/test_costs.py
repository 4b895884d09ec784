"""A fetch may weigh more in one subgraph than in another: then the choice is the cheapest of the plans equally deep."""

from __future__ import annotations

import pytest

from federation.planner import PlanOptions
from federation.query_plan.nodes import SubgraphName
from tests.federation.planner.graphs import composed, fetched_from


def costs(**each: float) -> PlanOptions:
    return PlanOptions(fetch_costs={SubgraphName(name): cost for name, cost in each.items()})


SHARED = {
    "start": 'type Query { person: Person } type Person @key(fields: "id") { id: ID! }',
    "soap": 'type Person @key(fields: "id") { id: ID! name: String @shareable card: Int }',
    "sql": 'type Person @key(fields: "id") { id: ID! name: String @shareable }',
}


@pytest.mark.parametrize(
    ("options", "subgraphs"),
    [(PlanOptions(), ["start", "soap"]), (costs(soap=2), ["start", "sql"]), (costs(sql=0.5), ["start", "sql"])],
)
def test_of_two_subgraphs_that_have_a_field_the_cheaper_is_asked(options, subgraphs) -> None:
    assert fetched_from(composed(SHARED), "{ person { name } }", options) == subgraphs


def test_a_dear_fetch_that_is_needed_anyway_is_used_for_all() -> None:
    assert fetched_from(composed(SHARED), "{ person { name card } }", costs(soap=100)) == ["start", "soap"]


def test_depth_comes_before_cost() -> None:
    supergraph = composed(
        {
            "soap": """type Query { person: Person @shareable }
                type Person @key(fields: "id") { id: ID! name: String @shareable }""",
            "start": 'type Query { person: Person @shareable } type Person @key(fields: "id") { id: ID! }',
            "sql": 'type Person @key(fields: "id") { id: ID! name: String @shareable }',
        }
    )
    assert fetched_from(supergraph, "{ person { name } }", costs(soap=100)) == ["soap"]


def test_one_dear_fetch_may_be_cheaper_than_two() -> None:
    """Each field alone is cheaper elsewhere; both together are not."""
    supergraph = composed(
        {
            "start": 'type Query { person: Person } type Person @key(fields: "id") { id: ID! }',
            "one": 'type Person @key(fields: "id") { id: ID! name: String @shareable }',
            "other": 'type Person @key(fields: "id") { id: ID! card: Int @shareable }',
            "both": 'type Person @key(fields: "id") { id: ID! name: String @shareable card: Int @shareable }',
        }
    )
    for cost, subgraphs in ((1.5, ["start", "both"]), (2.5, ["start", "one", "other"])):
        assert fetched_from(supergraph, "{ person { name card } }", costs(both=cost)) == subgraphs


def test_a_shared_mutation_is_sent_to_the_cheaper_subgraph() -> None:
    sdl = "type Query { a: Int @shareable } type Mutation { set: Int @shareable }"
    assert fetched_from(composed({"soap": sdl, "sql": sdl}), "mutation { set }", costs(soap=3)) == ["sql"]


def test_keys_are_read_where_that_is_cheaper() -> None:
    supergraph = composed(
        {
            "start": 'type Query { person: Person } type Person @key(fields: "id") { id: ID! }',
            "soap": 'type Person @key(fields: "id") { id: ID! number: String @shareable }',
            "sql": 'type Person @key(fields: "id") { id: ID! number: String @shareable }',
            "far": 'type Person @key(fields: "number") { number: String @external far: Int }',
        }
    )
    assert fetched_from(supergraph, "{ person { far } }", costs(soap=2)) == ["start", "sql", "far"]
