"""The reference graph: four subgraphs' schemas, their data, and one nested query whose answer has about 87 KB."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from graphql import GraphQLObjectType, GraphQLSchema, GraphQLUnionType, build_schema, graphql_sync

Record: TypeAlias = dict[str, Any]

_LINK = """extend schema @link(url: "https://specs.apollo.dev/federation/v2.3",
  import: ["@key", "@external", "@requires", "@shareable"])
"""

SUBGRAPHS: Mapping[str, str] = {
    "accounts": """
type Query { users: [User] }
type User @key(fields: "id") { id: ID! name: String username: String @shareable }
""",
    "inventory": """
type Product @key(fields: "upc") {
  upc: String! weight: Int @external price: Int @external
  inStock: Boolean shippingEstimate: Int @requires(fields: "price weight")
}
""",
    "products": """
type Query { topProducts(first: Int = 5): [Product] }
type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }
""",
    "reviews": """
type Review @key(fields: "id") { id: ID! body: String product: Product author: User }
type User @key(fields: "id") { id: ID! reviews: [Review] }
type Product @key(fields: "upc") { upc: String! reviews: [Review] }
""",
}

WHOLE = """
type Query { users: [User] topProducts(first: Int = 5): [Product] }
type User { id: ID! name: String username: String reviews: [Review] }
type Review { id: ID! body: String product: Product author: User }
type Product {
  upc: String! name: String price: Int weight: Int inStock: Boolean shippingEstimate: Int reviews: [Review]
}
"""

QUERY = """
fragment U on User { id username name }
fragment R on Review { id body }
fragment P on Product { inStock name price shippingEstimate upc weight }
query Nested {
  users {
    ...U reviews { ...R product { ...P reviews { ...R author { ...U reviews { ...R product { ...P } } } } } }
  }
  topProducts {
    ...P reviews { ...R author { ...U reviews { ...R product { ...P } } } }
  }
}
"""

USERS, PRODUCTS, REVIEWS_PER_USER = 6, 9, 4
_BODY = "A sentence or two on what somebody thought of it, invented for this benchmark only."
_ENTITY_ROOT = """
scalar _Any
union _Entity = {entities}
type Query {{ {fields} _entities(representations: [_Any!]!): [_Entity]! }}
"""


def subgraph_sdl(name: str) -> str:
    """A subgraph's schema as a Federation 2 document."""
    return _LINK + SUBGRAPHS[name]


def expected_data() -> Any:
    """The query's answer by graphql-core over one schema and the same data."""
    result = graphql_sync(build_schema(WHOLE), QUERY, root_value=_ROOT)
    assert result.errors is None
    return result.data


def executable_subgraph(name: str) -> GraphQLSchema:
    """A subgraph's schema over the data, `_entities` included."""
    plain = SUBGRAPHS[name]
    for directive in ('@key(fields: "id")', '@key(fields: "upc")', '@requires(fields: "price weight")'):
        plain = plain.replace(directive, "")
    plain = plain.replace("@external", "").replace("@shareable", "")
    root, _, types = plain.rpartition("type Query {")
    fields, _, types = types.partition("}") if root or _ else ("", "", plain)
    entities = [each for each in ("Product", "Review", "User") if f"type {each} " in types]
    schema = build_schema(_ENTITY_ROOT.format(entities=" | ".join(entities), fields=fields) + types)
    query, union = schema.type_map["Query"], schema.type_map["_Entity"]
    assert isinstance(query, GraphQLObjectType)
    assert isinstance(union, GraphQLUnionType)
    query.fields["_entities"].resolve = _entities
    union.resolve_type = lambda record, *_: record["__typename"]
    return schema


def subgraph_root() -> Record:
    """The root value of a subgraph's operations."""
    return _ROOT


def _entities(_: object, __: object, representations: list[Record]) -> list[Record]:
    return [_ENTITY[one["__typename"]](one) for one in representations]


def _make_data() -> tuple[Record, Mapping[str, Callable[[Record], Record]]]:
    users: list[Record] = [
        {"__typename": "User", "id": str(n), "name": f"Name {n}", "username": f"user{n}", "reviews": []}
        for n in range(USERS)
    ]
    products: list[Record] = [
        {
            "__typename": "Product", "upc": f"{n:03}", "name": f"Product {n}", "price": 100 + n, "weight": 5 * n,
            "inStock": n % 2 == 0, "shippingEstimate": (100 + n) // 10 + 5 * n, "reviews": [],
        }
        for n in range(PRODUCTS)
    ]  # fmt: skip
    reviews = []
    for n in range(USERS * REVIEWS_PER_USER):
        author, product = users[n % USERS], products[n % PRODUCTS]
        review = {"__typename": "Review", "id": str(n), "body": _BODY, "author": author, "product": product}
        reviews.append(review)
        author["reviews"].append(review)
        product["reviews"].append(review)
    by_id = {user["id"]: user for user in users}
    by_upc = {product["upc"]: product for product in products}
    by_number = {review["id"]: review for review in reviews}
    root: Record = {"users": users, "topProducts": lambda _, first=5: products[:first]}
    return root, {
        "User": lambda one: by_id[one["id"]],
        "Product": lambda one: by_upc[one["upc"]],
        "Review": lambda one: by_number[one["id"]],
    }


_ROOT, _ENTITY = _make_data()
