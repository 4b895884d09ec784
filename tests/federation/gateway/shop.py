"""A small supergraph with two subgraphs as ASGI apps, for tests of the gateway as a whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLError, build_schema, execute, extend_schema, parse, validate

SUPERGRAPH = """
schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)
{
  query: Query
  mutation: Mutation
}

directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @join__field(
  graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean,
  override: String, usedOverridden: Boolean, overrideLabel: String, contextArguments: [join__ContextArgument!]
) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__type(
  graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true,
  isInterfaceObject: Boolean! = false
) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA

input join__ContextArgument { name: String! type: String! context: String! selection: join__FieldValue! }
scalar join__DirectiveArguments
scalar join__FieldSet
scalar join__FieldValue
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }

enum join__Graph {
  PRODUCTS @join__graph(name: "products", url: "http://products/graphql")
  REVIEWS @join__graph(name: "reviews", url: "http://reviews/graphql")
}

enum Size @join__type(graph: PRODUCTS) {
  SMALL @join__enumValue(graph: PRODUCTS)
  LARGE @join__enumValue(graph: PRODUCTS)
}

scalar Number @join__type(graph: PRODUCTS)

type Product @join__type(graph: PRODUCTS, key: "id") @join__type(graph: REVIEWS, key: "id") {
  id: ID!
  name: String @join__field(graph: PRODUCTS)
  reviews: [Review!] @join__field(graph: REVIEWS)
}

type Review @join__type(graph: REVIEWS) {
  body: String
}

type Query @join__type(graph: PRODUCTS) @join__type(graph: REVIEWS) {
  product(id: ID!, size: Size): Product @join__field(graph: PRODUCTS)
  echo(number: Number): Number @join__field(graph: PRODUCTS)
  products(first: Int = 2): [Product!]! @join__field(graph: PRODUCTS)
}

type Mutation @join__type(graph: PRODUCTS) {
  rename(id: ID!, name: String!): Product @join__field(graph: PRODUCTS)
}
"""

_ENTITIES = """
scalar _Any
union _Entity = Product
extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
"""
_PRODUCTS = """
enum Size { SMALL LARGE }
scalar Number
type Query { product(id: ID!, size: Size): Product echo(number: Number): Number products(first: Int = 2): [Product!]! }
type Mutation { rename(id: ID!, name: String!): Product }
type Product { id: ID! name: String }
"""
_REVIEWS = """
type Query { unused: Int }
type Product { id: ID! reviews: [Review!] }
type Review { body: String }
"""


@dataclass
class SubgraphApp:
    """A subgraph over graphql-core: counts its requests, keeps their headers, and fails with `failure` when given.

    `failure` is (status, content type, body). It answers after `go`, when given.
    """

    sdl: str
    root: Any
    entities: str = _ENTITIES
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    failure: tuple[int, str, bytes] | None = None
    go: asyncio.Event | None = None

    def __post_init__(self):
        self._schema = build_schema(self.sdl)
        self._schema = extend_schema(self._schema, parse(self.entities))

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        request = orjson.loads(body)
        self.requests.append(request)
        if self.go is not None:
            await self.go.wait()
        status, content_type, answer = self.failure or (200, "application/json", self._answer(request))
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _answer(self, request):
        document = parse(request["query"])
        errors = validate(self._schema, document)
        if errors:
            return orjson.dumps({"errors": [error.formatted for error in errors]})
        result = execute(
            self._schema,
            document,
            root_value=self.root,
            variable_values=request["variables"],
            type_resolver=lambda value, *_: value["__typename"],
        )
        return orjson.dumps(result.formatted)


def shop() -> tuple[SubgraphApp, SubgraphApp]:
    """The subgraphs `products` and `reviews`."""
    names = {str(number): f"product {number}" for number in range(1, 4)}

    def product(key):
        return {"__typename": "Product", "id": key, "name": names[key]} if key in names else None

    def rename(_, *, name, **arguments):
        key = arguments["id"]
        if key not in names:
            raise GraphQLError("No such product.")
        names[key] = name
        return product(key)

    def reviews(_, representations):
        return [
            {"__typename": "Product", "id": r["id"], "reviews": [{"body": f"review of {r['id']}"}]}
            for r in representations
        ]

    products = SubgraphApp(
        _PRODUCTS,
        {
            "product": lambda _, **arguments: product(arguments["id"]),
            "products": lambda _, first: [product(key) for key in list(names)[:first]],
            "rename": rename,
        },
    )
    return products, SubgraphApp(_REVIEWS, {"_entities": reviews})
