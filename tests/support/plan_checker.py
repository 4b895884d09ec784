"""Proves of a plan, without running it, that every fetch is answerable and that the answer will be complete.

Sound per fetch: it selects only what its subgraph knows, sends everything that the fields it enters for require, and
enters by a resolvable key. Sound in order: what a representation is built from was fetched by a
fetch that it depends on. Complete: every unconditional field of the client's operation is fetched by some fetch (what
stands under a type condition may be impossible where it is asked, and under `@skip` and `@include` contradictory).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from federation.query_plan.nodes import (
    EntityCall,
    FetchId,
    FetchNode,
    FieldSegment,
    QueryPlan,
    RenameKey,
    RequiredField,
    RequiredSelection,
    ResponsePath,
)
from federation.query_plan.operations import selection_set
from federation.supergraph import Supergraph
from federation.supergraph.subgraph_schema import SubgraphSchema, SubgraphType, SubgraphTypeKind

Keys = tuple[str, ...]


@dataclass(slots=True)
class PlanFaults:
    """What is wrong with a plan, one sentence each."""

    faults: list[str] = field(default_factory=list)

    def add(self, fetch: FetchNode, fault: str) -> None:
        """Note a fault of a fetch."""
        self.faults.append(f"fetch {fetch.id} to {fetch.subgraph}: {fault}")


def check_plan(supergraph: Supergraph, plan: QueryPlan, wanted: SelectionSetNode) -> list[str]:
    """Give the faults of `plan` for the operation that selects `wanted`; none if it is sound and complete."""
    faults = PlanFaults()
    fetched: dict[FetchId, set[Keys]] = {}
    for fetch in plan.fetches:
        schema = supergraph.subgraph_schemas[fetch.subgraph]
        before = set().union(*(fetched[d] for d in _all_dependencies(plan, fetch)))
        fetched[fetch.id] = set(_FetchChecker(schema, fetch, faults).check(before))
    everything = set().union(*fetched.values())
    for path in _wanted_paths(wanted, (), plan.typename_key):
        if path not in everything and path[-1] != "__typename" and not path[0].startswith("__"):
            faults.faults.append(f"nothing fetches {'.'.join(path)}")
    return faults.faults


def _all_dependencies(plan: QueryPlan, fetch: FetchNode) -> set[FetchId]:
    by_id = {f.id: f for f in plan.fetches}
    found: set[FetchId] = set()
    left = list(fetch.depends_on)
    while left:
        if (id_ := left.pop()) not in found:
            found.add(id_)
            left.extend(by_id[id_].depends_on)
    return found


class _FetchChecker:
    """Checks one fetch; gives the response paths it adds to the data."""

    def __init__(self, schema: SubgraphSchema, fetch: FetchNode, faults: PlanFaults) -> None:
        self._schema = schema
        self._fetch = fetch
        self._faults = faults

    def check(self, before: set[Keys]) -> Iterator[Keys]:
        selections = selection_set(self._fetch)
        if not self._fetch.entity_calls:
            root = self._schema.types[self._fetch.operation_kind.value.capitalize()]
            found = list(self._select(selections, root, (), frozenset()))
            yield from _merged(found, (self._fetch.path,), self._fetch.output_rewrites)
            return
        for call in self._fetch.entity_calls:
            yield from self._check_call(selections, call, before)

    def _check_call(self, body: SelectionSetNode, call: EntityCall, before: set[Keys]) -> Iterator[Keys]:
        node = next(n for n in body.selections if isinstance(n, FieldNode) and _key(n) == call.response_name)
        assert node.selection_set is not None
        for requires in call.requires:
            self._check_inputs(requires.type_condition, requires.selections, call, before)
        sent = {f.type_condition: _sent_names(f.selections) for f in call.requires}
        found: list[Keys] = []
        for fragment in node.selection_set.selections:
            assert isinstance(fragment, InlineFragmentNode)
            assert fragment.type_condition is not None
            name = fragment.type_condition.name.value
            view = self._schema.types.get(name)
            if view is None:
                self._faults.add(self._fetch, f"the subgraph does not know {name}")
                continue
            found.extend(self._select(fragment.selection_set, view, (), sent.get(name, frozenset())))
        yield from _merged(found, call.paths, call.output_rewrites)

    def _check_inputs(
        self, type_name: str, selections: Iterable[RequiredSelection], call: EntityCall, before: set[Keys]
    ) -> None:
        view = self._schema.types.get(type_name)
        names = _sent_names(selections)
        keys = [k for k in view.keys if k.resolvable and _names(k.selection) <= names] if view else []
        if not keys:
            self._faults.add(self._fetch, f"no resolvable key of {type_name} is sent, only {sorted(names)}")
        for path in call.paths:
            for used in _read_paths(selections):
                if (*_response_keys(path), *used) not in before and used[-1] != "__typename":
                    self._faults.add(self._fetch, f"{'.'.join(used)} is sent before it is fetched")

    def _select(
        self, selection_set: SelectionSetNode, view: SubgraphType, path: Keys, sent: frozenset[str]
    ) -> Iterator[Keys]:
        for node in selection_set.selections:
            if isinstance(node, InlineFragmentNode):
                name = node.type_condition.name.value if node.type_condition else view.name
                if name not in self._schema.types:
                    self._faults.add(self._fetch, f"the subgraph does not know {name}")
                    continue
                yield from self._select(node.selection_set, self._schema.types[name], path, sent)
            elif isinstance(node, FieldNode):
                yield from self._select_field(node, view, path, sent)

    def _select_field(self, node: FieldNode, view: SubgraphType, path: Keys, sent: frozenset[str]) -> Iterator[Keys]:
        here = (*path, _key(node))
        yield here
        if node.name.value == "__typename":
            return
        found = view.fields.get(node.name.value)
        if found is None or view.kind is SubgraphTypeKind.UNION:
            self._faults.add(self._fetch, f"the subgraph has no {view.name}.{node.name.value}")
            return
        if found.requires is not None and not _names(found.requires) <= sent:
            self._faults.add(self._fetch, f"what {view.name}.{found.name} requires is not sent")
        if node.selection_set is not None:
            inner = self._schema.types[found.type_name]
            yield from self._select(node.selection_set, inner, here, frozenset())


def _merged(found: Iterable[Keys], paths: Iterable[ResponsePath], renames: Iterable[RenameKey]) -> Iterator[Keys]:
    undone = [((*_response_keys(r.path), r.alias), r.name) for r in renames]
    for keys in found:
        for path in paths:
            yield (*_response_keys(path), *_renamed(keys, undone))


def _renamed(keys: Keys, undone: list[tuple[Keys, str]]) -> Keys:
    changed = list(keys)
    for alias_path, name in undone:
        length = len(alias_path)
        if keys[:length] == alias_path:
            changed[length - 1] = name
    return tuple(changed)


def _response_keys(path: ResponsePath) -> Keys:
    return tuple(segment.name for segment in path if isinstance(segment, FieldSegment))


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _names(selection_set: SelectionSetNode) -> frozenset[str]:
    """Give the names at the top of a field set, its fragments opened."""
    names: set[str] = set()
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            names.add(node.name.value)
        elif isinstance(node, InlineFragmentNode):
            names |= _names(node.selection_set)
    return frozenset(names)


def _sent_names(selections: Iterable[RequiredSelection]) -> frozenset[str]:
    names: set[str] = set()
    for selection in selections:
        names |= {selection.name} if isinstance(selection, RequiredField) else _sent_names(selection.selections)
    return frozenset(names)


def _read_paths(selections: Iterable[RequiredSelection], path: Keys = ()) -> Iterator[Keys]:
    for selection in selections:
        if not isinstance(selection, RequiredField):
            yield from _read_paths(selection.selections, path)
            continue
        here = (*path, selection.response_name)
        yield here
        yield from _read_paths(selection.selections, here)


def _wanted_paths(selection_set: SelectionSetNode, path: Keys, typename_key: str | None) -> Iterator[Keys]:
    for node in selection_set.selections:
        if isinstance(node, FieldNode) and not node.directives:
            key = _key(node)
            is_other = key == "__typename" != node.name.value and typename_key is not None
            here = (*path, typename_key if is_other else key)
            if node.selection_set is None:
                yield here
            else:
                yield from _wanted_paths(node.selection_set, here, typename_key)
