"""Connections of root fields and entities: by Relay's specification, in the order that the merge relies on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from graphql import GraphQLField, GraphQLObjectType

from federation.conformance.arguments import known_call
from federation.conformance.ask import Reply
from federation.conformance.entities import known_representations
from federation.conformance.matrix import Row, Verdict, counted
from federation.conformance.roots import root_fields
from federation.conformance.selection import needs_arguments, select
from federation.conformance.subject import Subject
from federation.partition.contract import is_list, node_type_of, type_name_of
from federation.partition.order import SortKey, sort_key
from federation.supergraph.partitions import Merge, MergeOrder, MergeRule

_RELAY = "https://relay.dev/graphql/connections.htm"
PAGE = 3
PAGES = 4
LARGE_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class _Page:
    """One page. Its `repr` shows nothing of it."""

    reply: Reply
    rows: tuple[Mapping[str, Any], ...]
    cursors: tuple[str, ...]
    info: Mapping[str, Any]
    total: int | None

    def __repr__(self) -> str:
        return f"_Page({len(self.rows)} rows)"


class _Connection:
    """A field that is a connection: of Query, or of an entity that is known."""

    def __init__(self, subject: Subject, owner: str, name: str, entity: Mapping[str, Any] | None = None) -> None:
        self.subject = subject
        self.coordinate = f"{owner}.{name}"
        self._owner, self._name, self._entity = owner, name, entity
        self._field = subject.contract.field(owner, name)
        self._type_name = type_name_of(self._field)
        self.merge: Merge = subject.contract.merge_of(owner, name)
        self._node_type = node_type_of(subject.contract, self._type_name)

    async def page(self, first: int, after: str | None = None) -> _Page:
        """Ask for a page."""
        given = {"first": first} if after is None else {"first": first, "after": after}
        reply = await (self._of_root(given) if self._entity is None else self._of_entity(self._entity, given))
        value = _first_object((reply.data or {}).get("_entities", reply.data)).get(self._name)
        return _page(reply, value if isinstance(value, Mapping) else {})

    async def _of_root(self, given: Mapping[str, Any]) -> Reply:
        call = known_call(self.subject, self._name, **given)
        assert call is not None  # noqa: S101  (seen to before)
        return await self.subject.asker.ask(call.query(self._selections()), call.variables)

    async def _of_entity(self, entity: Mapping[str, Any], given: Mapping[str, Any]) -> Reply:
        definitions = "".join(f", ${name}: {self._field.args[name].type}" for name in given)
        arguments = ", ".join(f"{name}: ${name}" for name in given)
        field = f"{self._name}({arguments}) {{ {self._selections()} }}"
        below = f"__typename ... on {self._owner} {{ {field} }}"
        text = f"query($r: [_Any!]!{definitions}) {{ _entities(representations: $r) {{ {below} }} }}"
        return await self.subject.asker.ask(text, {"r": [entity], **given})

    def sort_key(self, by: str) -> SortKey:
        """How the values of the field that orders the rows compare."""
        type_name = self._node_type
        for name in by.split("."):
            type_name = type_name_of(self.subject.contract.field(type_name, name))
        return sort_key(self.subject.contract.schema.type_map[type_name])

    @property
    def has_entities(self) -> bool:
        """Whether each row can be told from all others."""
        return self._node_type in self.subject.contract.keys

    def _selections(self) -> str:
        total = "totalCount" if self.subject.contract.has_field(self._type_name, "totalCount") else ""
        node = select(self.subject.contract, self._node_type, depth=1).text()
        way = "" if self.merge.by is None else _nested("order", self.merge.by)
        info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
        return f"{total} {info} edges {{ cursor node {{ {node} {way} }} }}"


async def check_connections(subject: Subject) -> AsyncIterator[Row]:
    """Rows for each connection that can be asked with what is known."""
    for name in root_fields(subject):
        if not _is_connection(subject, subject.query.fields[name]):
            continue
        if known_call(subject, name) is None:
            yield Row(f"Query.{name}", "pages", Verdict.UNASKED, "a required argument is not known")
            continue
        async for row in _rows(_Connection(subject, "Query", name)):
            yield row
    for owner, name in _of_entities(subject):
        known = known_representations(subject, owner)
        if not known:
            yield Row(f"{owner}.{name}", "pages", Verdict.UNASKED, f"no entity of {owner} is known")
            continue
        async for row in _rows(_Connection(subject, owner, name, known[0])):
            yield row


def _of_entities(subject: Subject) -> Iterator[tuple[str, str]]:
    """The connections of entities that need nothing but `first` and `after`."""
    for owner in subject.contract.keys:
        type_ = subject.contract.schema.type_map[owner]
        assert isinstance(type_, GraphQLObjectType)  # noqa: S101  (an entity that can be asked for)
        for name, field in type_.fields.items():
            if _is_connection(subject, field) and not needs_arguments(field):
                yield owner, name


def _is_connection(subject: Subject, field: GraphQLField) -> bool:
    type_name = type_name_of(field)
    is_page = all(subject.contract.has_field(type_name, each) for each in ("pageInfo", "edges"))
    return is_page and not is_list(field.type) and {"first", "after"} <= field.args.keys()


def _first_object(value: Any) -> Mapping[str, Any]:
    """The data, or the one entity in them."""
    found = value[0] if isinstance(value, list) and value else value
    return found if isinstance(found, Mapping) else {}


async def _rows(connection: _Connection) -> AsyncIterator[Row]:
    pages = await _walk(connection)
    yield _walk_row(connection, pages)
    yield _order_row(connection, pages)
    yield await _again_row(connection, pages[0])
    yield await _cursor_row(connection)
    yield await _large_row(connection)


async def _walk(connection: _Connection) -> list[_Page]:
    pages = [await connection.page(PAGE)]
    while len(pages) < PAGES and pages[-1].info.get("hasNextPage") and pages[-1].info.get("endCursor"):
        pages.append(await connection.page(PAGE, pages[-1].info["endCursor"]))
    return pages


def _walk_row(connection: _Connection, pages: list[_Page]) -> Row:
    where = (connection.coordinate, "first and after")
    problem = next(filter(None, map(_page_problem, pages)), None) or _walk_problem(pages)
    if problem is None and connection.has_entities and _has_doubles(pages):
        problem = "a row that stands on two pages, or twice on one"
    seen = f"{counted(sum(len(page.rows) for page in pages), 'row')} on {counted(len(pages), 'page')}"
    slowest = max(pages, key=lambda page: page.reply.milliseconds)
    return connection.subject.row(where, slowest.reply, problem, seen, f"page by the specification: {_RELAY}")


def _page_problem(page: _Page) -> str | None:
    if page.reply.codes or page.reply.data is None:
        return f"errors: {', '.join(page.reply.codes)}"
    if not page.info:
        return "no pageInfo"
    if len(page.rows) > PAGE:
        return f"{len(page.rows)} rows for first: {PAGE}"
    if len(set(page.cursors)) < len(page.cursors):
        return "two edges with the same cursor"
    if page.rows and page.info.get("startCursor") != page.cursors[0]:
        return "a startCursor that is not the first edge's"
    return None


def _has_doubles(pages: list[_Page]) -> bool:
    rows = [json.dumps(row, sort_keys=True) for page in pages for row in page.rows]
    return len(set(rows)) < len(rows)


def _walk_problem(pages: list[_Page]) -> str | None:
    count = sum(len(page.rows) for page in pages)
    if len({cursor for page in pages for cursor in page.cursors}) < count:
        return "the same cursor on two pages"
    if any(page.info.get("hasNextPage") and not page.info.get("endCursor") for page in pages):
        return "a next page, but no cursor to it"
    totals = {page.total for page in pages}
    if len(totals) > 1:
        return "another totalCount on another page"
    (total,) = totals
    is_whole = not pages[-1].info.get("hasNextPage")
    if total is not None and (total < count or (is_whole and total != count)):
        return f"totalCount {total}, but {count} rows{'' if is_whole else ' so far'}"
    return None


def _order_row(connection: _Connection, pages: list[_Page]) -> Row:
    where = (connection.coordinate, f"order by {connection.merge.by}")
    if connection.merge.rule is not MergeRule.CONNECTION or connection.merge.by is None:
        return Row(connection.coordinate, "order", Verdict.UNASKED, "the contract merges it by no order")
    key = connection.sort_key(connection.merge.by)
    keys = [key(_value_at(row.get("order"), connection.merge.by)) for page in pages for row in page.rows]
    problem = _order_problem(keys, connection.merge.order)
    remedy = f"give rows by {connection.merge.by} {connection.merge.order.value}, nulls last: cities are merged by it"
    return connection.subject.row(where, pages[0].reply, problem, f"{len(keys)} rows in order", remedy)


def _order_problem(keys: list[Any], order: MergeOrder) -> str | None:
    present = [key for key in keys if key is not None]
    if keys[: len(present)] != present:
        return "a value after a null"
    ascending = present if order is MergeOrder.ASC else present[::-1]
    return "rows out of order" if any(later < earlier for earlier, later in pairwise(ascending)) else None


async def _again_row(connection: _Connection, first: _Page) -> Row:
    again = await connection.page(PAGE)
    problem = None if again.rows == first.rows else "other rows, or another order, for the same page"
    remedy = "break ties in a fixed way, e.g. by the key"
    where = (connection.coordinate, "the same page again")
    return connection.subject.row(where, again.reply, problem, "the same rows", remedy)


async def _cursor_row(connection: _Connection) -> Row:
    page = await connection.page(PAGE, "no cursor of anybody")
    problem = None if page.reply.codes else "rows for a cursor that is none"
    seen = f"refused: {', '.join(page.reply.codes)}"
    remedy = "refuse it with a code, e.g. BAD_USER_INPUT"
    return connection.subject.row((connection.coordinate, "unreadable cursor"), page.reply, problem, seen, remedy)


async def _large_row(connection: _Connection) -> Row:
    page = await connection.page(LARGE_PAGE)
    seen = f"refused: {', '.join(page.reply.codes)}" if page.reply.codes else counted(len(page.rows), "row")
    where = (connection.coordinate, f"first: {LARGE_PAGE}")
    return connection.subject.row(where, page.reply, None, seen, "bound the size of a page")


def _page(reply: Reply, value: Mapping[str, Any]) -> _Page:
    edges = [edge for edge in value.get("edges") or [] if isinstance(edge, Mapping)]
    rows = tuple(edge.get("node") or {} for edge in edges)
    total = value.get("totalCount")
    cursors = tuple(str(edge.get("cursor")) for edge in edges)
    return _Page(reply, rows, cursors, value.get("pageInfo") or {}, total if isinstance(total, int) else None)


def _nested(alias: str, path: str) -> str:
    """`certification.dueOn` as `order: certification { dueOn }`."""
    first, *rest = path.split(".")
    inner = "".join(f" {{ {name}" for name in rest)
    return f"{alias}: {first}{inner}{' }' * len(rest)}"


def _value_at(value: Any, path: str) -> Any:
    for name in path.split(".")[1:]:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
