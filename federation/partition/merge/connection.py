"""CONNECTION: Relay connections of several cities as one, in one order, with one cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.partition.cursor import Position, encode_cursor
from federation.partition.merge.interleave import Lane, Page, interleave
from federation.partition.merge.objects import ObjectMerge
from federation.partition.merge.share import MergeRun, Shares, child_shares

PageInfoField: TypeAlias = Literal["hasNextPage", "startCursor", "endCursor"]


@dataclass(frozen=True, slots=True)
class RowSource:
    """Where a connection's hidden rows stand in a partition's answer.

    Attributes:
        rows: response name of the edges, or of the nodes when no cursor is needed.
        more: response name of the page info that holds `hasNextPage`.
        node: None if the rows are the nodes.
        by: the way from a node to the value that orders it.
    """

    rows: str
    more: str
    node: str | None
    cursor: str | None
    by: tuple[str, ...]

    def lane(self, partition: int, connection: ResponseObject, start: Position) -> Lane:
        """Read one partition's rows; of a partition at its end nothing counts."""
        if start.is_at_end:
            return Lane(partition, [], [], has_more=False, start=start)
        rows = connection[self.rows] or []
        nodes = rows if self.node is None else [None if row is None else row[self.node] for row in rows]
        has_more = bool((connection[self.more] or {}).get("hasNextPage"))
        return Lane(partition, [_walk(node, self.by) for node in nodes], self._cursors(rows, start), has_more, start)

    def _cursors(self, rows: list[JsonValue], start: Position) -> list[str]:
        """Each row's cursor; a null edge has none, so one goes on from the row before it."""
        if self.cursor is None:
            return []
        cursors: list[str] = []
        for row in rows:
            cursor = row[self.cursor] if row is not None else (cursors[-1] if cursors else start.cursor or "")
            if not isinstance(cursor, str):
                raise TypeError("a cursor is no text")
            cursors.append(cursor)
        return cursors


@dataclass(frozen=True, slots=True)
class ConnectionMerge:
    """Merges the connections of one field.

    Attributes:
        variable: its page request in `MergeRun.pages`.
        is_root: a root field, of which a failed partition has an empty share.
        source: None when no row and no page info is selected.
        rows: response names of `edges`, each with its edges' response names of `cursor`; of `nodes` without any.
        page_infos: response names of `pageInfo`, with what of each is computed, by response name.
        others: every other field; hidden names are its.
    """

    name: str
    variable: str
    is_root: bool
    key: Callable[[JsonValue], tuple[bool, Any]]
    source: RowSource | None
    rows: Mapping[str, frozenset[str]]
    page_infos: Mapping[str, tuple[ObjectMerge, Mapping[str, PageInfoField]]]
    others: ObjectMerge

    def merge(self, shares: Shares, run: MergeRun) -> JsonValue:
        connections = child_shares(shares, self.name)
        if not connections:
            return None
        merged = self.others.merge(connections, run)
        if self.source is not None:
            page = self._page(connections, run)
            is_incomplete = self._is_incomplete(shares, run)
            self._put_rows(merged, page, connections, run)
            self._put_page_infos(merged, page, connections, run, is_incomplete=is_incomplete)
        return merged

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath | None:
        connections = child_shares(shares, self.name)
        if not path or all(partition != origin for partition, _ in connections):
            return ()
        name = str(path[0])
        if name in self.page_infos:
            return (name,)
        if name not in self.rows:
            return self.others.relocate(path, origin, connections, run)
        if len(path) == 1:
            return path
        lists = _lists(connections, name)
        shown = [place for place in self._page(connections, run).rows if place[0].partition in lists]
        for position, (lane, row) in enumerate(shown):
            if lane.partition == origin and row == path[1]:
                return (name, position, *path[2:])
        return None

    def _page(self, connections: Shares, run: MergeRun) -> Page:
        if self.source is None:
            return Page([], [], has_next=False)
        request = run.pages[self.variable]
        lanes = [self.source.lane(origin, share, request.positions[origin]) for origin, share in connections]
        return interleave(lanes, self.key, request.size)

    def _is_incomplete(self, shares: Shares, run: MergeRun) -> bool:
        if not self.is_root and run.failed:
            return True
        return any(share.get(self.name) is None for _, share in shares)

    def _put_rows(self, merged: ResponseObject, page: Page, connections: Shares, run: MergeRun) -> None:
        for name, cursor_names in self.rows.items():
            lists = _lists(connections, name)
            if name not in merged or not lists:
                continue
            if cursor_names:
                merged[name] = self._edges(page, lists, cursor_names, run)
            else:
                merged[name] = [lists[lane.partition][row] for lane, row in page.rows if lane.partition in lists]

    def _edges(
        self, page: Page, lists: Mapping[int, list[JsonValue]], cursor_names: frozenset[str], run: MergeRun
    ) -> list[JsonValue]:
        edges = []
        for (lane, row), positions in zip(page.rows, page.every_position(), strict=True):
            if lane.partition in lists:
                edge = lists[lane.partition][row]
                cursors = dict.fromkeys(cursor_names & (edge or {}).keys(), self._cursor(positions, run))
                edges.append(edge and {**edge, **cursors})
        return edges

    def _put_page_infos(
        self, merged: ResponseObject, page: Page, connections: Shares, run: MergeRun, *, is_incomplete: bool
    ) -> None:
        for name, (merge, computed) in self.page_infos.items():
            infos = child_shares(connections, name)
            if name not in merged or not infos:
                continue
            info = merge.merge(infos, run)
            for response_name, field in computed.items():
                if response_name in info:
                    info[response_name] = self._page_info(field, page, run, is_incomplete=is_incomplete)
            merged[name] = info

    def _page_info(self, field: PageInfoField, page: Page, run: MergeRun, *, is_incomplete: bool) -> JsonValue:
        shown = len(page.rows)
        match field:
            case "hasNextPage":
                # A partition that could not be asked may have rows: who goes on later gets them.
                return page.has_next or is_incomplete
            case "startCursor":
                return self._cursor(page.positions(1), run) if shown else None
            case "endCursor":
                goes_on = shown or page.has_next or is_incomplete
                return self._cursor(page.positions(shown), run) if goes_on else None

    def _cursor(self, moved: Mapping[int, Position], run: MergeRun) -> str:
        """Partitions that were not asked, or did not answer, keep the position of the client's cursor."""
        asked = run.pages[self.variable].positions
        return encode_cursor(
            (city, moved.get(partition, asked[partition])) for partition, city in enumerate(run.cities)
        )


def _lists(connections: Shares, name: str) -> dict[int, list[JsonValue]]:
    """The partitions' rows under one response name."""
    return {origin: rows for origin, share in connections if (rows := share.get(name)) is not None}


def _walk(node: JsonValue, path: tuple[str, ...]) -> JsonValue:
    for name in path:
        if node is None:
            return None
        node = node[name]
    return node
