"""A small domain contract, and a city that serves it well; tests break one thing each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, execute, parse, validate

from federation.composition import Subgraph, compose
from federation.conformance.ask import Asker
from federation.conformance.known_values import KnownValues
from federation.conformance.observation import Observation
from federation.conformance.run import run_conformance
from federation.conformance.subject import Subject
from federation.executor.encoding import decode, encode
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.partition import contract_of
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.load import load_supergraph
from federation.supergraph.partitions import Partition

CITY = "341800"
CONTRACT = """
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"])
  @link(url: "https://bureaugraph.dev/partition/v1.0", import: ["@partitionKey", "@route", "@merge"])
scalar Date
type Query {
  card(city: String!, number: String!): Card @route(argument: "city")
  cards(city: String, first: Int = 20, after: String): CardConnection
    @route(argument: "city") @merge(rule: CONNECTION, by: "issuedOn")
}
type CardConnection { edges: [CardEdge!]! nodes: [Card!]! pageInfo: PageInfo! totalCount: Int! }
type CardEdge { cursor: String! node: Card! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type Card @key(fields: "city { code } number") @partitionKey(field: "city.code") {
  city: City!
  number: ID!
  issuedOn: Date
  status: Status!
  holder: Person
}
type City { code: ID! }
type Person @key(fields: "id") {
  id: ID!
  cards: [Card!]
  history(first: Int = 20, after: String): CardConnection @merge(rule: CONNECTION, by: "issuedOn")
}
enum Status { NORMAL LOST }
"""
_MACHINERY = """
scalar _Any
type _Service { sdl: String! }
union _Entity = Card | Person
extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
"""
_DIRECTIVES = "directive @key(fields: String!) repeatable on OBJECT directive @partitionKey(field: String!) on OBJECT "
_DIRECTIVES += "directive @route(argument: String!) on FIELD_DEFINITION "
_DIRECTIVES += "directive @merge(rule: String!, by: String, order: String) on FIELD_DEFINITION "
KNOWN = KnownValues({"number": "X1"}, {})


def coded(message: str, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


@dataclass
class City:
    """A city's subgraph; the fields are what can be wrong with it.

    Attributes:
        sdl: what it tells.
        code: of the city that its cards say they are of.
        rows: its cards, as (number, day of issue).
        schema_text: what it really serves, if that is not the contract.
    """

    sdl: str = CONTRACT
    code: str = CITY
    rows: list[tuple[str, Any]] = field(
        default_factory=lambda: [(f"X{number}", f"20{10 + number}-01-01") for number in range(1, 8)]
    )
    schema_text: str = CONTRACT
    failure: SubgraphResponse | None = None
    asked: list[str] = field(default_factory=list)

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        """As a `SubgraphClient`; variables and answers pass through JSON as over HTTP."""
        self.asked.append(request.operation.text)
        if self.failure is not None:
            return self.failure
        body = decode(b"%b%b}" % (request.operation.head, encode(dict(request.variables))))
        return self.answer(body["query"], body["variables"])

    def answer(self, query: str, variables: dict[str, Any]) -> SubgraphResponse:
        try:
            document = parse(query)
        except GraphQLError as error:
            return SubgraphResponse(None, (_formatted(error, "GRAPHQL_PARSE_FAILED"),))
        schema = self.schema()
        errors = validate(schema, document)
        if errors:
            return SubgraphResponse(None, tuple(_formatted(each, "GRAPHQL_VALIDATION_FAILED") for each in errors))
        if not any(node.kind == "operation_definition" for node in document.definitions):
            return SubgraphResponse(None, ({"message": "none", "extensions": {"code": "BAD_REQUEST"}},))
        result = execute(schema, document, self.root(), variable_values=variables, type_resolver=_type_of)
        assert not hasattr(result, "__await__")
        return SubgraphResponse(result.data, tuple(self.error(each) for each in result.errors or ()))

    def schema(self) -> GraphQLSchema:
        kept = "\n".join(self.schema_text.replace("extend schema", "").split("\n"))
        text = "\n".join(line for line in kept.split("\n") if "@link" not in line)
        return build_schema(_DIRECTIVES + text + _MACHINERY, assume_valid=True)

    def error(self, error: GraphQLError) -> dict[str, Any]:
        return _formatted(error, "INTERNAL_SERVER_ERROR")

    def root(self) -> dict[str, Any]:
        return {
            "card": lambda _info, city, number: self.card(city, number),
            "cards": lambda _info, city=None, first=20, after=None: self.page(city, first, after),
            "_service": {"sdl": self.sdl},
            "_entities": lambda _info, representations: [self.entity(each) for each in representations],
        }

    def card(self, city: str, number: str) -> Any:
        found = [row for row in self.rows if row[0] == number and city == CITY]
        return self.shown(found[0]) if found else None

    def shown(self, row: tuple[str, Any]) -> dict[str, Any]:
        holder = self.person(f"p{row[0]}", [])
        values = {"city": {"code": self.code}, "number": row[0], "issuedOn": row[1], "status": "NORMAL"}
        return {"__typename": "Card", **values, "holder": holder}

    def page(self, city: str | None, first: int, after: str | None) -> dict[str, Any]:
        if after is not None and not after.isdigit():
            raise coded("after is no cursor", "BAD_USER_INPUT")
        rows = self.rows if city in (None, CITY) else []
        start = 0 if after is None else int(after) + 1
        shown = rows[start : start + first]
        edges = [{"cursor": str(start + index), "node": self.shown(row)} for index, row in enumerate(shown)]
        info = {
            "hasNextPage": start + first < len(rows),
            "hasPreviousPage": start > 0,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        }
        nodes = [edge["node"] for edge in edges]
        return {"edges": edges, "nodes": nodes, "pageInfo": info, "totalCount": len(rows)}

    def entity(self, representation: dict[str, Any]) -> Any:
        match representation:
            case {"__typename": "Card", "city": {"code": str(city)}, "number": str(number)}:
                return self.card(city, number)
            case {"__typename": "Person", "id": str(person)} if person.startswith("p"):
                rows = [row for row in self.rows if f"p{row[0]}" == person]
                return self.person(person, [self.shown(row) for row in rows])
        return None

    def person(self, identity: str, cards: list[dict[str, Any]]) -> dict[str, Any]:
        def history(_info: Any, first: int = 20, after: str | None = None) -> dict[str, Any]:
            return self.page(CITY, first, after)

        return {"__typename": "Person", "id": identity, "cards": cards, "history": history}


def _type_of(value: Any, *_: Any) -> str:
    name: str = value["__typename"]
    return name


def _formatted(error: GraphQLError, code: str) -> dict[str, Any]:
    return {**error.formatted, "extensions": {"code": code, **(error.extensions or {})}}


def subject(city: City, known: KnownValues = KNOWN, slow_milliseconds: float = 10_000) -> Subject:
    """The city under test."""
    name = SubgraphName("cards")
    composed = compose([Subgraph(name, "http://cards", CONTRACT, (Partition(CITY, "xuancheng", "http://city"),))])
    assert composed.supergraph_sdl is not None, composed.errors
    contract = contract_of(load_supergraph(composed.supergraph_sdl), name)
    return Subject(
        Asker(city, name, 5.0), contract, CONTRACT, CITY, known, Observation(contract, CITY), slow_milliseconds
    )


async def wanting(city: City, known: KnownValues = KNOWN) -> dict[tuple[str, str], str]:
    """What is seen of all that the city does not support, or in part only."""
    matrix = await run_conformance(subject(city, known))
    return {(row.coordinate, row.check): row.seen for row in matrix.rows if row.verdict in ("not", "partly")}
