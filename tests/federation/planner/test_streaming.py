"""Plans with `@stream`: which lists are streamed, and which come whole."""

from __future__ import annotations

import pytest
from graphql import parse

from federation.planner import plan_operation
from federation.query_plan import pretty, to_json
from federation.query_plan.nodes import StreamedList
from federation.query_plan.operations import path_text
from tests.federation.planner.graphs import composed

GRAPH = composed(
    {
        "a": """
            type Query { users: [User!] media: [Media] }
            interface Media { title: String }
            type Book implements Media { title: String pages: [Page] }
            type Song implements Media { title: String pages: [Page] }
            type Page { number: Int }
            type User @key(fields: "id") { id: ID! name: String friends: [User!] best: User }
        """,
        "b": """
            type User @key(fields: "id") {
              id: ID!
              age: Int
              friends: [User!] @external
              score: Int @requires(fields: "friends { id }")
            }
        """,
    }
)


def streamed(query: str) -> list[str]:
    """The paths of the streamed lists."""
    return [path_text(stream.path) for stream in plan_operation(GRAPH, parse(query)).streamed]


def test_a_streamed_list_changes_no_fetch() -> None:
    plain, with_stream = "{ users { name age } }", "{ users @stream(initialCount: 2) { name age } }"
    assert plan_operation(GRAPH, parse(with_stream)).fetches == plan_operation(GRAPH, parse(plain)).fetches


def test_the_plan_tells_what_is_streamed() -> None:
    query = 'query($n: Int) { users @stream(initialCount: $n, label: "l") { name } }'
    plan = plan_operation(GRAPH, parse(query))
    assert isinstance(plan.streamed[0], StreamedList)
    assert pretty(plan).splitlines()[:3] == [
        "QueryPlan {",
        '  Stream(path: "users.@", initialCount: $n, label: "l") {',
        '    Fetch(service: "a") {',
    ]
    assert to_json(plan)["streams"] == [{"path": ["users", "@"], "label": "l", "initialCount": "n"}]


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("{ users @stream { name } }", ["users.@"]),
        ("{ people: users @stream { name } }", ["people.@"]),
        ("{ users { name friends @stream { age } } }", ["users.@.friends.@"]),
        ("query($n: Int) { ...F } fragment F on Query { users @stream(initialCount: $n) { name } }", ["users.@"]),
        ("{ users @stream { friends @stream { name } } }", ["users.@"]),
        ("{ users { best { friends @stream { name } } friends @stream { name } } }",
         ["users.@.best.friends.@", "users.@.friends.@"]),
        ("{ ... @defer { users @stream { name } } }", []),
        ("{ users @stream { name } ... @defer { media { title } } }", ["users.@"]),
        ("{ media { ... on Book { pages @stream { number } } } }", ["media.@.pages.@"]),
        ("{ media { ... on Book { pages @stream { number } } ... on Song { pages { number } } } }", []),
        ("{ users { friends @stream { name } score } }", []),
        ("{ users @stream { friends { name } score } }", ["users.@"]),
    ],
)  # fmt: skip
def test_a_list_is_streamed_unless_it_stands_in_another_part_or_is_needed_as_a_whole(
    query: str, paths: list[str]
) -> None:
    assert streamed(query) == paths
