"""Deriving the mergers of an extended operation from its contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import FieldNode, SelectionSetNode

from federation.partition.contract import META_FIELDS, Contract, is_list, node_type_of, type_name_of, way_to_node
from federation.partition.extend import ConnectionCall
from federation.partition.hidden import response_name_of
from federation.partition.merge.collect import Collected, Collector, entity_type_of, selection_sets_of
from federation.partition.merge.connection import ConnectionMerge, PageInfoField, RowsField
from federation.partition.merge.identity import entity_identity, row_identity
from federation.partition.merge.interleave import directed
from federation.partition.merge.lane import RowSource
from federation.partition.merge.lists import ConcatMerge, UnionMerge, value_identity
from federation.partition.merge.objects import NestedMerge, ObjectMerge, TypedMerge
from federation.partition.merge.share import FieldMerge, ItemMerge
from federation.partition.merge.values import FoldMerge, LatestMerge, fold_of
from federation.partition.order import SortKey, sort_key
from federation.supergraph.partitions import Merge, MergeRule

_COMPUTED: Mapping[str, PageInfoField] = {
    "hasNextPage": "hasNextPage",
    "hasPreviousPage": "hasPreviousPage",
    "startCursor": "startCursor",
    "endCursor": "endCursor",
}
#: Of these it counts whether any partition says so.
_TOLD = frozenset({"hasNextPage", "hasPreviousPage"})


@dataclass(frozen=True, slots=True)
class MergeCompiler:
    """Compiles the mergers of one operation; `connections` by response path, as `Extension` found them."""

    collector: Collector
    connections: Mapping[tuple[str, ...], ConnectionCall]

    @property
    def contract(self) -> Contract:
        return self.collector.contract

    def root_object(self, root_type: str, selection_set: SelectionSetNode) -> ObjectMerge:
        """The merge of the whole answer, its `_entities` left out."""
        return self._object(root_type, [selection_set], ())

    def entity(self, nodes: list[FieldNode]) -> ItemMerge:
        """The merge of one item of `_entities`: it is the same entity in every partition that gave one."""
        selections = selection_sets_of(nodes)
        return self._item(entity_type_of(self.contract, selections), selections, (response_name_of(nodes[0]),))

    def _item(self, type_name: str, selections: list[SelectionSetNode], path: tuple[str, ...]) -> ItemMerge:
        possible = self.contract.possible_types(type_name)
        by_type = {name: self._object(name, selections, path) for name in possible}
        if not self.contract.is_abstract(type_name):
            return by_type[type_name]
        typename = self.collector.present("__typename", self.collector.collect(possible[0], selections))
        return TypedMerge(typename, by_type, all(merge.is_transparent for merge in by_type.values()))

    def _object(self, type_name: str, selections: list[SelectionSetNode], path: tuple[str, ...]) -> ObjectMerge:
        collected = self.collector.collect(type_name, selections)
        return self._fields(type_name, collected, self.collector.shown(collected), path)

    def _fields(self, type_name: str, collected: Collected, shown: Collected, path: tuple[str, ...]) -> ObjectMerge:
        """The merge of the `shown` fields of what is `collected` for an object type."""
        found = {name: self._field(type_name, nodes, (*path, name), collected) for name, nodes in shown.items()}
        fields = {name: merge for name, merge in found.items() if merge is not None}
        firsts = tuple(name for name in found if name not in fields)
        hidden = self.collector.hidden(collected)
        return ObjectMerge(firsts, fields, hidden, not hidden and all(map(_is_transparent, fields.values())))

    def _field(
        self, type_name: str, nodes: list[FieldNode], path: tuple[str, ...], siblings: Collected
    ) -> FieldMerge | None:
        """One field's merge; None where its first value counts."""
        field_name = nodes[0].name.value
        if field_name in META_FIELDS:
            return None
        merge = self.contract.merge_of(type_name, field_name)
        definition = self.contract.field(type_name, field_name)
        inner = type_name_of(definition)
        match merge.rule:
            case MergeRule.FIRST:
                is_object = nodes[0].selection_set is not None and not is_list(definition.type)
                return self._nested(inner, nodes, path) if is_object else None
            case MergeRule.CONCAT:
                return ConcatMerge(path[-1])
            case MergeRule.UNION:
                return self._union(inner, nodes, path)
            case MergeRule.LATEST:
                by = merge.by or ""
                return LatestMerge(path[-1], self.collector.present(by, siblings), self._sort_key(type_name, (by,)))
            case MergeRule.CONNECTION:
                return self._connection(f"{type_name}.{field_name}", merge, inner, nodes, path)
            case _:
                return FoldMerge(path[-1], fold_of(merge.rule, self.contract.schema.type_map[inner]))

    def _nested(self, inner: str, nodes: list[FieldNode], path: tuple[str, ...]) -> NestedMerge:
        selections = selection_sets_of(nodes)
        identity = entity_identity(self.collector, inner, selections)
        return NestedMerge(path[-1], self._item(inner, selections, path), identity)

    def _union(self, inner: str, nodes: list[FieldNode], path: tuple[str, ...]) -> UnionMerge:
        selections = selection_sets_of(nodes)
        identity = entity_identity(self.collector, inner, selections) if selections else None
        item = None if identity is None else self._item(inner, selections, path)
        return UnionMerge(path[-1], identity or value_identity, item)

    def _connection(
        self, coordinate: str, merge: Merge, inner: str, nodes: list[FieldNode], path: tuple[str, ...]
    ) -> ConnectionMerge:
        collected = self.collector.collect(inner, selection_sets_of(nodes))
        shown = self.collector.shown(collected)
        call = self.connections[path]
        source = self._row_source(inner, collected, merge, call)
        is_shared = bool(self.contract.shared_keys(node_type_of(self.contract, inner)))
        special = {name for name, nodes in shown.items() if nodes[0].name.value in {"edges", "nodes", "pageInfo"}}
        others = {name: nodes for name, nodes in shown.items() if name not in special}
        return ConnectionMerge(
            name=path[-1],
            coordinate=coordinate,
            number=call.number,
            is_root=len(path) == 1,
            is_shared=is_shared,
            source=source,
            backward=source.backward() if source is not None and call.is_turnable else None,
            rows={
                name: self._rows(inner, nodes, (*path, name), is_shared=is_shared)
                for name, nodes in shown.items()
                if _is_rows(nodes)
            },
            page_infos={
                name: self._page_info(inner, nodes)
                for name, nodes in shown.items()
                if nodes[0].name.value == "pageInfo"
            },
            totals=tuple(name for name, nodes in others.items() if self._is_total(inner, nodes)),
            others=self._fields(inner, collected, others, path),
        )

    def _row_source(
        self, connection: str, collected: Collected, merge: Merge, call: ConnectionCall
    ) -> RowSource | None:
        identity = row_identity(self.contract, node_type_of(self.contract, connection))
        prefix = self.collector.names.prefix
        by = tuple((merge.by or "").split("."))
        order = directed(self._sort_key(connection, (*way_to_node(self.contract, connection), *by)), merge.order)
        info = f"{prefix}pageInfo"
        if f"{prefix}edges" in collected:
            way = ("node", *by)
            return RowSource(f"{prefix}edges", info, "node", "cursor", way, order, identity, call.is_turnable)
        if f"{prefix}nodes" in collected:
            return RowSource(f"{prefix}nodes", info, None, None, by, order, identity, call.is_turnable)
        return None

    def _rows(self, connection: str, nodes: list[FieldNode], path: tuple[str, ...], *, is_shared: bool) -> RowsField:
        selections = selection_sets_of(nodes)
        row_type = node_type_of(self.contract, connection)
        if nodes[0].name.value == "nodes":
            return RowsField(frozenset(), self._item(row_type, selections, path) if is_shared else None)
        edge = type_name_of(self.contract.field(connection, "edges"))
        collected = self.collector.collect(edge, selections)
        cursors = frozenset(name for name, found in collected.items() if found[0].name.value == "cursor")
        return RowsField(cursors, self._edge(row_type, collected, path) if is_shared else None)

    def _edge(self, row_type: str, collected: Collected, path: tuple[str, ...]) -> ObjectMerge:
        """The merge of the edges of one entity."""
        fields: dict[str, FieldMerge] = {
            name: NestedMerge(name, self._item(row_type, selection_sets_of(nodes), (*path, name)), None)
            for name, nodes in collected.items()
            if nodes[0].name.value == "node"
        }
        firsts = tuple(name for name in collected if name not in fields)
        return ObjectMerge(firsts, fields, (), all(map(_is_transparent, fields.values())))

    def _is_total(self, connection: str, nodes: list[FieldNode]) -> bool:
        name = nodes[0].name.value
        return name == "totalCount" and self.contract.merge_of(connection, name).rule is MergeRule.SUM

    def _page_info(self, connection: str, nodes: list[FieldNode]) -> tuple[ObjectMerge, Mapping[str, PageInfoField]]:
        type_name = type_name_of(self.contract.field(connection, "pageInfo"))
        collected = self.collector.collect(type_name, selection_sets_of(nodes))
        fields = {name: found[0].name.value for name, found in collected.items()}
        told = {name: FoldMerge(name, any) for name, field in fields.items() if field in _TOLD}
        firsts = tuple(name for name in fields if name not in told)
        computed = {name: _COMPUTED[field] for name, field in fields.items() if field in _COMPUTED}
        return ObjectMerge(firsts, told, (), is_transparent=False), computed

    def _sort_key(self, type_name: str, path: tuple[str, ...]) -> SortKey:
        """The sort key of the leaf at a dotted path."""
        for name in path:
            type_name = type_name_of(self.contract.field(type_name, name))
        return sort_key(self.contract.schema.type_map[type_name])


def _is_rows(nodes: list[FieldNode]) -> bool:
    return nodes[0].name.value in {"edges", "nodes"}


def _is_transparent(merge: FieldMerge) -> bool:
    match merge:
        case ConnectionMerge():
            return False
        case NestedMerge(item=item):
            return item.is_transparent
        case UnionMerge(item=item):
            return item is None or item.is_transparent
        case _:
            return True
