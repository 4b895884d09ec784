"""Domain contracts that cannot be merged: every problem is told, with its place and what to write."""

from __future__ import annotations

import pytest

from federation.composition import Subgraph, compose
from federation.composition.codes import ERROR_CODES
from federation.composition.errors import CompositionError, Position
from federation.supergraph.partitions import Partition
from tests.federation.composition.test_partitions import CARDS, HANGZHOU, HUANGSHAN, LINKS, cards

KEY, ROUTE, LOSE = (
    '@partitionKey(field: "city.code")',
    '@route(argument: "city")\n',
    'lose(city: String!): Card @route(argument: "city")',
)
CONNECTION = '@merge(rule: CONNECTION, by: "issued.on", order: DESC)'
LATEST = '@merge(rule: LATEST, by: "changed")'
NAMES = "names: [String!]"

#: Part of the contract, what is written instead, the code, the coordinate.
CASES = [
    # @partitionKey
    (KEY, '@partitionKey(field: "city.zip")', "PARTITION_KEY_FIELD_UNKNOWN", "Card"),
    (KEY, '@partitionKey(field: "state")', "PARTITION_KEY_INVALID", "Card"),
    (KEY, '@partitionKey(field: "city")', "PARTITION_KEY_INVALID", "Card"),
    (KEY, '@partitionKey(field: "home.town")', "PARTITION_KEY_INVALID", "Card"),
    ("code: String!", "code: String", "PARTITION_KEY_INVALID", "Card"),
    ("code: String!", "code: Int!", "PARTITION_KEY_INVALID", "Card"),
    ("type City { code: String!", "enum Town { HANGZHOU } type City { code: Town!", "PARTITION_KEY_INVALID", "Card"),
    # @route
    (ROUTE, '@route(argument: "town")\n', "PARTITION_ROUTE_ARGUMENT_UNKNOWN", "Query.cards"),
    (ROUTE, '@route(argument: "filter.place.town")\n', "PARTITION_ROUTE_ARGUMENT_UNKNOWN", "Query.cards"),
    (ROUTE, '@route(argument: "first")\n', "PARTITION_ROUTE_ARGUMENT_INVALID", "Query.cards"),
    (ROUTE, '@route(argument: "filter.place")\n', "PARTITION_ROUTE_ARGUMENT_INVALID", "Query.cards"),
    (ROUTE, '@route(argument: "filter.places.city")\n', "PARTITION_ROUTE_ARGUMENT_INVALID", "Query.cards"),
    (ROUTE, '@route(argument: "filter.grid")\n', "PARTITION_ROUTE_ARGUMENT_INVALID", "Query.cards"),
    ("{ on:", '{ x(y: ID): ID @route(argument: "y") on:', "PARTITION_ROUTE_ON_NON_ROOT_FIELD", "Issue.x"),
    (LOSE, "lose(city: String!): Card", "PARTITION_MUTATION_WITHOUT_ROUTE", "Mutation.lose"),
    # @merge(by:)
    ('by: "issued.on"', 'by: "issued.at"', "PARTITION_MERGE_BY_UNKNOWN", "Query.cards"),
    ('by: "issued.on"', 'by: "issued"', "PARTITION_MERGE_BY_INVALID", "Query.cards"),
    ('by: "issued.on"', 'by: "isLost"', "PARTITION_MERGE_BY_INVALID", "Query.cards"),
    ('by: "issued.on"', 'by: "note"', "PARTITION_MERGE_BY_INVALID", "Query.cards"),
    (CONNECTION, "@merge(rule: CONNECTION)", "PARTITION_MERGE_RULE_INVALID", "Query.cards"),
    ('by: "changed"', 'by: "nothing"', "PARTITION_MERGE_BY_UNKNOWN", "Person.state"),
    ('by: "changed"', 'by: "home.since"', "PARTITION_MERGE_BY_INVALID", "Person.state"),
    ('by: "changed"', 'by: "name"', "PARTITION_MERGE_BY_INVALID", "Person.state"),
    ('by: "changed"', 'by: "debt"', "PARTITION_MERGE_BY_INVALID", "Person.state"),
    ('by: "changed"', 'by: "times"', "PARTITION_MERGE_BY_INVALID", "Person.state"),
    (LATEST, "@merge(rule: LATEST)", "PARTITION_MERGE_RULE_INVALID", "Person.state"),
    # @merge(rule:)
    (CONNECTION, "@merge(rule: FIRST)", "PARTITION_MERGE_RULE_INVALID", "Query.cards"),
    (NAMES, f"{NAMES} @merge(rule: SUM)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, f"{NAMES} @merge(rule: MAX)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: String @merge(rule: SUM)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: DateTime @merge(rule: SUM) } scalar DateTime type Rest { a: Int", "PARTITION_MERGE_RULE_INVALID",
     "Query.names"),
    (NAMES, "names: Boolean @merge(rule: MIN)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: Issue @merge(rule: MAX)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: String @merge(rule: CONCAT)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: String @merge(rule: UNION)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: String @merge(rule: ALL)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: [Boolean] @merge(rule: ANY)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: [Issue] @merge(rule: UNION)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: [Holder] @merge(rule: UNION) } union Holder = Person | Issue type Rest { a: Int",
     "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, "names: [[Card!]!] @merge(rule: UNION)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    (NAMES, 'names: Issue @merge(rule: CONNECTION, by: "on")', "PARTITION_MERGE_RULE_INVALID", "Query.names"),
    ("edges: [CardEdge!]! ", "", "PARTITION_MERGE_RULE_INVALID", "Query.cards"),
    ("first: Int)", "first: Int last: Int)", "PARTITION_MERGE_RULE_INVALID", "Query.cards"),
    ("cursor: String! ", "", "PARTITION_MERGE_RULE_INVALID", "Query.cards"),
    ("hasNextPage: Boolean! @merge(rule: ANY)", "endCursor: String", "PARTITION_MERGE_RULE_INVALID", "Query.cards"),
    # what a rule has no use for
    ("rule: SUM", "rule: SUM, order: ASC", "PARTITION_MERGE_ARGUMENT_UNUSED", "CardConnection.totalCount"),
    ("rule: UNION", 'rule: UNION, by: "number"', "PARTITION_MERGE_ARGUMENT_UNUSED", "Person.cards"),
    (LATEST, '@merge(rule: LATEST, by: "changed", order: DESC)', "PARTITION_MERGE_ARGUMENT_UNUSED", "Person.state"),
    # @staleWhileUnavailable
    (NAMES, f"{NAMES} @staleWhileUnavailable(maxAge: 0)", "PARTITION_STALE_INVALID", "Query.names"),
    (NAMES, f"{NAMES} @staleWhileUnavailable(maxAge: -1)", "PARTITION_STALE_INVALID", "Query.names"),
    (LOSE, f"{LOSE} @staleWhileUnavailable(maxAge: 1)", "PARTITION_STALE_INVALID", "Mutation.lose"),
    (NAMES, "issues: [Dated] } type Dated { on: String @staleWhileUnavailable(maxAge: 1) } type Rest { a: Int",
     "PARTITION_STALE_INVALID", "Dated.on"),
    # no rule where one is needed
    (CONNECTION, "", "PARTITION_MERGE_RULE_MISSING", "Query.cards"),
    ("home: Home", "home: Home history: CardConnection", "PARTITION_MERGE_RULE_MISSING", "Person.history"),
    (NAMES, "count: Int", "PARTITION_MERGE_RULE_MISSING", "Query.count"),
    (NAMES, "title: String", "PARTITION_MERGE_RULE_MISSING", "Query.title"),
    (NAMES, 'title(city: String): String @route(argument: "city")', "PARTITION_MERGE_RULE_MISSING", "Query.title"),
    (NAMES, 'title(in: [String!]!): String @route(argument: "in")', "PARTITION_MERGE_RULE_MISSING", "Query.title"),
    (NAMES, "issue: Issue", "PARTITION_MERGE_RULE_MISSING", "Issue.on"),
    (NAMES, "dated: Dated } interface Dated { x: ID } type Day implements Dated { x: ID",
     "PARTITION_MERGE_RULE_MISSING", "Day.x"),
    ("home: Home", "home: Home age: Int", "PARTITION_MERGE_RULE_MISSING", "Person.age"),
    ("home: Home", "home: Home isKnown: Boolean", "PARTITION_MERGE_RULE_MISSING", "Person.isKnown"),
    ("since: Time", "since: Time rooms: Int", "PARTITION_MERGE_RULE_MISSING", "Home.rooms"),
]  # fmt: skip


def refusals(replaced: str, by: str) -> tuple[CompositionError, ...]:
    """The errors when the contract has something else in one place."""
    assert CARDS.count(replaced) >= 1
    return compose([cards(CARDS.replace(replaced, by, 1))]).errors


@pytest.mark.parametrize(("replaced", "by", "code", "coordinate"), CASES)
def test_a_wrong_contract_is_refused(replaced: str, by: str, code: str, coordinate: str) -> None:
    errors = refusals(replaced, by)
    assert {(error.code, error.coordinates, error.subgraphs) for error in errors} == {(code, (coordinate,), ("cards",))}
    assert [position.file for error in errors for position in error.positions] == ["cards.graphql"] * len(errors)


def test_every_code_of_contracts_is_shown() -> None:
    ours = {code for code in ERROR_CODES if code.startswith("PARTITION_")}
    of_addresses = {"PARTITION_DUPLICATE", "PARTITION_CITY_INVALID", "PARTITION_URL_INVALID"}
    assert {code for _, _, code, _ in CASES} == ours - of_addresses


@pytest.mark.parametrize(
    ("replaced", "by"),
    [
        (NAMES, 'title(city: String!): String @route(argument: "city")'),
        (NAMES, 'title(in: In!): Int @route(argument: "in.city") } input In { city: ID! } type Rest { a: Int'),
        (NAMES, "title: String @merge(rule: FIRST)"),
        (NAMES, "count: Int! @merge(rule: SUM)"),
        (NAMES, "issue: Issue @merge(rule: FIRST)"),
        (NAMES, "names: [Boolean!]"),
        (NAMES, "names: [Issue]"),
        (NAMES, "names: [Card!]! @merge(rule: UNION)"),
        (NAMES, "paid: Yuan @merge(rule: SUM) } scalar Yuan type Rest { a: Int"),
        (NAMES, "level: Level @merge(rule: MAX) } enum Level { LOW HIGH"),
        (NAMES, "dated: Dated } interface Dated { n: Int @merge(rule: MAX) } type Day implements Dated { n: Int"),
        (NAMES, "at: Time @merge(rule: LATEST, by: \"at\")"),
        ("number: ID! issued", "number: ID! pages: Int history: CardConnection issued"),
        ('@key(fields: "id") {', '@key(fields: "id") @key(fields: "age") { age: Int!'),
    ],
)  # fmt: skip
def test_what_can_be_merged_is_composed(replaced: str, by: str) -> None:
    """One city's answer needs no rule, nor does a list; where a rule is stated, it is meant."""
    assert refusals(replaced, by) == ()


def test_what_no_city_serves_needs_no_rule() -> None:
    """The same contract, composed as an ordinary subgraph."""
    assert compose([cards(CARDS.replace(NAMES, "count: Int"), partitions=())]).errors == ()


def test_an_error_says_what_to_write() -> None:
    (missing,) = refusals(NAMES, "issued: Issue")
    assert str(missing) == (
        'PARTITION_MERGE_RULE_MISSING: "Issue.on" of type "String" has no @merge, but every city answers it through '
        '"Query.issued", and all values but one were lost. Write @merge(rule: …) with MIN, MAX or FIRST, '
        'or @merge(rule: FIRST) on "Query.issued" if any city\'s will do.\n'
        "    at cards.graphql:27:14"
    )
    (by,) = refusals('by: "changed"', 'by: "home.since"')
    assert by.message == (
        '@merge of "Person.state" is by "home.since", which is dotted. LATEST compares a field beside it: name one.'
    )


def test_all_problems_are_told_together() -> None:
    sdl = """
type Query { count: Int cards(town: Int): [Card!] @route(argument: "town") }
type Card @key(fields: "number") @partitionKey(field: "city") {
  number: ID! city: String state: String @merge(rule: SUM)
}
"""
    partitions = (Partition("3301", "hangzhou", "ftp://h"), Partition("3301", "huangshan", "huangshan:80"))
    errors = compose([Subgraph("cards", "http://cards", LINKS + sdl, partitions, "c.graphql")]).errors
    assert [(error.code, error.positions) for error in errors] == [
        ("PARTITION_DUPLICATE", ()),
        ("PARTITION_CITY_INVALID", ()),
        ("PARTITION_URL_INVALID", ()),
        ("PARTITION_CITY_INVALID", ()),
        ("PARTITION_URL_INVALID", ()),
        ("PARTITION_ROUTE_ARGUMENT_INVALID", (Position("c.graphql", 6, 51),)),
        ("PARTITION_KEY_INVALID", (Position("c.graphql", 7, 34),)),
        ("PARTITION_KEY_INVALID", (Position("c.graphql", 7, 34),)),
        ("PARTITION_MERGE_RULE_INVALID", (Position("c.graphql", 8, 42),)),
        ("PARTITION_MERGE_RULE_MISSING", (Position("c.graphql", 6, 14),)),
    ]


def test_two_partitions_of_one_city_are_refused() -> None:
    again = Partition("330100", "hangzhou-2", "http://again")
    assert [error.code for error in compose([cards(partitions=(HANGZHOU, again))]).errors] == ["PARTITION_DUPLICATE"]


@pytest.mark.parametrize("city", ["3301", "030100", "33010a", "3301000", "３３０１００", "hangzhou", ""])
def test_a_city_is_named_by_six_digits(city: str) -> None:
    (error,) = compose([cards(partitions=(Partition(city, "hangzhou", "http://h"), HUANGSHAN))]).errors
    assert (error.code, error.subgraphs) == ("PARTITION_CITY_INVALID", ("cards",))


@pytest.mark.parametrize(
    "url", ["", "hangzhou", "ftp://hangzhou", "http://", "http:///cards", "http://[::1", "//h/cards"]
)
def test_a_city_is_reached_by_an_http_url(url: str) -> None:
    (error,) = compose([cards(partitions=(Partition("330100", "hangzhou", url), HUANGSHAN))]).errors
    assert (error.code, error.subgraphs) == ("PARTITION_URL_INVALID", ("cards",))
