"""What lives as long as one request to one subgraph."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

import strawberry
from graphql import GraphQLError

from legacy_adapters.records.provenance import NationalId, Provenance
from subgraphs.shared.person_key import PlatformKeys, TokenKind
from subgraphs.shared.places import place_name
from subgraphs.shared.scalars import DateTime
from subgraphs.shared.types import City, Source

L_co = TypeVar("L_co", covariant=True)


@dataclass(slots=True, eq=False, kw_only=True)
class BaseContext(Generic[L_co]):
    """The request's moment, keys and loaders, and what it learns on its way.

    Attributes:
        now: the moment of asking, on the cities' clock.
        keys: make and open person identifiers and cursors.
        loaders: the domain's loaders; set once, right after the context, because they hand it their records.
        partial_failures: errors that belong beside a value rather than in its place.
        as_of: the oldest moment of any record shown, so far.
    """

    now: datetime
    keys: PlatformKeys
    loaders: L_co = field(init=False)
    partial_failures: list[GraphQLError] = field(default_factory=list)
    as_of: str | None = None
    _tokens: dict[NationalId, strawberry.ID] = field(default_factory=dict)

    def person_id(self, national_id: NationalId) -> strawberry.ID:
        """The `Person.id` of a citizen."""
        token = self._tokens.get(national_id)
        if token is None:
            token = self._tokens[national_id] = strawberry.ID(self.keys.person_id(national_id))
        return token

    def national_id(self, person_id: object) -> NationalId | None:
        """The citizen behind a `Person.id` that a representation carries, or None where it is none of ours."""
        national_id = self.keys.national_id(person_id)
        if national_id is not None and isinstance(person_id, str):
            self._tokens.setdefault(national_id, strawberry.ID(person_id))
        return national_id

    def cursor(self, position: str) -> str:
        """The cursor of a source's position. It may tell a birth date, and cursors travel: it is sealed."""
        return self.keys.seal(TokenKind.CURSOR, position)


@dataclass(slots=True, eq=False, kw_only=True)
class RequestContext(BaseContext[L_co]):
    """The same in one city's subgraph.

    Attributes:
        city: the city whose subgraph was asked.
    """

    city: City
    _places: dict[str, City] = field(default_factory=dict)
    _last_provenance: Provenance | None = None
    _last_source: Source | None = None

    def place(self, code: str | None) -> City | None:
        """A city by its code; None stays None."""
        if code is None or code == self.city.code:
            return None if code is None else self.city
        place = self._places.get(code)
        if place is None:
            place = self._places[code] = City(code=strawberry.ID(code), name=place_name(code))
        return place

    def source(self, provenance: Provenance) -> Source:
        """Where a record comes from; remembered for the answer's as-of time."""
        # Records of one batch share their provenance.
        if provenance is not self._last_provenance or self._last_source is None:
            self._last_provenance = provenance
            self._last_source = Source(system=provenance.system, as_of=DateTime(provenance.as_of))
            if self.as_of is None or _is_earlier(provenance.as_of, self.as_of):
                self.as_of = provenance.as_of
        return self._last_source


def _is_earlier(moment: str, other: str) -> bool:
    return datetime.fromisoformat(moment) < datetime.fromisoformat(other)
