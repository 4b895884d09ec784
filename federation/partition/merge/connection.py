"""CONNECTION: Relay connections of several cities as one, in one order, with one cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.partition.cursor import Cut, encode_cursor, encode_cut
from federation.partition.merge.interleave import interleave
from federation.partition.merge.lane import RowSource
from federation.partition.merge.objects import ObjectMerge
from federation.partition.merge.page import Behind, Page, Place
from federation.partition.merge.share import ItemMerge, MergeRun, Shares, child_shares

PageInfoField: TypeAlias = Literal["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"]
_Lists: TypeAlias = Mapping[int, list[JsonValue]]


@dataclass(frozen=True, slots=True)
class RowsField:
    """A selected `edges` or `nodes`.

    Attributes:
        cursors: response names of `cursor` in the edges.
        item: merges the rows of one entity; None where no two partitions can list the same.
    """

    cursors: frozenset[str]
    item: ItemMerge | None


@dataclass(frozen=True, slots=True)
class ConnectionMerge:
    """Merges the connections of one field.

    Attributes:
        coordinate: of the field, e.g. `Query.people`.
        number: its page request in `MergeRun.pages`.
        is_root: a root field, of which a failed partition has an empty share.
        is_shared: several partitions may list the same entity.
        source: None when no row and no page info is selected; `backward` is its like from the end, where the field has
            the arguments for that.
        rows: by response name.
        page_infos: response names of `pageInfo`, with what of each is computed, by response name.
        totals: response names of a `totalCount` that is summed.
        others: every other field; hidden names are its.
    """

    name: str
    coordinate: str
    number: int
    is_root: bool
    is_shared: bool
    source: RowSource | None
    backward: RowSource | None
    rows: Mapping[str, RowsField]
    page_infos: Mapping[str, tuple[ObjectMerge, Mapping[str, PageInfoField]]]
    totals: tuple[str, ...]
    others: ObjectMerge

    def merge(self, shares: Shares, run: MergeRun) -> JsonValue:
        connections = child_shares(shares, self.name)
        if not connections:
            return None
        merged = self.others.merge(connections, run)
        page = self._page(shares, connections, run)
        if page is not None:
            self._put_rows(merged, page, connections, run)
            self._put_page_infos(merged, page, connections, run)
            if page.has_conflict:
                run.order_conflicts[self.coordinate] = None
        if self.is_shared:
            self._put_totals(merged, page, connections, run)
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
        page = self._page(shares, connections, run)
        below = None if page is None else self._relocate_row(path, origin, page, connections, run)
        return None if below is None else (name, *below)

    def _relocate_row(
        self, path: ErrorPath, origin: int, page: Page, connections: Shares, run: MergeRun
    ) -> ErrorPath | None:
        lists = _lists(connections, str(path[0]))
        item = self.rows[str(path[0])].item
        shown = [places for places in page.shown() if any(lane.partition in lists for lane, _ in places)]
        for position, places in enumerate(shown):
            if any(lane.partition == origin and row == path[1] for lane, row in places):
                group = _group(places, lists)
                below = path[2:] if item is None or not group else item.relocate(path[2:], origin, group, run)
                return None if below is None else (position, *below)
        return None

    def _page(self, shares: Shares, connections: Shares, run: MergeRun) -> Page | None:
        request = run.pages[self.number]
        source = self.backward if request.is_backward else self.source
        if source is None:
            return None
        lanes = [source.lane(origin, share, request.positions[origin]) for origin, share in connections]
        missing = {origin: request.positions[origin] for origin in self._missing(shares, run)}
        return interleave(lanes, missing, request.size)

    def _missing(self, shares: Shares, run: MergeRun) -> set[int]:
        """The partitions that were to give rows and did not."""
        missing = {origin for origin, share in shares if share.get(self.name) is None}
        return missing if self.is_root else missing | (run.failed - {origin for origin, _ in shares})

    def _put_rows(self, merged: ResponseObject, page: Page, connections: Shares, run: MergeRun) -> None:
        shown = page.shown()
        for name, field in self.rows.items():
            lists = _lists(connections, name)
            if name not in merged or not lists:
                continue
            if field.cursors:
                merged[name] = self._edges(page, lists, field, run)
            elif field.item is None:
                merged[name] = [lists[lane.partition][row] for ((lane, row),) in shown if lane.partition in lists]
            else:
                groups = [_group(places, lists) for places in shown]
                merged[name] = [_merge_row(group, field.item, run) for group in groups if group is not None]

    def _edges(self, page: Page, lists: _Lists, field: RowsField, run: MergeRun) -> list[JsonValue]:
        edges = []
        behind = list(page.behind_each())
        if run.pages[self.number].is_backward:
            behind.reverse()
        for places, position in zip(page.shown(), behind, strict=True):
            group = _group(places, lists)
            if group is not None:
                edge = _merge_row(group, field.item, run)
                cursors = dict.fromkeys(field.cursors & (edge or {}).keys(), self._cursor(position, run))
                edges.append(edge and {**edge, **cursors})
        return edges

    def _put_page_infos(self, merged: ResponseObject, page: Page, connections: Shares, run: MergeRun) -> None:
        for name, (merge, computed) in self.page_infos.items():
            infos = child_shares(connections, name)
            if name not in merged or not infos:
                continue
            info = merge.merge(infos, run)
            for response_name, field in computed.items():
                if response_name in info:
                    info[response_name] = self._page_info(field, info[response_name], page, run)
            merged[name] = info

    def _page_info(self, field: PageInfoField, given: JsonValue, page: Page, run: MergeRun) -> JsonValue:
        """One value; `given` is true if a partition says so of itself."""
        # A partition that could not be asked may have rows: who goes on later gets them.
        has_more = page.has_next or bool(page.missing)
        shown, is_backward = len(page.rows), run.pages[self.number].is_backward
        match field:
            case "hasNextPage" | "hasPreviousPage":
                is_ahead = (field == "hasPreviousPage") is is_backward
                return has_more if is_ahead else bool(given) or page.has_behind
            case "startCursor" | "endCursor":
                is_last = (field == "startCursor") is is_backward
                is_there = shown or (is_last and has_more)
                return self._cursor(page.behind(shown if is_last else 1), run) if is_there else None

    def _put_totals(self, merged: ResponseObject, page: Page | None, connections: Shares, run: MergeRun) -> None:
        """A sum that counts an entity in each city is made exact if all rows are here, else told to be a bound."""
        for name in self.totals:
            if sum(bool(share.get(name)) for _, share in connections) <= 1:
                continue
            if page is not None and page.is_whole:
                merged[name] = len(page.rows)
            else:
                run.upper_bounds[self.coordinate] = None

    def _cursor(self, behind: Behind, run: MergeRun) -> str:
        """Partitions that were not asked keep the position of the client's cursor."""
        page = run.pages[self.number]
        asked = zip(run.cities, enumerate(page.positions), strict=True)
        positions = {city: behind.positions.get(partition, position) for city, (partition, position) in asked}
        if self.backward is None:
            return encode_cursor(positions.items())
        cut = Cut(positions, city=None if behind.partition is None else run.cities[behind.partition], edge=behind.edge)
        return encode_cut(cut.turned() if page.is_backward else cut)


def _lists(connections: Shares, name: str) -> dict[int, list[JsonValue]]:
    """The partitions' rows under one response name."""
    return {origin: rows for origin, share in connections if (rows := share.get(name)) is not None}


def _group(places: list[Place], lists: _Lists) -> Shares | None:
    """The objects of one row, in the partitions' order, empty for a null; None where no partition has the list."""
    found = [(lane.partition, lists[lane.partition][row]) for lane, row in places if lane.partition in lists]
    if not found:
        return None
    group = [share for share in found if share[1] is not None]
    return group if len(group) <= 1 else sorted(group, key=_origin)


def _origin(share: tuple[int, JsonValue]) -> int:
    return share[0]


def _merge_row(group: Shares, item: ItemMerge | None, run: MergeRun) -> JsonValue:
    if not group:
        return None
    if item is None or (len(group) == 1 and item.is_transparent):
        return group[0][1]
    return item.merge(group, run)
