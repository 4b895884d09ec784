"""Contracts: a partner's API schema and supergraph, chosen by tags."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from federation.compose_command import compose as command
from federation.composition import CompositionResult, Contract, Subgraph, compose
from tests.federation.composition.scenarios import link

SDL = """
type Query {
  person(id: ID!, trace: Boolean @tag(name: "internal")): Person @tag(name: "partner")
  audit: Audit @tag(name: "internal")
  cards(by: CardFilter): [Card!] @tag(name: "partner")
}
type Mutation { close(id: ID!): Boolean @tag(name: "internal") }
type Person @key(fields: "id") {
  id: ID! @tag(name: "partner")
  name: String @tag(name: "partner") @tag(name: "internal")
  salary: Int
}
type Audit { lines: [String!] }
type Card @tag(name: "partner") { number: ID! state: CardState holder: Holder }
union Holder @tag(name: "partner") = Person | Audit
enum CardState { OPEN CLOSED SEIZED @tag(name: "internal") }
input CardFilter { state: CardState note: String @tag(name: "internal") }
scalar Unused
"""


def _compose(contract: Contract, sdl: str = SDL) -> CompositionResult:
    return compose([Subgraph("a", "http://a", link("2.9") + sdl)], contract)


def test_only_what_has_an_included_tag_is_seen() -> None:
    result = _compose(Contract(include=frozenset({"partner"}), hide_unreachable_types=True))
    assert result.errors == ()
    assert result.api_schema_sdl == (
        "type Card {\n  number: ID!\n  state: CardState\n  holder: Holder\n}\n\n"
        "input CardFilter {\n  state: CardState\n  note: String\n}\n\n"
        "enum CardState {\n  OPEN\n  CLOSED\n  SEIZED\n}\n\n"
        "union Holder = Person\n\n"
        "type Person {\n  id: ID!\n  name: String\n}\n\n"
        "type Query {\n  person(id: ID!, trace: Boolean): Person\n  cards(by: CardFilter): [Card!]\n}\n"
    )


def test_excluding_wins() -> None:
    contract = Contract(frozenset({"partner"}), frozenset({"internal"}), hide_unreachable_types=True)
    assert _compose(contract).api_schema_sdl == (
        "type Card {\n  number: ID!\n  state: CardState\n  holder: Holder\n}\n\n"
        "input CardFilter {\n  state: CardState\n}\n\n"
        "enum CardState {\n  OPEN\n  CLOSED\n}\n\n"
        "union Holder = Person\n\n"
        "type Person {\n  id: ID!\n}\n\n"
        "type Query {\n  person(id: ID!): Person\n  cards(by: CardFilter): [Card!]\n}\n"
    )


def test_excluding_alone_keeps_the_rest() -> None:
    api = _compose(Contract(exclude=frozenset({"internal"}))).api_schema_sdl or ""
    assert "salary" in api
    assert "type Audit" in api  # no query leads there, but hiding such types was not asked for
    assert "type Mutation" not in api
    assert "scalar Unused" in api


def test_the_supergraph_keeps_everything_and_marks_what_is_hidden() -> None:
    result = _compose(Contract(exclude=frozenset({"internal"})))
    supergraph = result.supergraph_sdl or ""
    assert '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)' in supergraph
    hidden = [line.split()[0] for line in supergraph.splitlines() if line.startswith("  ") and "@inaccessible" in line]
    assert hidden == ["note:", "SEIZED", "@inaccessible", "name:", "person(id:", "audit:"]


def test_a_contract_without_queries_is_refused() -> None:
    result = _compose(Contract(include=frozenset({"internal"}), exclude=frozenset({"internal"})))
    assert (result.supergraph_sdl, result.api_schema_sdl) == (None, None)
    assert [error.code for error in result.errors] == ["CONTRACT_EMPTY"]


def test_an_api_schema_that_would_be_invalid_is_refused() -> None:
    sdl = 'type Query { t: T @tag(name: "p") } type T { a: Int }'
    result = _compose(Contract(include=frozenset({"p"})), sdl)
    assert [(error.code, error.coordinates) for error in result.errors] == [("REFERENCED_INACCESSIBLE", ("Query.t",))]


def test_a_field_of_a_visible_interface_cannot_be_hidden_in_one_implementation() -> None:
    sdl = 'type Query { i: I } interface I { a: Int } type T implements I { a: Int @tag(name: "x") b: Int }'
    result = _compose(Contract(exclude=frozenset({"x"})), sdl)
    assert [error.code for error in result.errors] == ["IMPLEMENTED_BY_INACCESSIBLE"]


@pytest.mark.parametrize(
    ("sdl", "code", "message"),
    [
        (
            'type Query { t: T a: Int } type T @tag(name: "x") { a: Int }',
            "REFERENCED_INACCESSIBLE",
            (
                'Field "Query.t" is of type "T", which is hidden by the contract (excluded tags "x" and "y"). '
                "Tag both so that both are seen or both are hidden."
            ),
        ),
        (
            'type Query { i: I } interface I { a: Int } type T implements I { a: Int @tag(name: "x") b: Int }',
            "IMPLEMENTED_BY_INACCESSIBLE",
            (
                '"T.a" is hidden by the contract (excluded tags "x" and "y") but implements "I.a", '
                "which is in the API. Tag both so that both are seen or both are hidden."
            ),
        ),
        (
            'type Query { a(n: Int! @tag(name: "x")): Int }',
            "REQUIRED_INACCESSIBLE",
            (
                '"Query.a(n:)" is required but is hidden by the contract (excluded tags "x" and "y"). '
                "Tag it so that it is seen, make it nullable or give it a default."
            ),
        ),
        (
            'type Query { a(e: E = B): Int } enum E { A B @tag(name: "x") }',
            "DEFAULT_VALUE_USES_INACCESSIBLE",
            (
                'The default of "Query.a(e:)" uses "E.B", which is hidden by the contract (excluded tags "x" and "y"). '
                "Tag it so that it is seen, or change the default."
            ),
        ),
    ],
)
def test_what_tags_hid_is_told_with_the_tags(sdl: str, code: str, message: str) -> None:
    (error,) = _compose(Contract(exclude=frozenset({"x", "y"})), sdl).errors
    assert (error.code, error.message) == (code, message)


def test_a_tag_that_nothing_has_is_told() -> None:
    hints = _compose(Contract(exclude=frozenset({"intrenal"}))).hints
    assert [(hint.code, hint.message) for hint in hints] == [
        ("CONTRACT_TAG_UNKNOWN", 'Nothing in the graph has the tag "intrenal". Correct its name.')
    ]


def test_the_command_writes_a_partners_schemas(tmp_path: Path) -> None:
    api = tmp_path / "api.graphql"
    config = "subgraphs: {a: {routing_url: http://a, schema: {file: a.graphql}}}"
    (tmp_path / "a.graphql").write_text(link("2.9") + SDL, encoding="utf-8")
    (tmp_path / "supergraph.yaml").write_text(config, encoding="utf-8")
    arguments = ["--config", str(tmp_path / "supergraph.yaml"), "--output", str(tmp_path / "out.graphql")]
    tags = [
        "--include-tag",
        "partner",
        "--exclude-tag",
        "internal",
        "--exclude-tag",
        "secret",
        "--hide-unreachable-types",
    ]
    result = CliRunner().invoke(command, [*arguments, "--api-schema", str(api), *tags])
    assert (result.exit_code, result.stderr.split(":")[0]) == (0, "WARN CONTRACT_TAG_UNKNOWN")
    assert "salary" not in api.read_text("utf-8")
    assert "@inaccessible" in (tmp_path / "out.graphql").read_text("utf-8")
