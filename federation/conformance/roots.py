"""Each root field: with what is known, with what nobody has, and for another city."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from graphql import GraphQLField, get_named_type, is_leaf_type

from federation.conformance.arguments import Call, is_routed, known_call, missing_arguments, unknown_call
from federation.conformance.ask import Reply
from federation.conformance.matrix import Row, Verdict, counted
from federation.conformance.selection import Selections, select
from federation.conformance.subject import UNKNOWN_CITY, Subject
from federation.partition.contract import META_FIELDS


def root_fields(subject: Subject) -> list[str]:
    """The contract's own fields of Query."""
    return [name for name in subject.query.fields if name not in META_FIELDS]


async def check_roots(subject: Subject) -> AsyncIterator[Row]:
    """Two or three rows for each field."""
    for name in root_fields(subject):
        yield await _known(subject, name)
        yield await _unknown(subject, name)
        if is_routed(subject, name):
            yield await _elsewhere(subject, name)


def selections_of(subject: Subject, field: GraphQLField) -> Selections | None:
    """All that can be asked of a field's value; None of a leaf."""
    named = get_named_type(field.type)
    return None if is_leaf_type(named) else select(subject.contract, named.name)


async def _known(subject: Subject, name: str) -> Row:
    coordinate = f"Query.{name}"
    call = known_call(subject, name)
    if call is None:
        missing = ", ".join(missing_arguments(subject, name))
        return Row(coordinate, "known value", Verdict.UNASKED, f"no value is known for {missing}")
    field = subject.query.fields[name]
    below = selections_of(subject, field)
    reply = await _ask(subject, call, below)
    value = (reply.data or {}).get(name)
    problems = subject.observation.note(coordinate, field.type, below, value) if reply.data is not None else []
    if reply.codes:
        problems.insert(0, f"errors: {', '.join(reply.codes)}")
    elif _is_nothing(value):
        problems.insert(0, "nothing, although the value is known")
    remedy = f"answer {coordinate} for values that the city has, without errors and as the contract has it"
    return subject.row((coordinate, "known value"), reply, _joined(problems), _size(value), remedy)


async def _unknown(subject: Subject, name: str) -> Row:
    """Nobody has the value: nothing, or a refusal with a code; never somebody."""
    coordinate = f"Query.{name}"
    call = unknown_call(subject, name, subject.city)
    if len(call.variables) == is_routed(subject, name):
        return Row(coordinate, "unknown value", Verdict.UNASKED, "no argument but the city is required")
    reply = await subject.asker.ask(call.query("" if _is_leaf(subject, name) else "__typename"), call.variables)
    value = (reply.data or {}).get(name)
    problem = None if _is_nothing(value) else "an answer for a value that nobody has"
    seen = f"refused: {', '.join(reply.codes)}" if reply.codes else "nothing"
    return subject.row((coordinate, "unknown value"), reply, problem, seen, "answer null where there is no record")


async def _elsewhere(subject: Subject, name: str) -> Row:
    """Another city's code: a subgraph must not answer for a city that it is not."""
    coordinate = f"Query.{name}"
    below = selections_of(subject, subject.query.fields[name])
    reply = await _ask(subject, unknown_call(subject, name, UNKNOWN_CITY), below)
    value = (reply.data or {}).get(name)
    problem = None if _is_nothing(value) or _is_empty_connection(value) else "rows for a city that it is not"
    seen = f"refused: {', '.join(reply.codes)}" if reply.codes else "nothing"
    return subject.row((coordinate, "another city"), reply, problem, seen, "answer nothing for another city's code")


def _is_leaf(subject: Subject, name: str) -> bool:
    return bool(is_leaf_type(get_named_type(subject.query.fields[name].type)))


async def _ask(subject: Subject, call: Call, below: Selections | None) -> Reply:
    return await subject.asker.ask(call.query("" if below is None else below.text()), call.variables)


def _is_nothing(value: Any) -> bool:
    return value is None or value == []


def _is_empty_connection(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("edges", value.get("nodes")) == []


def _size(value: Any) -> str:
    match value:
        case list():
            return counted(len(value), "value")
        case {"edges": list(edges)}:
            return f"a page of {counted(len(edges), 'row')}"
        case {"nodes": list(nodes)}:
            return f"a page of {counted(len(nodes), 'row')}"
        case _:
            return "a value"


def _joined(problems: list[str]) -> str | None:
    """The first few, each once."""
    each = list(dict.fromkeys(problems))
    more = f" and {len(each) - 3} more" if len(each) > 3 else ""
    return f"{'; '.join(each[:3])}{more}" if each else None
