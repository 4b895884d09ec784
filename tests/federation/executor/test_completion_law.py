"""Laws: the projection completes any data exactly as graphql-core does, nulls and errors included."""

from __future__ import annotations

from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    execute_sync,
    parse,
    validate,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.executor import ExecutionRequest
from federation.executor.subgraph_client import SubgraphResponse
from tests.federation.executor.support import FakeSubgraph, error_places, fetch, plan, run

SCHEMA = build_schema(
    """
    scalar Json
    enum Color { RED GREEN }
    interface Animal { id: ID! name: String friend: Animal offspring: [Animal!] }
    type Dog implements Animal { id: ID! name: String friend: Animal offspring: [Animal!] barks: Int! owner: Person! }
    type Cat implements Animal { id: ID! name: String friend: Cat! offspring: [Cat!] lives: Float color: Color! }
    type Person { id: ID! age: Int pets: [Animal!]! grid: [[Int!]]! tags: [String!] extra: Json best: Being }
    union Being = Person | Dog
    type Query { animal: Animal people: [Person!] strict: Person! beings: [[Being]!] colors: [Color!] any: [Json] }
    """
)
EXAMPLES = 50
LEAVES: dict[str, Any] = {
    "ID": st.one_of(st.text("ab", max_size=2), st.integers(0, 3), st.just(1.5)),
    "String": st.one_of(st.text("ab", max_size=2), st.booleans(), st.just({"x": 1})),
    "Int": st.one_of(st.integers(-3, 3), st.just(2**31), st.just(1.0), st.just("x")),
    "Float": st.one_of(st.floats(-2, 2), st.integers(0, 3), st.just("x")),
    "Color": st.sampled_from(["RED", "GREEN", "BLUE"]),
    "Json": st.one_of(st.just({"a": [2**70]}), st.integers(), st.just([])),
}


def values(of_type: Any, depth: int) -> st.SearchStrategy[Any]:
    """Data for a position of `of_type`: mostly right, sometimes null or of a wrong class wherever that may be."""
    if isinstance(of_type, GraphQLNonNull):
        return st.one_of(*[present(of_type.of_type, depth)] * 5, st.none())
    return st.one_of(*[present(of_type, depth)] * 3, st.none())


def present(of_type: Any, depth: int) -> st.SearchStrategy[Any]:
    if isinstance(of_type, GraphQLList):
        items = st.lists(values(of_type.of_type, depth), max_size=2)
        return st.one_of(items, items, items, st.just(7))
    if isinstance(of_type, (GraphQLInterfaceType, GraphQLUnionType)):
        return st.one_of([objects(member, depth) for member in SCHEMA.get_possible_types(of_type)])
    return objects(of_type, depth) if isinstance(of_type, GraphQLObjectType) else LEAVES[of_type.name]


def objects(object_type: GraphQLObjectType, depth: int) -> st.SearchStrategy[Any]:
    """Objects, in which fields may also be absent; below depth 0 there are only leaves."""
    fields = {
        name: values(field.type, depth - 1)
        for name, field in object_type.fields.items()
        if depth > 0 or not is_composite(field.type)
    }
    return st.fixed_dictionaries({"__typename": st.just(object_type.name)}, optional=fields)


def is_composite(of_type: Any) -> bool:
    named = of_type
    while hasattr(named, "of_type"):
        named = named.of_type
    return hasattr(named, "fields") or isinstance(named, GraphQLUnionType)


@st.composite
def selection_sets(draw: Any, named_type: Any, depth: int = 3) -> str:
    """A selection set with aliases, fragments and conditions; the alias tells the type, so that fields can merge."""
    parts = [draw(selections(named_type, depth)) for _ in range(draw(st.integers(1, 4)))]
    return "{ " + " ".join(parts) + " }"


@st.composite
def selections(draw: Any, named_type: Any, depth: int) -> str:
    condition = draw(st.sampled_from(["", "", "", "@skip(if: $yes)", "@include(if: $no)", "@skip(if: $no)"]))
    fields = getattr(named_type, "fields", {})
    usable = [name for name, field in fields.items() if depth > 0 or not is_composite(field.type)]
    kind = draw(st.sampled_from(["field", "field", "field", "typename", "fragment"]))
    if kind == "fragment" and depth > 0 and named_type is not SCHEMA.query_type:
        inner = draw(st.sampled_from(overlapping_types(named_type)))
        return f"... on {inner} {condition} {draw(selection_sets(inner, depth - 1))}"
    if kind == "typename" or not usable:
        return f"{draw(st.sampled_from(['', 'kind: ']))}__typename {condition}"
    name = draw(st.sampled_from(usable))
    alias = f"{named_type}_{name}: " if len(name) % 2 or not isinstance(named_type, GraphQLInterfaceType) else ""
    of_type = fields[name].type
    while hasattr(of_type, "of_type"):
        of_type = of_type.of_type
    inner_selection = draw(selection_sets(of_type, depth - 1)) if is_composite(of_type) else ""
    return f"{alias}{name} {condition} {inner_selection}"


def overlapping_types(named_type: Any) -> list[Any]:
    """The composite types that an object of `named_type` may be."""
    return [
        SCHEMA.get_type(name)
        for name in ("Animal", "Dog", "Cat", "Person", "Being")
        if possible(SCHEMA.get_type(name)) & possible(named_type)
    ]


def possible(named_type: Any) -> set[Any]:
    return {named_type} if isinstance(named_type, GraphQLObjectType) else set(SCHEMA.get_possible_types(named_type))


QUERIES = selection_sets(SCHEMA.query_type).map(lambda text: "query($yes: Boolean!, $no: Boolean!) " + text)
DATA = objects(SCHEMA.query_type, 3)


def answered(value: Any) -> Any:
    """`value` as a subgraph would answer it: every field also under the aliases that `selections` may give it."""
    if isinstance(value, list):
        return [answered(item) for item in value]
    if not isinstance(value, dict) or "__typename" not in value:
        return value
    plain = {name: answered(item) for name, item in value.items()}
    prefixes = (value["__typename"], "Animal")
    return {**plain, **{f"{prefix}_{name}": item for name, item in plain.items() for prefix in prefixes}}


def by_core(query: str, data: Any, variables: dict[str, Any]) -> ExecutionResult:
    """graphql-core's answer over the same data, read by response key."""
    result = execute_sync(
        SCHEMA,
        parse(query),
        data,
        variable_values=variables,
        field_resolver=lambda source, info: source.get(info.path.key),
        type_resolver=lambda source, *_: source.get("__typename"),
    )
    assert isinstance(result, ExecutionResult)
    return result


def is_mergeable(query: str) -> bool:
    return not validate(SCHEMA, parse(query))


@settings(max_examples=EXAMPLES, deadline=None)
@given(QUERIES.filter(is_mergeable), DATA, st.booleans(), st.booleans())
async def test_data_is_completed_as_graphql_core_completes_it(query, data, yes, no):
    """The same data, and an error at the same places, for any query and any data."""
    response, variables = answered(data), {"yes": yes, "no": no}
    expected = by_core(query, response, variables)

    actual = await run(query, plan(fetch(0, "one", "{ a }")), SCHEMA, {"one": response}, ExecutionRequest(variables))

    assert actual.data == expected.data
    assert list(actual.data or ()) == list(expected.data or ())
    assert error_places(actual.errors) == error_places([error.formatted for error in expected.errors or ()])


@settings(max_examples=EXAMPLES, deadline=None)
@given(QUERIES.filter(is_mergeable), DATA, st.booleans(), st.booleans())
async def test_an_answer_that_is_already_complete_passes_unchanged(query, data, yes, no):
    """What graphql-core answered as a subgraph, errors and bubbled nulls included, is the answer: no error is added."""
    variables = {"yes": yes, "no": no}
    given_answer = by_core(with_typenames(query), answered(data), variables)
    errors = tuple(error.formatted for error in given_answer.errors or ())
    subgraph = FakeSubgraph(SubgraphResponse(given_answer.data, errors))

    actual = await run(query, plan(fetch(0, "one", "{ a }")), SCHEMA, {"one": subgraph}, ExecutionRequest(variables))

    assert actual.data == by_core(query, answered(data), variables).data
    assert error_places(actual.errors) == error_places(errors)


def with_typenames(query: str) -> str:
    """`query` as a planner sends it: with `__typename` in every selection set but the root's."""
    head, brace, rest = query.partition("{")
    return head + brace + rest.replace("{", "{ __typename ")
