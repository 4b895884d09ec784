"""Which cities need not be asked for an entity: what a presence source knows of their records.

The source answers `presence.graphql` beside this file. It is only ever an optimisation: what it does not say, says too
late, or says of a time too long ago excludes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeAlias

import orjson
from graphql import SelectionSetNode

from federation.executor.subgraph_client import (
    FetchOperation,
    JsonValue,
    ResponseObject,
    SubgraphClient,
    SubgraphRequest,
)
from federation.partition.contract import Contract
from federation.partition.merge.identity import leaf_paths
from federation.query_plan.nodes import OperationKind

#: By representation the codes of cities that need not be asked.
Excluded: TypeAlias = Sequence[frozenset[str]]

_TEXT = (
    "query($domain: String!, $representations: [_Any!]!) "
    "{ presence(domain: $domain, representations: $representations) { feeds { city asOf } cities } }"
)
_HEAD = b'{"query":' + orjson.dumps(_TEXT) + b',"variables":'


class PresenceSource(Protocol):
    """Knows which cities have records of which entities."""

    async def excluded(self, representations: Sequence[ResponseObject], request: SubgraphRequest) -> Excluded:
        """The cities that need not be asked, by representation; `request` is the one they are part of. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class PresenceSettings:
    """How far a source is believed.

    Attributes:
        max_age_seconds: a city is excluded for so long after the moment up to which its records are known.
    """

    max_age_seconds: float = 60.0


class QueriedPresence:
    """A `PresenceSource` that a subgraph client asks: by keys only, of entities that several cities may know."""

    def __init__(
        self,
        contract: Contract,
        client: SubgraphClient,
        settings: PresenceSettings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._max_age = timedelta(seconds=settings.max_age_seconds)
        self._now = now
        self._domain = contract.name
        self._keys = {name: key for type_name in contract.keys for name, key in contract.shared_keys(type_name).items()}
        self._operation = FetchOperation(contract.name, _TEXT, OperationKind.QUERY, None, _HEAD)

    async def excluded(self, representations: Sequence[ResponseObject], request: SubgraphRequest) -> Excluded:
        keys = [self._key(representation) for representation in representations]
        known = [key for key in keys if key is not None]
        answers = iter(await self._ask(known, request) if known else ())
        nobody: frozenset[str] = frozenset()
        return [nobody if key is None else next(answers, nobody) for key in keys]

    async def _ask(self, keys: list[ResponseObject], request: SubgraphRequest) -> Excluded:
        variables = {"domain": self._domain, "representations": keys}
        asked = SubgraphRequest(self._operation, variables, request.headers, request.deadline)
        try:
            async with asyncio.timeout_at(request.deadline):
                response = await self._client.execute(asked)
            presence = (response.data or {})["presence"]
            if response.errors or len(presence["cities"]) != len(keys):
                return ()
            return self._read(presence["feeds"], presence["cities"])
        except (TimeoutError, LookupError, TypeError, ValueError, AttributeError):
            return ()

    def _read(self, feeds: list[ResponseObject], answers: list[JsonValue]) -> Excluded:
        current = frozenset(feed["city"] for feed in feeds if self._is_current(feed["asOf"]))
        return [current.difference(cities) if isinstance(cities, list) else frozenset() for cities in answers]

    def _is_current(self, as_of: str) -> bool:
        moment = datetime.fromisoformat(as_of)
        # A clock that is ahead of ours proves nothing.
        return timedelta() <= self._now() - moment <= self._max_age

    def _key(self, representation: ResponseObject) -> ResponseObject | None:
        """Type and key of a representation; None where it has not the key, or only one city can know it."""
        key = self._keys.get(representation["__typename"])
        found = None if key is None else _select(key, representation)
        return None if found is None else {"__typename": representation["__typename"], **found}


def _select(key: SelectionSetNode, representation: Mapping[str, JsonValue]) -> ResponseObject | None:
    found: ResponseObject = {}
    for path in leaf_paths(key):
        value: JsonValue = representation
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None:
            return None
        inner = found
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = value
    return found
