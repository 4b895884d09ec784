"""Entities that stand at many places in the same words: kept once, answered as if each stood alone."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from graphql import build_schema, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.executor import CompiledPlan, ExecutionRequest, ExecutionResult, compile_plan, execute_plan
from federation.executor.encoding import decode
from federation.executor.schedule import Execution
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.query_plan.nodes import (
    ContextSetting,
    ContextualValue,
    QueryPlan,
    RequiredField,
    RequiredFragment,
    SubgraphName,
)
from tests.federation.executor.support import FakeSubgraph, OverTheWire, entities, fetch, key, path, plan

SCHEMA = build_schema(
    """
    scalar Json
    type Query { reviews: [Review] }
    type Review { stars: Int! product: Product pets: [Pet] }
    type Product { upc: ID! tag: Int weight: Int! name: String extra: Json maker: Maker similar: [Product!] }
    type Maker { id: ID! name: String! }
    interface Pet { id: ID! name: String }
    type Dog implements Pet { id: ID! name: String }
    type Cat implements Pet { id: ID! name: String lives: Int! }
    """
)
QUERY = """{ reviews {
    stars product { weight tag name extra maker { name } similar { name weight } } pets { id name ... on Cat { lives } }
} }"""
PRODUCTS = ("reviews.@.product", "reviews.@.product.similar.@")
PLAN = plan(
    fetch(0, "tree", "{reviews{stars product{upc tag similar{upc}} pets{__typename id}}}"),
    fetch(1, "products", "{_entities{...on Product{weight name extra maker{id}}}}",
          entities("Product", "upc", *PRODUCTS), after=(0,)),
    fetch(2, "makers", "{_entities{...on Maker{name}}}",
          entities("Maker", "id", "reviews.@.product.maker"), after=(1,)),
    fetch(3, "pets", "{_entities{...on Dog{name} ...on Cat{name lives}}}",
          entities("Pet", "id", "reviews.@.pets.@", requires=(key("Cat", "id"), key("Dog", "id"))), after=(0,)),
)  # fmt: skip


def compiled(query: str, query_plan: QueryPlan) -> CompiledPlan:
    return compile_plan(query_plan, SCHEMA, SCHEMA, parse(query))


def each_alone(made: CompiledPlan) -> CompiledPlan:
    """The same plan, which keeps every entity apart."""
    return replace(made, walk_steps=tuple(replace(step, unify=None) for step in made.walk_steps))


COMPILED = compiled(QUERY, PLAN)


def maybe_wrong(*right: Any) -> st.SearchStrategy[Any]:
    """Mostly one of a few right values, so that they repeat."""
    return st.sampled_from([*right * 4, None, True, 1.0, 2**70, "x", [], {}])


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects in which a field may be absent, and whose fields may stand in any order."""
    return st.one_of(
        st.fixed_dictionaries(fields),
        st.fixed_dictionaries(fields),
        st.fixed_dictionaries({}, optional=fields),
        st.fixed_dictionaries(dict(reversed(fields.items()))),
        st.none(),
    )


UPC = maybe_wrong("1", "2", 1)
PRODUCT = objects(upc=UPC, tag=maybe_wrong(1), similar=st.none() | st.lists(objects(upc=UPC), max_size=2))
PETS = st.lists(objects(__typename=st.sampled_from(["Dog", "Cat", "Fish"]), id=maybe_wrong("1", "2")), max_size=3)


def trees(products: list[Any]) -> st.SearchStrategy[Any]:
    """Reviews of a few products, each of which is decoded anew at each of its places."""
    review = objects(stars=maybe_wrong(1), product=st.sampled_from(products), pets=st.none() | PETS)
    tree = st.fixed_dictionaries({"reviews": st.lists(review, max_size=9)})
    return tree.map(lambda given: json.loads(json.dumps(given)))


TREES = st.lists(PRODUCT, min_size=1, max_size=3).flatmap(trees)
ERROR = object()
ANSWERS = st.lists(
    st.one_of(
        objects(
            weight=maybe_wrong(1, 2),
            name=maybe_wrong("a", "b", ERROR),
            extra=maybe_wrong({"n": [2**70]}, decode("1.2345678901234567890123")),
            maker=objects(id=maybe_wrong("1", "2")),
            lives=maybe_wrong(7),
        ),
        st.just(ERROR),
    ),
    min_size=3,
    max_size=3,
)


def subgraph(answers: list[Any], *, is_exclusive: bool) -> FakeSubgraph:
    """Answers a representation by what it is; the same one always alike, with errors at their paths."""

    def answer(request: SubgraphRequest) -> SubgraphResponse:
        found: list[Any] = []
        errors: list[Any] = []
        for position, representation in enumerate(request.variables["representations"]):
            entity = answers[len(repr(sorted(representation.items()))) % len(answers)]
            fields = entity if isinstance(entity, dict) else {}
            wrong = [name for name, value in fields.items() if value is ERROR]
            where = [["_entities", position]] if entity is ERROR else [["_entities", position, name] for name in wrong]
            errors += [{"message": "x", "path": each} for each in where]
            found.append(None if entity is ERROR else entity and {**entity, **dict.fromkeys(wrong)})
        data = {"_entities": found}
        return SubgraphResponse(deepcopy(data) if is_exclusive else data, tuple(errors), is_exclusive=is_exclusive)

    return FakeSubgraph(answer)


async def answer_of(
    made: CompiledPlan,
    tree: Any,
    answers: Any,
    request: ExecutionRequest,
    *,
    is_exclusive: bool,
    is_over_the_wire: bool = False,
) -> ExecutionResult:
    data = deepcopy(tree) if is_exclusive else tree
    clients: dict[SubgraphName, Any] = {
        SubgraphName(name): subgraph(each, is_exclusive=is_exclusive)
        for name, each in zip(("products", "makers", "pets"), answers, strict=True)
    }
    clients[SubgraphName("tree")] = FakeSubgraph(SubgraphResponse(data, is_exclusive=is_exclusive))
    if is_over_the_wire:
        clients = {name: OverTheWire(client) for name, client in clients.items()}
    return await execute_plan(made, request, clients)


@settings(max_examples=100, deadline=None)
@given(TREES, st.tuples(ANSWERS, ANSWERS, ANSWERS), st.booleans(), st.booleans(), st.booleans())
async def test_repeated_entities_are_answered_as_if_each_stood_alone(
    tree, answers, is_exclusive, is_for_encoding, is_over_the_wire
):
    """Law: the same bytes, errors and their order included, for whatever subgraphs answer; answers stay unchanged."""
    before = deepcopy(tree)
    request = ExecutionRequest(is_for_encoding=is_for_encoding)
    expected = await answer_of(each_alone(COMPILED), tree, answers, ExecutionRequest(), is_exclusive=is_exclusive)

    actual = await answer_of(
        COMPILED, tree, answers, request, is_exclusive=is_exclusive, is_over_the_wire=is_over_the_wire
    )

    assert actual.body() == expected.body()
    assert tree == before


async def test_an_entity_in_the_same_words_is_kept_once_for_all_places_of_a_path():
    tree = {"reviews": [{"stars": n, "product": {"upc": str(n % 2)}, "pets": []} for n in range(6)]}
    execution = Execution(COMPILED, ExecutionRequest(), {SubgraphName("tree"): FakeSubgraph(tree), **OTHERS})

    await execution.run(None)

    products = [review["product"] for review in execution.data["reviews"]]
    assert [product.fields for product in products[:2]] == [{"upc": "0", **NAMED}, {"upc": "1", **NAMED}]
    assert len({id(product) for product in products}) == 2
    assert execution.complete().data["reviews"][5]["product"]["name"] == "n"


@pytest.mark.parametrize("other", [{"upc": True}, {"upc": 1.0}, {"upc": 1, "tag": 1}, {"upc": 1, "tag": 2**70}, {}])
async def test_an_entity_in_other_words_stays_by_itself(other):
    """Python calls 1, 1.0 and true equal; JSON does not."""
    first = {"upc": 1}
    products = (first, other, *(dict(first) for _ in range(4)))
    tree = {"reviews": [{"stars": 1, "product": product} for product in products]}
    execution = Execution(COMPILED, ExecutionRequest(), {SubgraphName("tree"): FakeSubgraph(tree), **OTHERS})

    await execution.run(None)

    one, between, *again = (review["product"] for review in execution.data["reviews"])
    assert all(product is one for product in again)
    assert between is not one


NAMED = {"weight": 1, "name": "n", "maker": None}
OTHERS: dict[SubgraphName, Any] = {
    SubgraphName(name): FakeSubgraph(
        lambda request: SubgraphResponse({"_entities": [dict(NAMED) for _ in request.variables["representations"]]})
    )
    for name in ("products", "makers", "pets")
}


async def test_an_error_of_a_repeated_entity_stands_at_each_of_its_places():
    tree = {"reviews": [{"stars": 1, "product": {"upc": "1"}, "pets": []} for _ in range(3)]}
    weightless = {"_entities": [{"weight": None, "name": "n", "maker": None}]}
    subgraphs = {SubgraphName("tree"): FakeSubgraph(tree), SubgraphName("products"): FakeSubgraph(weightless)}

    result = await execute_plan(COMPILED, ExecutionRequest(), subgraphs)

    assert result.data == {"reviews": [{"stars": 1, "product": None, "pets": []}] * 3}
    assert [error["path"] for error in result.errors] == [["reviews", n, "product", "weight"] for n in range(3)]


async def test_entities_that_stand_twice_on_average_are_left_apart():
    """Pairs cost what they save."""
    tree = {"reviews": [{"stars": n, "product": {"upc": str(n % 3)}} for n in range(6)]}
    execution = Execution(COMPILED, ExecutionRequest(), {SubgraphName("tree"): FakeSubgraph(tree), **OTHERS})

    await execution.run(None)

    assert len({id(review["product"]) for review in execution.data["reviews"]}) == 6


def test_a_place_that_is_reached_in_two_ways_keeps_its_entities_apart():
    """Each way keeps what it has found: one must not take from the other."""
    by_type = entities("Product", "upc", "reviews.@.product.|[Product]")
    two_ways = plan(
        fetch(0, "tree", "{reviews{product{upc similar{upc}}}}"),
        fetch(1, "products", "{_entities{...on Product{name}}}",
              entities("Product", "upc", "reviews.@.product.similar.@"), after=(0,)),
        fetch(2, "products", "{_entities{...on Product{weight}}}",
              replace(by_type, paths=(path("reviews.@.product.|[Product].similar.@"),)), after=(0,)),
    )  # fmt: skip
    assert not any(step.unify for step in compiled("{ reviews { stars } }", two_ways).walk_steps)


def test_entities_with_contextual_values_are_kept_apart():
    """What they are answered depends on what stands above them."""
    leaf = (RequiredFragment("Review", frozenset({"Review"}), (RequiredField("stars", "stars"),)),)
    stars = ContextualValue("stars", "Int", (ContextSetting(path("reviews.@"), frozenset(), leaf),))
    call = entities("Product", "upc", "reviews.@.product", contextual_values=(stars,))
    in_context = plan(
        fetch(0, "tree", "{reviews{stars product{upc}}}"),
        fetch(1, "products", "{_entities{...on Product{name}}}", call, after=(0,)),
    )
    assert not any(step.unify for step in compiled("{ reviews { stars } }", in_context).walk_steps)


def test_an_entity_that_two_fetches_bring_is_kept_apart():
    """Their words differ, and are merged."""
    brought_twice = plan(
        fetch(0, "tree", "{reviews{product{upc}}}"),
        fetch(1, "tree", "{reviews{product{upc tag}}}"),
        fetch(2, "products", "{_entities{...on Product{name}}}", entities("Product", "upc", "reviews.@.product"),
              after=(0, 1)),
    )  # fmt: skip
    assert not any(step.unify for step in compiled("{ reviews { stars } }", brought_twice).walk_steps)
