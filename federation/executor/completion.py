"""What the projection calls when a value is not what the API schema promises: the slow path of completion.

A place in the answer is a chain `(outer place, response key or None, list or None)`: the key of a field, and for a
list also the items completed so far, whose number is the position of the item at hand. The fast path makes one such
tuple per object or list and none per item; only an error walks the chain.
Source: https://spec.graphql.org/draft/#sec-Handling-Execution-Errors
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from graphql import GraphQLError, GraphQLScalarType
from orjson import Fragment

from federation.executor.encoding import encode
from federation.executor.errors import ErrorCode, ErrorPath
from federation.executor.repeated import Repeated
from federation.executor.subgraph_client import JsonValue, ResponseObject

Place: TypeAlias = tuple["Place", str | None, Sized | None] | None

NOTHING_UNKNOWN: Mapping[int, ResponseObject] = MappingProxyType({})


def locate_place(place: Place, key: str | None) -> ErrorPath:
    """The path of the field `key` of the object at `place`; without a key, of the item at hand of the list there."""
    steps: list[str | int] = [] if key is None else [key]
    while place is not None:
        place, name, items = place
        if items is not None:
            steps.append(len(items))
        if name is not None:
            steps.append(name)
    return tuple(reversed(steps))


@dataclass(frozen=True, slots=True)
class HiddenTypes:
    """The object types of the supergraph that the API schema leaves out, for a position of `abstract_type`."""

    abstract_type: str
    types: frozenset[str]


class Completion:
    """The errors of completing one answer.

    Every method takes the place of a value that is not as promised and gives what stands there instead. Values
    themselves never enter a message.

    Attributes:
        unknown: objects that a subgraph, asked for them as entities, answered with null, by `id`. Where the schema lets
            such an object be null, what it lacks makes null of it without an error: its subgraph said so.
        troubles: how often so far something depended on its place: an error, or a null that one explains.
    """

    __slots__ = ("_explained", "_explained_below", "_is_for_encoding", "errors", "introspection", "troubles", "unknown")

    def __init__(
        self,
        explained: Iterable[ErrorPath],
        introspection: ResponseObject,
        unknown: Mapping[int, ResponseObject] = NOTHING_UNKNOWN,
        *,
        is_for_encoding: bool = False,
    ) -> None:
        """`explained`: places for which the answer has errors already, so that a null there needs no second one.

        `is_for_encoding` says that nobody will look into the answer before it is encoded: what is in it several times
        may be encoded beforehand.
        """
        self._is_for_encoding = is_for_encoding
        self.errors: list[ResponseObject] = []
        self.introspection = introspection
        self.unknown = unknown
        self.troubles = 0
        self._explained: set[ErrorPath] = set()
        self._explained_below: set[ErrorPath] = set()
        self.explain(explained)

    def explain(self, places: Iterable[ErrorPath]) -> None:
        """Note places for which the answer has errors already."""
        for path in places:
            self._explain(path)

    def null(self, place: Place, key: str | None, coordinate: str, parent: ResponseObject | None = None) -> None:
        """A null where the schema allows none: an error, unless one is known at, above or below this place.

        It needs none either in a `parent` that its subgraph does not know.
        """
        self.troubles += 1
        if self.may_vanish(parent):
            return
        path = locate_place(place, key)
        is_explained = path in self._explained_below or any(
            path[:length] in self._explained for length in range(len(path))
        )
        if not is_explained:
            self._report(path, f"Cannot return null for non-nullable field {coordinate}.")

    def scalar(self, value: JsonValue, scalar: GraphQLScalarType, place: Place, key: str | None) -> JsonValue:
        """A value that is not of its scalar's usual class: coerced as the specification allows, else an error."""
        try:
            return scalar.coerce_output_value(value)
        except (GraphQLError, OverflowError):
            return self.mismatch(place, key, scalar.name)

    def mismatch(self, place: Place, key: str | None, name: str) -> None:
        """A value that is not of the type `name`."""
        self.troubles += 1
        self._report(locate_place(place, key), f"The value is not of type {name}.")

    def unknown_type(self, value: ResponseObject, place: Place, key: str | None, hidden: HiddenTypes) -> None:
        """An object whose type is not in the API schema: no error when the supergraph knows it, for it is hidden.

        Nor where the subgraph that knows the types behind an interface object does not know this one.
        """
        self.troubles += 1
        typename = value.get("__typename")
        is_hidden = isinstance(typename, str) and typename in hidden.types
        if not is_hidden and not self.may_vanish(value):
            self.mismatch(place, key, hidden.abstract_type)

    def may_vanish(self, value: ResponseObject | None) -> bool:
        """Whether an object may become null without an error."""
        return id(value) in self.unknown

    def keep(self, repeated: Repeated, complete: object, completed: ResponseObject, troubles: int) -> JsonValue:
        """Keep what `complete` gave of a repeated object for its other places, unless there was trouble meanwhile.

        Gives what stands in the answer.
        """
        if self.troubles != troubles:
            return completed
        repeated.completed_by = complete
        repeated.completed = Fragment(encode(completed)) if self._is_for_encoding else completed
        return repeated.completed

    def _report(self, path: ErrorPath, message: str) -> None:
        self._explain(path)
        extensions = {"code": ErrorCode.RESPONSE_VALIDATION_FAILED.value}
        self.errors.append({"message": message, "path": list(path), "extensions": extensions})

    def _explain(self, path: ErrorPath) -> None:
        self._explained.add(path)
        self._explained_below.update(path[:length] for length in range(len(path) + 1))
