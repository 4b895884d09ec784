"""Laws of refused variables, over generated input types: what is refused, which places are named, and no value told."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    build_schema,
    get_named_type,
    parse,
    type_from_ast,
    validate_schema,
)
from graphql.utilities import coerce_input_value, validate_input_value
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.executor import InvalidVariables, coerce_variables, read_operation
from federation.executor.input_faults import input_faults

EXAMPLES = 150
MOST_ERRORS = 10
FIELDS = ("alpha", "beta", "gamma", "delta")
TYPES = ("First", "Second", "Third")
ONE_OF = "Only"
# What was sent, recognised wherever it is told: none of it is in a name of the schema or in a word of ours.
TEXT, WHOLE, BIG, FRACTION, KEY = "张三", 1987654329, 330199195805120015, 98765.25, "A00000019"
TOLD = re.compile("|".join(map(re.escape, (TEXT, str(WHOLE), str(BIG), str(FRACTION), KEY))))
LEAVES: dict[str, Any] = {
    "Int": st.just(WHOLE),
    "Float": st.sampled_from([FRACTION, WHOLE]),
    "String": st.just(TEXT),
    "Boolean": st.booleans(),
    "ID": st.sampled_from([TEXT, WHOLE]),
    "Sex": st.sampled_from(["F", "M"]),
    "Json": st.sampled_from([{KEY: TEXT}, [WHOLE], TEXT]),
}
WRONG = st.sampled_from([None, TEXT, WHOLE, BIG, FRACTION, True, [TEXT], [None], {}, {KEY: TEXT}, [[BIG]]])
GOOD_LEAVES = {"Int": 1, "Float": 1.5, "String": "x", "Boolean": True, "ID": "x", "Sex": "F", "Json": 1}


@st.composite
def type_names(draw: Any, known: int) -> str:
    """A type in SDL. What does not exist yet comes nullable or in a list: no value would ever fit a closed circle."""
    name = draw(st.sampled_from([*LEAVES, *TYPES, ONE_OF]))
    is_closed = name == ONE_OF or (name in TYPES and TYPES.index(name) >= known)
    wrapping = draw(st.sampled_from(["{}", "[{}]", "[{}!]!", "[[{}]!]", *(() if is_closed else ("{}!", "{}!"))]))
    return wrapping.format(name)


@st.composite
def input_types(draw: Any) -> str:
    lines = ["enum Sex { F M }", "scalar Json", "type Query { ok(i: Int, f: Float, s: String, d: ID): Boolean }"]
    for number, name in enumerate(TYPES):
        chosen = draw(st.lists(st.sampled_from(FIELDS), min_size=1, unique=True))
        fields = [f"{field}: {draw(type_names(number))}" for field in chosen]
        fields += [f"whole: Int! = {draw(st.integers(0, 9))}"] if draw(st.booleans()) else []
        lines.append(f"input {name} {{ {' '.join(fields)} }}")
    others = [f"{field}: {draw(type_names(0)).removesuffix('!')}" for field in FIELDS[1:]]
    lines.append(f"input {ONE_OF} @oneOf {{ alpha: String {' '.join(others)} }}")
    return "\n".join(lines)


def values(of_type: Any, depth: int) -> st.SearchStrategy[Any]:
    """Values for a place: mostly right, sometimes of a wrong class; below depth 0 only what ends soon."""
    right = present(of_type.of_type if isinstance(of_type, GraphQLNonNull) else of_type, depth)
    return st.one_of(*[right] * 6, WRONG)


def present(of_type: Any, depth: int) -> st.SearchStrategy[Any]:
    if isinstance(of_type, GraphQLList):
        item = values(of_type.of_type, depth)
        lists = st.lists(item, max_size=2 if depth > 0 else 0)
        return st.one_of(lists, lists, item if depth > 0 else lists)
    if not isinstance(of_type, GraphQLInputObjectType):
        return LEAVES[of_type.name]
    if depth <= 0:
        return st.just({})
    required = {name: values(field.type, depth - 1) for name, field in of_type.fields.items() if needs(field)}
    optional = {name: values(field.type, depth - 1) for name, field in of_type.fields.items() if not needs(field)}
    unknown = {KEY: st.just(TEXT), "alhpa": st.just(WHOLE)}
    whole = st.fixed_dictionaries(required, optional=optional)
    names = st.sampled_from(list(of_type.fields))
    one = names.flatmap(lambda name: st.fixed_dictionaries({name: st.one_of(optional.get(name, WRONG), st.none())}))
    most = one if of_type.is_one_of else whole
    return st.one_of(most, most, most, st.fixed_dictionaries({}, optional={**required, **optional, **unknown}))


def needs(field: Any) -> bool:
    return isinstance(field.type, GraphQLNonNull) and field.default is None


@st.composite
def cases(draw: Any) -> tuple[Any, Any, str, Any]:
    """A schema, an input type of it, how it is written, and a value for it."""
    schema = build_schema(draw(input_types()))
    assert validate_schema(schema) == []
    wrapping = draw(st.sampled_from(["{}", "{}!", "[{}]", "[{}!]!", "[[{}]!]"]))
    written = wrapping.format(draw(st.sampled_from([*TYPES, *TYPES, ONE_OF, ONE_OF, *LEAVES])))
    of_type = type_from_ast(
        schema, parse(f"query ($v: {written}) {{ ok }}").definitions[0].variable_definitions[0].type
    )
    return schema, of_type, written, draw(values(of_type, 3))


def messages(schema: Any, written: str, value: Any) -> list[str]:
    """The messages of what is refused; the document need not use the variable."""
    operation = read_operation(parse(f"query ($v: {written}) {{ ok }}"), None)
    try:
        coerce_variables(schema, operation, {"v": value})
    except InvalidVariables as invalid:
        return [error["message"] for error in invalid.errors]
    return []


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases())
def test_refused_is_exactly_what_graphql_core_refuses_and_every_message_names_a_place_and_a_remedy(case):
    schema, of_type, written, value = case
    told = messages(schema, written, value)
    faults = list(input_faults(of_type, value))
    assert bool(told) == bool(faults) == (coerce_input_value(value, of_type) is Undefined)
    assert told == [
        f'Variable "$v" of type "{written}" got a value that does not fit{place(fault.path)}: {fault.remedy}'
        for fault in faults[:MOST_ERRORS]
    ]


def place(path: tuple[str | int, ...]) -> str:
    return f' at "$v{"".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path)}"' if path else ""


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases())
def test_no_value_and_no_key_that_was_sent_is_told(case):
    schema, _, written, value = case
    assert [message for message in messages(schema, written, value) if TOLD.search(message) or "alhpa" in message] == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases())
def test_the_places_are_those_that_graphql_core_finds(case):
    _, of_type, _, value = case
    assert sorted(map(str, (fault.path for fault in input_faults(of_type, value)))) == sorted(
        map(str, places_of_graphql_core(of_type, value))
    )


def places_of_graphql_core(of_type: Any, value: Any) -> list[tuple[str | int, ...]]:
    """A missing field has a place of its own; of too many fields of a `@oneOf` type a null one is told once."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    validate_input_value(value, of_type, lambda error, path: found.append((tuple(path), error.message)))
    places = []
    for path, message in found:
        missing = re.match(r"Expected value of type '\w+' to include required field '(\w+)'", message)
        if not (path and (path[:-1], message) in found and message.startswith("Within OneOf")):
            places.append((*path, missing[1]) if missing else path)
    return places


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases())
def test_every_place_is_wrong_by_itself_and_when_all_are_mended_the_value_fits(case):
    _, of_type, _, value = case
    paths = sorted({fault.path for fault in input_faults(of_type, value)}, key=len, reverse=True)
    mended = [deepcopy(value)]  # a place of its own also for the whole
    for path in paths:
        assert is_wrong(of_type, value, path)
        parent = at(mended, (0, *path[:-1])) if path else mended
        parent[path[-1] if path else 0] = good(type_at(of_type, path))
    assert coerce_input_value(mended[0], of_type) is not Undefined


def is_wrong(of_type: Any, value: Any, path: tuple[str | int, ...]) -> bool:
    """Whether the place is missing, null where it is the one field that must not be, or refused by its own type."""
    holder = at(value, path[:-1]) if path else None
    if isinstance(holder, dict):
        owner = get_named_type(type_at(of_type, path[:-1]))
        if path[-1] not in holder:
            return needs(owner.fields[path[-1]])
        if owner.is_one_of and holder[path[-1]] is None:
            return len(holder) == 1 or KEY in holder or "alhpa" in holder
    return coerce_input_value(at(value, path), type_at(of_type, path)) is Undefined


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def type_at(of_type: Any, path: tuple[str | int, ...]) -> Any:
    """The type of a place; what is no list may stand for a list of one, without a step of its own."""
    for step in path:
        if isinstance(step, int):
            of_type = (of_type.of_type if isinstance(of_type, GraphQLNonNull) else of_type).of_type
        else:
            of_type = get_named_type(of_type).fields[step].type
    return of_type


def good(of_type: Any) -> Any:
    """The smallest value that fits and is not null."""
    of_type = of_type.of_type if isinstance(of_type, GraphQLNonNull) else of_type
    if isinstance(of_type, GraphQLList):
        return []
    if not isinstance(of_type, GraphQLInputObjectType):
        return GOOD_LEAVES[of_type.name]
    if of_type.is_one_of:
        return {"alpha": "x"}
    return {name: good(field.type) for name, field in of_type.fields.items() if needs(field)}
