"""A plan's JSON has the form that Apollo's tools read."""

from __future__ import annotations

from federation.query_plan import to_json
from tests.federation.planner.graphs import composed, planned

GRAPH = composed(
    {
        "a": 'type Query { me: User all: [User] } type User @key(fields: "id") { id: ID! name: String }',
        "b": 'type User @key(fields: "id") { id: ID! age(unit: Int): Int }',
    }
)
ROOT = {
    "kind": "Fetch",
    "serviceName": "a",
    "variableUsages": [],
    "operationKind": "query",
    "operationName": None,
    "outputRewrites": [],
}
USER = [
    {
        "kind": "InlineFragment",
        "typeCondition": "User",
        "selections": [{"kind": "Field", "name": "__typename"}, {"kind": "Field", "name": "id"}],
    }
]


def test_an_entity_call_is_flattened_to_its_path() -> None:
    query = "query($u: Int, $y: Boolean!) { me { age(unit: $u) @include(if: $y) id } }"
    assert to_json(planned(GRAPH, query)) == {
        "kind": "QueryPlan",
        "node": {
            "kind": "Sequence",
            "nodes": [
                ROOT | {"operation": "query($y:Boolean!){me{__typename@include(if:$y) id}}", "variableUsages": ["y"]},
                {
                    "kind": "Condition",
                    "condition": "y",
                    "ifClause": {
                        "kind": "Flatten",
                        "path": ["me"],
                        "node": {
                            "kind": "Fetch",
                            "serviceName": "b",
                            "variableUsages": ["u"],
                            "operation": "query($representations:[_Any!]!,$u:Int)"
                            "{_entities(representations:$representations){...on User{age(unit: $u)}}}",
                            "operationKind": "query",
                            "operationName": None,
                            "requires": USER,
                            "inputRewrites": [],
                            "outputRewrites": [],
                        },
                    },
                },
            ],
        },
    }


def test_several_calls_are_a_batch() -> None:
    plan = to_json(planned(GRAPH, "{ me { age(unit: 1) } all { age(unit: 2) } }"))
    nodes = plan["node"]["nodes"]
    batch = nodes[1]
    assert batch["kind"] == "BatchFetch"
    assert [(a["alias"], a["representationsVariableName"], a["paths"]) for a in batch["entityBatch"]["aliases"]] == [
        ("_e0", "representations_0", [["me"]]),
        ("_e1", "representations_1", [["all", "@"]]),
    ]


def test_a_plan_without_fetches_has_no_node() -> None:
    assert to_json(planned(GRAPH, "{ __typename }")) == {"kind": "QueryPlan"}


def test_contextual_values_are_rewrites_from_the_objects_above() -> None:
    graph = composed(
        {
            "a": """type Query { owners: [Owner] } interface Owner @context(name: "o") { items: [Item] }
                type Firm implements Owner { brand: Brand items: [Item] } type Brand { mark: String }
                type Man implements Owner { nick: String items: [Item] }
                type Item @key(fields: "id") { id: ID! tag(t: String @fromContext(
                    field: "$o ... on Firm { brand { mark } } ... on Man { nick }")): Int }""",
        }
    )
    query = "{ owners { items { tag } } }"
    nodes = to_json(planned(graph, query))["node"]["nodes"]
    assert nodes[1]["node"]["contextRewrites"] == [
        {"kind": "KeyRenamer", "path": ["..", "... on Firm", "brand", "mark"], "renameKeyTo": "contextualArgument_0"},
        {"kind": "KeyRenamer", "path": ["..", "... on Man", "nick"], "renameKeyTo": "contextualArgument_0"},
    ]
