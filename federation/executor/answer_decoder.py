"""The answers to one fetch, decoded: of an entity that stands there many times in the same bytes, only the first time.

Where entities may repeat (`repeats` says where) msgspec leaves the bytes of each object as they are. Each that differs
is decoded, with what repeats inside it in the same way, and stands as one object at all of its places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Any, TypeAlias, TypedDict

from msgspec import Raw

from federation.executor.encoding import decode, decoder_of, has_many_decimals
from federation.executor.ownership import Contribution
from federation.executor.paths import FlatPath, flatten_path
from federation.executor.repeats import MEAN_REPEATS, Step
from federation.executor.selections import read_keys
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.executor.walks import compile_steps
from federation.query_plan.nodes import FieldSegment, ListSegment, ResponsePath, TypeSegment

#: In shorter answers there is nothing to save.
_MIN_BYTES = 2048
#: The first of so many answers tells how the others are decoded: plainly from one on in which little repeats. Measured:
#: where nothing repeats, decoding in this way takes twice as long, and five times where all objects are tiny.
_ANSWERS_PER_LOOK = 256
#: Objects are looked up by their beginnings, where their keys are.
_START_BYTES = 128
_Keys: TypeAlias = Mapping[FlatPath, tuple[str, ...]]


def repeated_in_answer(part: Contribution, repeating: Iterable[ResponsePath]) -> Iterator[ResponsePath]:
    """The paths, in the answer that brings `part`, at which equal entities may become one.

    They are `repeating` wherever the part is merged. Keys that are renamed later, and fields that only some types have,
    are left alone: rarely would anything repeat there.
    """
    known = frozenset(repeating)
    first = part.paths[0]
    head = () if part.response_name is None else (FieldSegment(part.response_name), ListSegment())
    for path in repeating:
        inner = path[len(first) :]
        is_brought = path[: len(first)] == first and not part.rewritten and flatten_path(inner) in part.objects
        if is_brought and _is_plain(inner) and all((*other, *inner) in known for other in part.paths):
            yield (*head, *inner)


def _is_plain(path: ResponsePath) -> bool:
    return isinstance(path[0], FieldSegment) and not any(isinstance(segment, TypeSegment) for segment in path)


class AnswerDecoder:
    """Decodes the answers to one operation. Not for use by several threads."""

    __slots__ = ("_answers", "_is_repetitive", "_operation", "_read", "_repeated")

    def __init__(self, operation: str, repeated: Iterable[ResponsePath]) -> None:
        """`repeated`: the paths in the answer's data at which equal objects may become one."""
        self._operation = operation
        self._repeated = tuple(repeated)
        self._read: _RepeatsReader | None = None
        self._answers = 0
        self._is_repetitive = False

    def __call__(self, body: bytes) -> JsonValue:
        """`body` as JSON; fields that the operation does not ask for may be left out. Raises ValueError."""
        if len(body) < _MIN_BYTES or not self._is_worth_a_try(body):
            return decode(body)
        if self._read is None:
            self._read = _RepeatsReader(read_keys(self._operation), self._repeated)
        tally = _Tally()
        try:
            return self._read(body, tally)
        except (ValueError, RecursionError):  # not of the operation's shape, or no JSON
            return decode(body)
        finally:
            self._is_repetitive = tally.objects > MEAN_REPEATS * tally.different

    def _is_worth_a_try(self, body: bytes) -> bool:
        self._answers += 1
        if self._answers % _ANSWERS_PER_LOOK == 1:
            self._is_repetitive = not has_many_decimals(body)
        return self._is_repetitive


@dataclass(slots=True)
class _Tally:
    """How many objects there were in one answer where they may repeat, and how many different ones."""

    objects: int = 0
    different: int = 0


class _RepeatsReader:
    """Reads answers of the shape that the operation has."""

    def __init__(self, keys: _Keys, repeated: Iterable[ResponsePath]) -> None:
        data = _read_tree(repeated)
        fields = {"data": _object_type(data, keys, ()) | None, "errors": Any, "extensions": Any}
        self._decode = decoder_of(_make_type(fields))
        self._places = tuple(_places_below(data, keys, ()))

    def __call__(self, body: bytes, tally: _Tally) -> JsonValue:
        """Raises ValueError and RecursionError."""
        answer: ResponseObject = self._decode(body)
        data = answer.get("data")
        if data is not None:
            for place in self._places:
                place.unify([data], tally)
        return answer


@dataclass(frozen=True, slots=True)
class _Place:
    """One place where objects may repeat, below the data or below another one.

    Attributes:
        walk, name: lead to the objects that hold them, and to the field in these.
        is_list: whether the field holds a list of them.
        decode: reads one of them.
        inner: the places inside them.
    """

    walk: Step
    name: str
    is_list: bool
    decode: Callable[[bytes], JsonValue]
    inner: tuple[_Place, ...]

    def unify(self, parents: list[ResponseObject], tally: _Tally) -> None:
        """Put objects into the places that hold their bytes, equal ones only once."""
        name = self.name
        holders = [holder for holder in self.walk(parents) if holder.get(name) is not None]
        if self.is_list:
            texts = [bytes(item) for holder in holders for item in holder[name]]
        else:
            texts = [bytes(holder[name]) for holder in holders]
        values, different = _decode_each_once(texts, self.decode)
        if self.is_list:
            items = iter(values)
            for holder in holders:
                holder[name] = list(islice(items, len(holder[name])))
        else:
            for holder, value in zip(holders, values, strict=True):
                holder[name] = value
        tally.objects += len(texts)
        tally.different += len(different)
        for place in self.inner:
            place.unify([value for value in different if value.__class__ is dict], tally)


def _decode_each_once(
    texts: list[bytes], decode_object: Callable[[bytes], JsonValue]
) -> tuple[list[JsonValue], list[JsonValue]]:
    """The objects of all `texts`, and those that are not the same as an earlier one."""
    known: dict[bytes, tuple[bytes, JsonValue]] = {}
    values, different = [], []
    for text in texts:
        # To hash the whole of large objects would cost as much as a tenth of decoding them.
        start = text[:_START_BYTES]
        first = known.get(start)
        if first is None or first[0] != text:
            first = known[start] = (text, decode_object(text))
            different.append(first[1])
        values.append(first[1])
    return values, different


@dataclass(slots=True)
class _Node:
    """A field on the way to a place where objects may repeat, with so many lists around its objects."""

    lists: int = 0
    is_repeated: bool = False
    fields: dict[str, _Node] = field(default_factory=dict)


def _read_tree(paths: Iterable[ResponsePath]) -> _Node:
    root = _Node()
    for path in paths:
        node = root
        for position, segment in enumerate(path):
            if isinstance(segment, FieldSegment):
                node = node.fields.setdefault(segment.name, _Node())
                node.lists = len(list(takewhile(lambda one: isinstance(one, ListSegment), path[position + 1 :])))
        node.is_repeated = True
    return root


def _object_type(node: _Node, keys: _Keys, place: FlatPath) -> Any:
    """The type of the objects at `place`: all fields are as they come but those that lead to what may repeat."""
    inner = {name: _field_type(child, keys, (*place, name)) for name, child in node.fields.items()}
    return _make_type(dict.fromkeys(keys[place], Any) | inner)


def _field_type(node: _Node, keys: _Keys, place: FlatPath) -> Any:
    made = Raw if node.is_repeated else _object_type(node, keys, place) | None
    for _ in range(node.lists):
        made = list[made] | None  # type: ignore[valid-type]
    return made


def _make_type(fields: Mapping[str, Any]) -> Any:
    make: Any = TypedDict
    return make("Object", fields, total=False)


def _places_below(node: _Node, keys: _Keys, place: FlatPath, way: ResponsePath = ()) -> Iterator[_Place]:
    """The places below `place` that are in no other; `way` leads there from the last one."""
    for name, child in node.fields.items():
        inner = (*place, name)
        if child.is_repeated:
            decode_object = decoder_of(_object_type(child, keys, inner) | None if child.fields else Any)
            yield _Place(
                compile_steps(way), name, child.lists > 0, decode_object, tuple(_places_below(child, keys, inner))
            )
        else:
            lists = (ListSegment(),) * child.lists
            yield from _places_below(child, keys, inner, (*way, FieldSegment(name), *lists))
