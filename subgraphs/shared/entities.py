"""Entities by their representations, one load per type and batch: the field `_entities` of every subgraph.

Strawberry's own resolver calls `resolve_reference` once per representation, with raw GraphQL key names, takes
`__typename` out of the caller's variables, and lets one unknown type fail all. Ours does none of it: representations
are read only, each keeps its place, and whatever names no entity of this subgraph is null there, without a word.

Source: https://www.apollographql.com/docs/graphos/reference/federation/subgraph-spec, `Query._entities`
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import strawberry

from legacy_adapters.records.provenance import NationalId
from subgraphs.shared.batching import AnyLoader, SubgraphInfo
from subgraphs.shared.context import RequestContext
from subgraphs.shared.loaders import Partial, gather_all

Representation: TypeAlias = Mapping[str, Any]

EntityResolver: TypeAlias = Callable[[RequestContext[Any], Sequence[Representation]], Awaitable[Sequence[object]]]
"""Entities of one type for a batch of representations, in their order; None (or the error) where there is none."""

KeyReader: TypeAlias = Callable[[RequestContext[Any], Representation], Hashable | None]
"""Reads the loader's key out of a representation; None where it names nothing of this city."""

EntityMaker: TypeAlias = Callable[[RequestContext[Any], Any, Any], object]
"""Makes the entity of a key and what was loaded for it."""


async def resolve_entities(
    resolvers: Mapping[str, EntityResolver], info: SubgraphInfo, representations: Sequence[object]
) -> list[Any]:
    """Entities for `representations`, place by place; types are resolved side by side."""
    places = _places_by_type(representations)
    known = [name for name in places if name in resolvers]
    batches = [[_representation(representations[index]) for index in places[name]] for name in known]
    answers = await gather_all(
        [resolvers[name](info.context, batch) for name, batch in zip(known, batches, strict=True)]
    )
    entities: list[Any] = [None] * len(representations)
    for name, answer in zip(known, answers, strict=True):
        for index, entity in zip(places[name], answer, strict=True):
            entities[index] = entity
    return entities


def by_key(
    key: KeyReader, loader: Callable[[Any], AnyLoader], make: EntityMaker = lambda _context, _key, loaded: loaded
) -> EntityResolver:
    """A resolver that reads each representation's key and loads all of them in one batch; no key, no entity."""

    async def resolve(context: RequestContext[Any], representations: Sequence[Representation]) -> Sequence[object]:
        keys = [key(context, representation) for representation in representations]
        known = [key for key in keys if key is not None]
        loaded = dict(zip(known, await loader(context.loaders).load_all(known), strict=True))
        return [None if key is None else _entity(context, key, loaded[key], make) for key in keys]

    return resolve


def people_by_id(make: Callable[[NationalId, strawberry.ID], object]) -> EntityResolver:
    """A resolver of people where anybody may have something: nothing is asked before a field of theirs is."""

    async def resolve(context: RequestContext[Any], representations: Sequence[Representation]) -> Sequence[object]:
        citizens = [citizen(context, representation) for representation in representations]
        return [None if known is None else make(known, context.person_id(known)) for known in citizens]

    return resolve


def citizen(context: RequestContext[Any], representation: Representation) -> NationalId | None:
    """Reads the key `id` of a Person."""
    return context.national_id(key_text(representation, "id"))


def number_in_city(field: str) -> KeyReader:
    """Reads a key like `city { code } number`: the number, where the city is the one that is asked."""

    def key(context: RequestContext[Any], representation: Representation) -> str | None:
        is_ours = key_text(representation, "city", "code") == context.city.code
        return key_text(representation, field) if is_ours else None

    return key


def key_text(representation: Representation, *path: str) -> str | None:
    """The text at a path of key fields, e.g. `city`, `code`; None where the representation has none there."""
    value: object = representation
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    # The key is an ID, which JSON may carry as a whole number.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def _entity(context: RequestContext[Any], key: Any, answer: object, make: EntityMaker) -> object:
    # A failure stands in the entity's place and becomes that place's error.
    if isinstance(answer, Exception):
        return answer
    return make(context, key, answer.value if isinstance(answer, Partial) else answer)


def _places_by_type(representations: Sequence[object]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for index, representation in enumerate(representations):
        name = representation.get("__typename") if isinstance(representation, Mapping) else None
        if isinstance(name, str):
            places.setdefault(name, []).append(index)
    return places


def _representation(value: object) -> Representation:
    assert isinstance(value, Mapping)  # noqa: S101  (for mypy: only mappings have a place)
    return value
