"""`bureaugraph plan` prints plans, and says what is wrong with its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from inline_snapshot import snapshot

from federation.plan_command import plan
from tests.federation.planner.graphs import supergraph_sdl

SUPERGRAPH = supergraph_sdl({"a": "type Query { version: String other: Int }"})


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "supergraph.graphql").write_text(SUPERGRAPH)
    (tmp_path / "subgraph.graphql").write_text("type Query { version: String }")
    (tmp_path / "operation.graphql").write_text("query One { version } query Two { other }")
    (tmp_path / "invalid.graphql").write_text("{ unknown }")
    return tmp_path


def run(files: Path, supergraph: str, operation: str, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        plan, ["--supergraph", str(files / supergraph), "--operation", str(files / operation), *more]
    )
    return result.exit_code, result.output.replace(str(files), "")


def test_the_plan_is_printed_as_text(files: Path) -> None:
    assert run(files, "supergraph.graphql", "operation.graphql", "--operation-name", "Two") == (
        0,
        'QueryPlan {\n  Fetch(service: "a") {\n    {\n      other\n    }\n  }\n}\n',
    )


def test_operations_may_use_the_directives_that_the_gateway_answers_itself(files: Path) -> None:
    (files / "own.graphql").write_text("query @requireComplete { version ... @defer { other } }")
    code, output = run(files, "supergraph.graphql", "own.graphql")
    assert (code, output.count('Fetch(service: "a")')) == (0, 2)


def test_the_plan_is_printed_as_json(files: Path) -> None:
    code, output = run(files, "supergraph.graphql", "operation.graphql", "--operation-name", "One", "--format", "json")
    assert (code, json.loads(output)["node"]["operation"]) == (0, "query One__a__0{version}")


@pytest.mark.parametrize(
    ("supergraph", "operation", "message"),
    [
        ("none.graphql", "operation.graphql", "No such file or directory"),
        ("subgraph.graphql", "operation.graphql", "[INVALID_FEDERATION_SUPERGRAPH] schema: it does not link"),
        ("supergraph.graphql", "invalid.graphql", "Cannot query field 'unknown' on type 'Query'."),
        ("supergraph.graphql", "operation.graphql", "[QUERY_PLANNING_FAILED] Cannot plan the operation: name one of"),
    ],
)
def test_what_is_wrong_is_said_and_the_exit_code_is_1(
    files: Path, supergraph: str, operation: str, message: str
) -> None:
    code, output = run(files, supergraph, operation)
    assert code == 1
    assert message in output


def test_costs_of_fetches_change_the_choice(files: Path) -> None:
    shared = "type Query { shared: Int @shareable }"
    (files / "two.graphql").write_text(supergraph_sdl({"a": shared, "b": shared}))
    (files / "shared.graphql").write_text("{ shared }")
    for costs, subgraph in (((), "a"), (("--fetch-cost", "a=1.5"), "b"), (("--fetch-cost", "b=0.5"), "b")):
        code, output = run(files, "two.graphql", "shared.graphql", *costs)
        assert (code, f'service: "{subgraph}"' in output) == (0, True)


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        ("c=1", "there is no subgraph c; there are a"),
        ("a", "a gives no number greater than 0"),
        ("a=-1", "a=-1 gives no number greater than 0"),
        ("a=nan", "a=nan gives no number greater than 0"),
    ],
)
def test_a_cost_that_cannot_be_read_is_refused(files: Path, cost: str, message: str) -> None:
    code, output = run(files, "supergraph.graphql", "operation.graphql", "--fetch-cost", cost)
    assert code == 2
    assert message in output


def test_how_a_plan_was_found_is_told_before_it(files: Path) -> None:
    people = 'type Query { person: Person } type Person @key(fields: "id") { id: ID! }'
    cards = 'type Person @key(fields: "id") { id: ID! name: String @shareable card: Int }'
    names = 'type Person @key(fields: "id") { id: ID! name: String @shareable }'
    (files / "three.graphql").write_text(supergraph_sdl({"people": people, "cards": cards, "names": names}))
    (files / "person.graphql").write_text("query($t: Boolean!) { person { name @include(if: $t) } }")
    code, output = run(files, "three.graphql", "person.graphql", "--explain")
    assert code == 0
    told, _, printed = output.partition("\n\nQueryPlan")
    assert printed.startswith(" {")
    assert told == snapshot("""\
Demands: field {object types it is wanted of}, conditions
  person {Query}
    name {Person} when $t

Search: every fetch costs 1
  person.name when $t
    cards, entered at person by key 'id': depth 1, further fetches cost 2, level 1  <- chosen
    names, entered at person by key 'id': depth 1, further fetches cost 2, level 1
    because of the cheapest its subgraph has most of what else is wanted here
    to enter cards at person with key 'id':
      person.id when $t
        people, from its root: depth 0, further fetches cost 1, level 0  <- chosen
        cards, entered at person by key 'id': depth 1, further fetches cost 2, level 1
        names, entered at person by key 'id': depth 1, further fetches cost 2, level 1
        people, entered at person by key 'id': depth 1, further fetches cost 2, level 1
        because it has the least depth, then cost, then level
      person.__typename when $t
        people, from its root: depth 0, in the plan, level 0  <- chosen
        cards, entered at person by key 'id': depth 1, further fetches cost 1, level 1
        names, entered at person by key 'id': depth 1, further fetches cost 1, level 1
        people, entered at person by key 'id': depth 1, further fetches cost 1, level 1
        because it is in the plan already
  person.__typename
    people, from its root: depth 1, in the plan, level 0  <- chosen
    cards, entered at person by key 'id': depth 1, in the plan, level 1
    names, entered at person by key 'id': depth 1, further fetches cost 1, level 1
    people, entered at person by key 'id': depth 1, further fetches cost 1, level 1
    because it is in the plan already

Compaction
  nothing to move or join

Fetches
  0. level 0, people: the root (Query)
  1. level 1, cards: entities at person (Person)\
""")


def test_beside_json_the_explanation_stands_on_standard_error(files: Path) -> None:
    arguments = ["--supergraph", str(files / "supergraph.graphql"), "--operation", str(files / "operation.graphql")]
    result = CliRunner().invoke(plan, [*arguments, "--operation-name", "One", "--format", "json", "--explain"])
    assert json.loads(result.stdout)["kind"] == "QueryPlan"
    assert result.stderr.startswith("Demands: ")


def test_where_no_plan_is_found_it_is_told_how_far_the_search_came(files: Path) -> None:
    people = 'type Query { person: Person } type Person @key(fields: "id") { id: ID! }'
    sdl = supergraph_sdl({"a": people, "b": 'type Person @key(fields: "id") { id: ID! name: Int }'})
    (files / "none.graphql").write_text(sdl.replace('graph: B, key: "id"', 'graph: B, key: "id", resolvable: false'))
    (files / "name.graphql").write_text("{ person { id name } }")
    code, output = run(files, "none.graphql", "name.graphql", "--explain")
    assert code == 1
    assert "Demands" in output
    assert "[QUERY_PLANNING_FAILED] Cannot plan Person.name" in output
