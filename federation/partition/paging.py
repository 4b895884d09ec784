"""What a client's `first`, `after`, `last` and `before` ask of each partition.

Relay allows more combinations than have a clear meaning; one direction is asked for at a time.

Source: https://relay.dev/graphql/connections.htm#sec-Pagination-algorithm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import ValueNode, VariableNode

from federation.executor.subgraph_client import JsonValue
from federation.partition.cursor import Cut, InvalidCursor, decode_cursor
from federation.partition.extend import ConnectionCall
from federation.partition.merge.share import PageRequest
from federation.partition.route import evaluate


@dataclass(frozen=True)
class PageRefused(Exception):
    """An argument that cannot be honoured; `reason` follows its name."""

    argument: str
    reason: str


def read_page_request(call: ConnectionCall, variables: Mapping[str, JsonValue], cities: Sequence[str]) -> PageRequest:
    """What is asked of one connection. Raises PageRefused."""
    given = _given(call, variables)
    _refuse(call, given)
    cut = _cut(given)
    size = given.get("last", given.get("first"))
    is_size = isinstance(size, int) and not isinstance(size, bool)
    return PageRequest(size if is_size else None, tuple(map(cut.position, cities)), "last" in given)


def page_variables(call: ConnectionCall, page: PageRequest, partition: int) -> dict[str, JsonValue]:
    """The values of our variables for one partition."""
    position = page.positions[partition]
    size, cursor, is_backward = page.size, position.cursor, page.is_backward
    if position.behind is None and position.ahead:
        # The row ahead is known by the one beyond it only: it is looked for from there.
        size, cursor, is_backward = size or 1, position.ahead[-1], not is_backward
    own = {"last": size, "before": cursor} if is_backward else {"first": size, "after": cursor}
    return {variable: own.get(name) for name, variable in call.variables.items()}


_ARGUMENTS = ("first", "after", "last", "before")
_NOT_TURNABLE = 'is not served over several cities; page forward with "first" and "after"'


def _given(call: ConnectionCall, variables: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The arguments that have a value; `first` has the contract's default where no end is named."""
    named = {name: value for name in _ARGUMENTS if (value := call.arguments.get(name)) is not None}
    given = {name: evaluate(value, variables) for name, value in named.items() if not _is_absent(value, variables)}
    if "first" not in given and given.get("last") is None:
        given["first"] = call.default_size
    return {name: value for name, value in given.items() if value is not None}


def _is_absent(value: ValueNode, variables: Mapping[str, JsonValue]) -> bool:
    return isinstance(value, VariableNode) and value.name.value not in variables


def _refuse(call: ConnectionCall, given: Mapping[str, JsonValue]) -> None:
    for name in ("last", "before"):
        if name in given and not call.is_turnable:
            raise PageRefused(name, _NOT_TURNABLE)
    for name in ("first", "last"):
        if isinstance(given.get(name), int) and given[name] < 0:
            raise PageRefused(name, "must not be negative")
    if "last" in given and "first" in given:
        raise PageRefused("last", 'cannot be given together with "first": a page is taken from one end')
    if "last" in given and "after" in given:
        raise PageRefused("after", 'goes with "first"; a page of the "last" rows ends with "before"')
    if "before" in given and "last" not in given:
        raise PageRefused("before", 'needs "last"; a page of the "first" rows begins with "after"')


def _cut(given: Mapping[str, JsonValue]) -> Cut:
    """Where the walk stands, seen in its direction."""
    name = "before" if "last" in given else "after"
    if name not in given:
        return Cut({})
    try:
        cut = decode_cursor(given[name])
        return cut if name == "after" else cut.turned()
    except InvalidCursor as error:
        raise PageRefused(name, str(error)) from error
