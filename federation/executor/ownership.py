"""Which parts of a subgraph's answer an execution changes later, and therefore has to own.

Answers are read-only, for several executions may share one. The plan tells beforehand where later fetches will put
their data; only objects on the way there are copied, everything else goes into the response tree as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from federation.executor.paths import FlatPath, flatten_path
from federation.executor.selections import FetchedFields, read_fetched_fields
from federation.executor.translation import rename_in_path
from federation.query_plan.nodes import EntityCall, FetchId, FetchNode, RenameKey, ResponsePath


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one root fetch, or one entity call of a fetch, brings into the response tree.

    Attributes:
        paths: where it is merged.
        objects: places below these paths where it brings objects or lists of objects.
        rewritten: places below these paths whose keys are renamed after the answer came.
    """

    fetch: FetchId
    response_name: str | None
    paths: tuple[ResponsePath, ...]
    objects: frozenset[FlatPath]
    rewritten: frozenset[FlatPath]

    def places(self) -> Iterator[FlatPath]:
        """Its objects' places in the response tree."""
        for path in dict.fromkeys(flatten_path(path) for path in self.paths):
            yield from ((*path, *inner) for inner in self.objects)


@dataclass(frozen=True, slots=True)
class Ownership:
    """What the contributions of one plan do to each other.

    Attributes:
        changed: places that some fetch merges data into.
        shared: places where more than one contribution brings objects, which have to be merged deeply.
        bringing: by place, the fetches that bring objects there.
        adding: by place, the fetches that merge their data into the objects there.
    """

    changed: frozenset[FlatPath]
    shared: frozenset[FlatPath]
    bringing: Mapping[FlatPath, frozenset[FetchId]]
    adding: Mapping[FlatPath, frozenset[FetchId]]

    def owned_below(self, contribution: Contribution) -> frozenset[FlatPath]:
        """Places, below its paths, of the objects in a contribution that must not be shared with its answer."""
        below = (
            inner
            for path in contribution.paths
            for inner in contribution.objects
            if (*flatten_path(path), *inner) in self.changed
        )
        return contribution.rewritten.union(below)

    def needs_deep_merge(self, contribution: Contribution) -> bool:
        return any(place in self.shared for place in contribution.places())


def survey_ownership(contributions: Iterable[Contribution]) -> Ownership:
    """Compare what all fetches of a plan bring."""
    known = tuple(contributions)
    brought = Counter(place for contribution in known for place in contribution.places())
    shared = frozenset(place for place, count in brought.items() if count > 1)
    adding = _by_place((flatten_path(path), part.fetch) for part in known for path in part.paths)
    bringing = _by_place((place, part.fetch) for part in known for place in part.places())
    return Ownership(shared.union(adding), shared, bringing, adding)


def _by_place(pairs: Iterable[tuple[FlatPath, FetchId]]) -> dict[FlatPath, frozenset[FetchId]]:
    fetches: dict[FlatPath, set[FetchId]] = {}
    for place, fetch in pairs:
        fetches.setdefault(place, set()).add(fetch)
    return {place: frozenset(at_place) for place, at_place in fetches.items()}


def contributions_of(fetch: FetchNode) -> tuple[FetchedFields, tuple[Contribution, ...]]:
    """What `fetch` brings: one contribution for a root fetch, else one for each of its entity calls."""
    fetched = read_fetched_fields(fetch.operation)
    if fetch.entity_calls:
        return fetched, tuple(_of_call(fetch, call, fetched) for call in fetch.entity_calls)
    rewritten = _rewritten(fetch.output_rewrites)
    objects = _renamed(fetched.composites, fetch.output_rewrites)
    return fetched, (Contribution(fetch.id, None, (fetch.path,), objects, rewritten),)


def _of_call(fetch: FetchNode, call: EntityCall, fetched: FetchedFields) -> Contribution:
    inner = (place[1:] for place in fetched.composites if place[0] == call.response_name and len(place) > 1)
    objects = _renamed(inner, call.output_rewrites)
    return Contribution(fetch.id, call.response_name, call.paths, objects, _rewritten(call.output_rewrites))


def _renamed(places: Iterable[FlatPath], rewrites: tuple[RenameKey, ...]) -> frozenset[FlatPath]:
    """`places` under the names they have once `rewrites` are done, and under those they have before."""
    known = frozenset(places)
    return known.union(tuple(str(step) for step in rename_in_path(place, rewrites)) for place in known)


def _rewritten(rewrites: tuple[RenameKey, ...]) -> frozenset[FlatPath]:
    return frozenset(flatten_path(rewrite.path) for rewrite in rewrites)
