"""An explanation tells each stage of planning and changes nothing of the plan."""

from __future__ import annotations

from graphql import parse
from inline_snapshot import snapshot

from federation.planner import Explanation, PlanOptions, plan_operation
from tests.federation.planner.graphs import composed, planned
from tests.federation.planner.test_costs import SHARED, costs
from tests.federation.planner.test_keys import HOPS


def explained(subgraphs: dict[str, str], query: str, options: PlanOptions | None = None) -> str:
    supergraph, explanation = composed(subgraphs), Explanation()
    plan = plan_operation(supergraph, parse(query), None, options or PlanOptions(), explanation)
    assert plan == planned(supergraph, query, options)
    return explanation.text()


def test_hops_over_keys_are_told_from_the_leaf_inwards() -> None:
    assert explained(HOPS, "query($t: Boolean!) { thing { c @include(if: $t) a } }") == snapshot("""\
Demands: field {object types it is wanted of}, conditions
  thing {Query}
    c {Thing} when $t
    a {Thing}

Search: every fetch costs 1
  thing.c when $t
    c, entered at thing by key 'sku': depth 2, further fetches cost 2, level 2  <- chosen
    because nobody else has it
    to enter c at thing with key 'sku':
      thing.sku when $t
        b, entered at thing by key 'id': depth 1, further fetches cost 2, level 1  <- chosen
        c, entered at thing by key 'sku': depth 2, further fetches cost 2, level 2
        because it has the least depth, then cost, then level
        to enter b at thing with key 'id':
          thing.id when $t
            a, from its root: depth 0, further fetches cost 1, level 0  <- chosen
            a, entered at thing by key 'id': depth 1, further fetches cost 2, level 1
            b, entered at thing by key 'id': depth 1, further fetches cost 2, level 1
            because it has the least depth, then cost, then level
          thing.__typename when $t
            a, from its root: depth 0, in the plan, level 0  <- chosen
            a, entered at thing by key 'id': depth 1, further fetches cost 1, level 1
            b, entered at thing by key 'id': depth 1, further fetches cost 1, level 1
            c, entered at thing by key 'sku': depth 2, further fetches cost 1, level 2
            because it is in the plan already
      thing.__typename when $t
        a, from its root: depth 1, in the plan, level 0  <- chosen
        a, entered at thing by key 'id': depth 1, further fetches cost 1, level 1
        b, entered at thing by key 'id': depth 1, in the plan, level 1
        c, entered at thing by key 'sku': depth 2, further fetches cost 1, level 2
        because it is in the plan already
  thing.a
    a, from its root: depth 2, in the plan, level 0  <- chosen
    a, entered at thing by key 'id': depth 2, further fetches cost 1, level 1
    because it is in the plan already

Compaction
  nothing to move or join

Fetches
  0. level 0, a: the root (Query)
  1. level 1, b: entities at thing (Thing)
  2. level 2, c: entities at thing (Thing)
""")


def test_with_costs_both_searches_and_the_choice_between_them_are_told() -> None:
    told = explained(SHARED, "{ person { name } }", costs(soap=2))
    searches = [line for line in told.splitlines() if line.startswith("Search")]
    assert searches == ["Search: a fetch costs soap 2, others 1", "Search: every fetch costs 1"]
    assert told.partition("Choice")[2] == snapshot("""\
: least depth, then least cost of fetches, then fewest fields
  search 1: depth 1, fetches cost 2, 4 fields  <- chosen
  search 2: depth 1, fetches cost 3, 4 fields
""")


def test_requirements_and_moves_are_told() -> None:
    subgraphs = {
        "a": 'type Query { t: T } type T @key(fields: "id") { id: ID! }',
        "b": 'type T @key(fields: "id") { id: ID! one: Int two: Int @requires(fields: "far") far: Int @external }',
        "c": 'type T @key(fields: "id") { id: ID! far: Int }',
    }
    assert explained(subgraphs, "{ t { one two } }") == snapshot("""\
Demands: field {object types it is wanted of}, conditions
  t {Query}
    one {T}
    two {T}

Search: every fetch costs 1
  t.one
    b, entered at t by key 'id': depth 1, further fetches cost 2, level 1  <- chosen
    because nobody else has it
    to enter b at t with key 'id':
      t.id
        a, from its root: depth 0, further fetches cost 1, level 0  <- chosen
        a, entered at t by key 'id': depth 1, further fetches cost 2, level 1
        b, entered at t by key 'id': depth 1, further fetches cost 2, level 1
        c, entered at t by key 'id': depth 1, further fetches cost 2, level 1
        because it has the least depth, then cost, then level
      t.__typename
        a, from its root: depth 0, in the plan, level 0  <- chosen
        a, entered at t by key 'id': depth 1, further fetches cost 1, level 1
        b, entered at t by key 'id': depth 1, further fetches cost 1, level 1
        c, entered at t by key 'id': depth 1, further fetches cost 1, level 1
        because it is in the plan already
    to enter b at t with key 'id' and what T.two requires:
      t.id
        a, from its root: depth 1, in the plan, level 0  <- chosen
        a, entered at t by key 'id': depth 1, further fetches cost 1, level 1
        b, entered at t by key 'id': depth 1, in the plan, level 1
        c, entered at t by key 'id': depth 1, further fetches cost 1, level 1
        because it is in the plan already
      t.far
        c, entered at t by key 'id': depth 1, further fetches cost 1, level 1  <- chosen
        because nobody else has it
        to enter c at t with key 'id':
          t.id
            a, from its root: depth 1, in the plan, level 0  <- chosen
            a, entered at t by key 'id': depth 1, further fetches cost 1, level 1
            b, entered at t by key 'id': depth 1, in the plan, level 1
            c, entered at t by key 'id': depth 1, further fetches cost 1, level 1
            because it is in the plan already
          t.__typename
            a, from its root: depth 1, in the plan, level 0  <- chosen
            a, entered at t by key 'id': depth 1, further fetches cost 1, level 1
            b, entered at t by key 'id': depth 1, in the plan, level 1
            c, entered at t by key 'id': depth 1, further fetches cost 1, level 1
            because it is in the plan already
      t.__typename
        a, from its root: depth 1, in the plan, level 0  <- chosen
        a, entered at t by key 'id': depth 1, further fetches cost 1, level 1
        b, entered at t by key 'id': depth 1, in the plan, level 1
        c, entered at t by key 'id': depth 1, in the plan, level 1
        because it is in the plan already
  t.two
    b, entered at t by key 'id': depth 2, in the plan, level 2  <- chosen
    because the field has requirements, which were fetched

Compaction
  b, entities at t (T): moved from level 1 to 2
  b, entities at t (T): joined with the same at level 2

Fetches
  0. level 0, a: the root (Query)
  1. level 1, c: entities at t (T)
  2. level 2, b: entities at t (T)
""")


def test_a_mutations_runs_are_told() -> None:
    sdl = "type Query { a: Int @shareable } type Mutation { set: Int @shareable reset: Int @shareable }"
    assert explained({"a": sdl, "b": sdl}, "mutation { set reset }") == snapshot("""\
Demands: field {object types it is wanted of}, conditions
  set {Mutation}
  reset {Mutation}

Search: every fetch costs 1
  set, reset in one run
    a: depth 0, steps that cost 1  <- chosen
    b: depth 0, steps that cost 1
  set
    a, from its root: depth 0, further fetches cost 1, level 0  <- chosen
    because nobody else has it
  reset
    a, from its root: depth 0, in the plan, level 0  <- chosen
    because it is in the plan already

Compaction
  nothing to move or join

Fetches
  0. level 0, a: the root (Mutation)
""")
