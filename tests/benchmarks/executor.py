"""CPU of the executor alone, for a nested query over accounts, products, inventory and reviews with an 87 KB answer.

The subgraphs answer from memory at once, with decoded data, so HTTP and JSON decoding are not in these figures.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson
from graphql import build_schema, parse

from federation.executor import CompiledPlan, ExecutionRequest, compile_plan, execute_plan
from federation.executor.completion import Completion
from federation.executor.fetches import CompiledFetch
from federation.executor.projection import Project
from federation.executor.repeated import Repeated
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.executor.walks import Finder
from federation.query_plan.nodes import QueryPlan, SubgraphName
from tests.federation.executor.support import entities, fetch, key, plan

SCHEMA = build_schema(
    """
    type Query { users: [User] topProducts(first: Int): [Product] }
    type User { id: ID! name: String username: String reviews: [Review] }
    type Review { id: ID! body: String product: Product author: User }
    type Product {
      upc: String! name: String price: Int weight: Int inStock: Boolean shippingEstimate: Int reviews: [Review]
    }
    """
)

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

_PRODUCT = "product{__typename upc"
_AUTHOR = "author{__typename id reviews{id body " + _PRODUCT + "}}}"
_REVIEWED_PRODUCTS = (
    "users.@.reviews.@.product",
    "users.@.reviews.@.product.reviews.@.author.reviews.@.product",
    "topProducts.@.reviews.@.author.reviews.@.product",
)
_AUTHORS = ("users.@.reviews.@.product.reviews.@.author", "topProducts.@.reviews.@.author")
_HEAD = "query($representations:[_Any!]!){_entities(representations:$representations)"
_SHIPPING = (key("Product", "upc", "price", "weight"),)

PLAN: QueryPlan = plan(
    fetch(0, "accounts", "{users{__typename id username name}}"),
    fetch(1, "products", "{topProducts{__typename upc name price weight}}"),
    fetch(
        2,
        "reviews",
        "query($users:[_Any!]!,$products:[_Any!]!){"
        "_e0:_entities(representations:$users){...on User{reviews{id body "
        + _PRODUCT
        + " reviews{id body "
        + _AUTHOR
        + "}}}}}"
        "_e1:_entities(representations:$products){...on Product{reviews{id body " + _AUTHOR + "}}}}",
        entities("User", "id", "users.@", response_name="_e0", variable="users"),
        entities("Product", "upc", "topProducts.@", response_name="_e1", variable="products"),
        after=(0, 1),
    ),
    fetch(
        3,
        "inventory",
        _HEAD + "{...on Product{inStock shippingEstimate}}}",
        entities("Product", "upc", "topProducts.@", requires=_SHIPPING),
        after=(1,),
    ),
    fetch(
        4,
        "accounts",
        _HEAD + "{...on User{username name}}}",
        entities("User", "id", *_AUTHORS),
        after=(2,),
    ),
    fetch(
        5,
        "products",
        _HEAD + "{...on Product{name price weight}}}",
        entities("Product", "upc", *_REVIEWED_PRODUCTS),
        after=(2,),
    ),
    fetch(
        6,
        "inventory",
        _HEAD + "{...on Product{inStock shippingEstimate}}}",
        entities("Product", "upc", *_REVIEWED_PRODUCTS, requires=_SHIPPING),
        after=(5,),
    ),
)


def make_answers() -> Mapping[int, dict[str, Any]]:
    """The decoded answers of the seven fetches: 6 users and 5 products, reviewed so that the answer has 87 KB."""
    body = "A sentence or two on what somebody thought of it, invented for the benchmark."

    def product(number: int) -> dict[str, Any]:
        return {"__typename": "Product", "upc": f"{number % 9:03}"}

    def reviews(start: int, count: int, of: Callable[[int], dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"id": str(n), "body": body, **of(n)} for n in range(start, start + count)]

    def author(number: int) -> dict[str, Any]:
        return {
            "author": {
                "__typename": "User",
                "id": str(number % 6),
                "reviews": reviews(number, 2, lambda n: {"product": product(n)}),
            }
        }

    users = [{"__typename": "User", "id": str(n), "username": f"user{n}", "name": f"Name {n}"} for n in range(6)]
    products = [{**product(n), "name": f"Product {n}", "price": 100 + n, "weight": 5 * n} for n in range(9)]
    stock = [{"inStock": n % 2 == 0, "shippingEstimate": 10 * n} for n in range(9)]
    named = [{"username": user["username"], "name": user["name"]} for user in users]
    described = [{name: item[name] for name in ("name", "price", "weight")} for item in products]
    by_user = [
        {"reviews": reviews(n, 5, lambda i: {"product": {**product(i), "reviews": reviews(i, 4, author)}})}
        for n in range(6)
    ]
    return {
        0: {"users": users},
        1: {"topProducts": products[:5]},
        2: {"_e0": by_user, "_e1": [{"reviews": reviews(n, 6, author)} for n in range(5)]},
        3: {"_entities": stock[:5]},
        4: {"_entities": named},
        5: {"_entities": described},
        6: {"_entities": stock},
    }


class MemoryClient:
    """Answers each operation with its data, decoded anew from JSON beforehand where it is handed out for good."""

    def __init__(self, answers: Mapping[str, bytes], *, is_exclusive: bool) -> None:
        self._answers = answers
        self._is_exclusive = is_exclusive
        self._decoded = {text: orjson.loads(answer) for text, answer in answers.items()}
        self.decoding_seconds = 0.0

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        text = request.operation.text
        if not self._is_exclusive:
            return SubgraphResponse(_cut(self._decoded[text], request))
        started = time.process_time_ns()
        data = orjson.loads(self._answers[text])
        self.decoding_seconds += (time.process_time_ns() - started) / 1e9
        return SubgraphResponse(_cut(data, request), is_exclusive=True)


def _cut(data: dict[str, Any], request: SubgraphRequest) -> dict[str, Any]:
    """As many entities as were asked for."""
    asked = request.variables.get("representations")
    return data if asked is None else {"_entities": data["_entities"][: len(asked)]}


def prepare(*, is_exclusive: bool) -> tuple[CompiledPlan, dict[SubgraphName, MemoryClient]]:
    answers = make_answers()
    texts = {node.operation: orjson.dumps(answers[node.id]) for node in PLAN.fetches}
    client = MemoryClient(texts, is_exclusive=is_exclusive)
    compiled = compile_plan(PLAN, SCHEMA, SCHEMA, parse(QUERY), None)
    return compiled, {SubgraphName(name): client for name in ("accounts", "products", "reviews", "inventory")}


async def measure_whole(*, is_exclusive: bool, is_apart: bool = False, rounds: int = 40) -> tuple[float, int]:
    """CPU microseconds per request without decoding, best of several slices, and the answer's size in bytes."""
    compiled, clients = prepare(is_exclusive=is_exclusive)
    if is_apart:
        compiled = each_entity_apart(compiled)
    client, request, body = clients[SubgraphName("accounts")], ExecutionRequest(), b""
    spent = []
    for _ in range(_SLICES):
        client.decoding_seconds = 0.0
        started = time.process_time()
        for _ in range(rounds):
            body = (await execute_plan(compiled, request, clients)).body()
        spent.append(time.process_time() - started - client.decoding_seconds)
    return min(spent) / rounds * 1e6, len(body)


def cpu_microseconds(work: Callable[[], object], rounds: int = 40) -> float:
    """CPU microseconds of one call: the best of several slices, for the machine has other work too."""
    return min(_slice(work, rounds) for _ in range(_SLICES))


def _slice(work: Callable[[], object], rounds: int) -> float:
    started = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - started) / rounds * 1e6


async def measure_parts() -> dict[str, float]:
    """CPU microseconds of the parts, on the finished response tree of one execution."""
    compiled, clients = prepare(is_exclusive=False)
    tree = await _final_tree(compiled, clients)
    repeated = list(_repeated_in(tree))
    compiled_apart = each_entity_apart(compiled)
    apart = await _final_tree(compiled_apart, clients)
    project = compiled.projections.get({})
    data = project(tree, None, None, Completion((), {}))
    return {
        "compile the plan": cpu_microseconds(lambda: compile_plan(PLAN, SCHEMA, SCHEMA, parse(QUERY), None), 4),
        "representations, each entity apart": cpu_microseconds(lambda: _collect_all(compiled_apart, apart)),
        "copying for shared answers": cpu_microseconds(lambda: _copy_all(compiled.fetches)),
        "projection": cpu_microseconds(lambda: _project_anew(project, tree, repeated)),
        "projection, each entity apart": cpu_microseconds(lambda: project(apart, None, None, Completion((), {}))),
        "encoding": cpu_microseconds(lambda: orjson.dumps(data)),
    }


def each_entity_apart(compiled: CompiledPlan) -> CompiledPlan:
    """The same plan as it runs where no entity repeats."""
    return replace(compiled, walk_steps=tuple(replace(step, unify=None) for step in compiled.walk_steps))


def _repeated_in(value: object) -> Iterator[Repeated]:
    if isinstance(value, Repeated):
        yield value
        value = value.fields
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _repeated_in(inner)


def _project_anew(project: Project, tree: dict[str, Any], repeated: list[Repeated]) -> None:
    for each in repeated:
        each.completed_by = None
    project(tree, None, None, Completion((), {}))


def _collect_all(compiled: CompiledPlan, tree: dict[str, Any]) -> None:
    finder = Finder(tree, compiled.walk_steps)
    for each in compiled.fetches:
        finder.done |= each.bit
        each.collect(finder)


def _copy_all(fetches: tuple[CompiledFetch, ...]) -> None:
    answers = _ANSWERS
    for each in fetches:
        if each.root and each.root.copy:
            each.root.copy(answers[each.node.id])
        for call in each.calls:
            if call.copy:
                list(map(call.copy, answers[each.node.id][call.node.response_name]))


async def _final_tree(compiled: CompiledPlan, clients: Mapping[SubgraphName, MemoryClient]) -> dict[str, Any]:
    from federation.executor.schedule import Execution

    execution = Execution(compiled, ExecutionRequest(), clients)
    await execution.run(None)
    return execution.data


_ANSWERS = make_answers()
_SLICES = 8
_WHOLE: Mapping[str, dict[str, bool]] = {
    "whole request, answers shared": {"is_exclusive": False},
    "whole request, answers exclusive": {"is_exclusive": True},
    "the same, each entity apart": {"is_exclusive": True, "is_apart": True},
}


def main() -> None:
    gc.freeze()
    gc.set_threshold(100_000)
    parts = asyncio.run(measure_parts())
    unit = parts["encoding"]
    print(f"{'part':<36}{'CPU µs':>8}{'in encodings':>14}")
    for name, spent in parts.items():
        print(f"{name:<36}{spent:>8.0f}{spent / unit:>14.1f}")
    for title, options in _WHOLE.items():
        spent, size = asyncio.run(measure_whole(**options))
        print(f"{title:<36}{spent:>8.0f}{spent / unit:>14.1f}   {size / 1000:.1f} KB")


if __name__ == "__main__":
    main()
