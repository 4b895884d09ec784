"""Repeated entities: an entity that many places of one path hold in the same words is kept once.

Twenty reviews of five products bring twenty objects `{"__typename": "Product", "upc": …}`, of which five differ. What
is equal stays equal, for all places of a path get the same data later: so equal objects become one when they are
found, and from then on that one is found, merged into and completed. For `reviews.product` with the key `upc` the
generated function reads

    def unify(parents):
     found = step(parents)
     try:
      if len(found) <= MEAN_REPEATS * len({value.get('upc') for value in found}): return found
     except TypeError: return found
     found = []
     known, words = {}, {}
     for holder in parents:
      value = holder.get('product')
      if value.__class__ is not dict: continue
      try:
       key = value.get('upc')
       first = known.get(key)
       if first is None:
        known[key] = holder['product'] = Repeated(value)
       elif value is first.fields or dumps(value) == (words.get(key) or words.setdefault(key, dumps(first.fields))):
        holder['product'] = first
        continue
      except TypeError: pass
      found.append(value)
     return found
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from operator import eq
from typing import TypeAlias

import orjson

from federation.executor.generated import SourceWriter, build_functions
from federation.executor.ownership import Ownership
from federation.executor.paths import FlatPath, flatten_path
from federation.executor.repeated import Repeated
from federation.executor.subgraph_client import JsonValue
from federation.query_plan.nodes import (
    EntityCall,
    FieldSegment,
    ListSegment,
    QueryPlan,
    RequiredField,
    RequiredSelection,
    ResponsePath,
    TypeSegment,
)

#: Entities that repeat less often on average are left apart. Measured: pairs of small objects cost what they save.
MEAN_REPEATS = 2
#: Gives the objects at the end of one more hop of a path.
Step: TypeAlias = Callable[[list[JsonValue]], list[JsonValue]]
#: `unify(parents)` finds the objects at a path, as a step of its walk does; of equal ones only the first.
Unify: TypeAlias = Callable[[list[JsonValue]], list[JsonValue]]
#: Fields by which repeated entities are looked up: leaves of their key.
KeyFields: TypeAlias = tuple[str, ...]


def repeating_paths(plan: QueryPlan, ownership: Ownership) -> dict[ResponsePath, KeyFields]:
    """The paths at which equal entities may become one.

    Everything found at such a path has to be found by one step of the walks, brought by one fetch, and given the same
    data later; contextual values differ by what stands above an entity.
    """
    calls = [call for fetch in plan.fetches for call in fetch.entity_calls]
    if any(call.contextual_values for call in calls):
        return {}
    paths = [path for call in calls for path in call.paths] + [fetch.path for fetch in plan.fetches]
    hops = {path[:end] for path in paths for end in _hop_ends(path)}
    ways = Counter(flatten_path(hop) for hop in hops)

    def is_alone(path: ResponsePath) -> bool:
        place = flatten_path(path)
        return ways[place] == 1 and place not in ownership.shared and len(ownership.bringing.get(place, ())) == 1

    # The first call at a path is the one whose key is there already when the path is first walked.
    known = ((path, _key_fields(call)) for call in reversed(calls) for path in call.paths)
    # What is at, above or below a streamed list is found twice, and what was unified once cannot be found again.
    streamed = [flatten_path(stream.path) for stream in plan.streamed]

    def is_found_once(place: FlatPath) -> bool:
        return not any(all(map(eq, place, other)) for other in streamed)

    return {
        path: keys
        for path, keys in known
        if keys and _is_held_by_field(path) and is_alone(path) and is_found_once(flatten_path(path))
    }


def _hop_ends(path: ResponsePath) -> Iterator[int]:
    """Where in `path` a field ends, together with the lists it holds."""
    ends = range(1, len(path) + 1)
    return (
        end
        for end in ends
        if not isinstance(path[end - 1], TypeSegment) and not (end < len(path) and isinstance(path[end], ListSegment))
    )


def _is_held_by_field(path: ResponsePath) -> bool:
    """Whether its objects are values of a field, or the items of its lists; lists of lists are rare."""
    return isinstance(path[-2] if _ends_in_list(path) else path[-1], FieldSegment)


def _ends_in_list(path: ResponsePath) -> bool:
    return len(path) > 1 and isinstance(path[-1], ListSegment)


def _key_fields(call: EntityCall) -> KeyFields:
    """The leaves that all representations of `call` have; empty if there are none."""
    selected = [set(_leaves(fragment.selections)) for fragment in call.requires]
    return tuple(sorted(set.intersection(*selected))) if selected else ()


def _leaves(selections: Iterable[RequiredSelection]) -> Iterator[str]:
    for selection in selections:
        if isinstance(selection, RequiredField) and not selection.selections and selection.name != "__typename":
            yield selection.response_name


def compile_unify(path: ResponsePath, keys: KeyFields, step: Step) -> Unify:
    """The function that finds the objects at `path`, as `step` does, and unifies them."""
    writer = SourceWriter()
    segment = path[-2] if _ends_in_list(path) else path[-1]
    assert isinstance(segment, FieldSegment)  # noqa: S101  (paths of `repeating_paths` end so)
    key = ", ".join(f"value.get({name!r})" for name in keys)
    key = f"({key})" if len(keys) > 1 else key
    with writer.block("def unify(parents):"):
        _write_test(writer, key)
        writer.line("found = []\nknown, words = {}, {}")
        if _ends_in_list(path):
            with writer.block("for parent in parents:"):
                writer.line(f"holder = parent.get({segment.name!r})\nif holder.__class__ is not list: continue")
                with writer.block("for where, value in enumerate(holder):"):
                    _write_unification(writer, "where", key)
        else:
            with writer.block("for holder in parents:"):
                writer.line(f"value = holder.get({segment.name!r})")
                _write_unification(writer, repr(segment.name), key)
        writer.line("return found")
    constants = {"MEAN_REPEATS": MEAN_REPEATS, "Repeated": Repeated, "dumps": orjson.dumps, "step": step}
    unify: Unify = build_functions(writer.text(), constants, "<repeats>")["unify"]
    return unify


def _write_test(writer: SourceWriter, key: str) -> None:
    writer.line("found = step(parents)")
    with writer.block("try:"):
        writer.line(f"if len(found) <= MEAN_REPEATS * len({{{key} for value in found}}): return found")
    writer.line("except TypeError: return found")


def _write_unification(writer: SourceWriter, where: str, key: str) -> None:
    """Of one `value`, which stands at `where` in its `holder`.

    Equal are objects of the same bytes: in Python true equals 1 and 1.0. An object that orjson cannot write, with
    numbers beyond 64 bits or repeated objects in it, stays by itself.
    """
    line, block = writer.line, writer.block
    line("if value.__class__ is not dict: continue")
    with block("try:"):
        line(f"key = {key}\nfirst = known.get(key)")
        line(f"if first is None: known[key] = holder[{where}] = Repeated(value)")
        # What was decoded once is known to be the same without a look at its bytes.
        in_the_same_words = "dumps(value) == (words.get(key) or words.setdefault(key, dumps(first.fields)))"
        with block(f"elif value is first.fields or {in_the_same_words}:"):
            line(f"holder[{where}] = first\ncontinue")
    line("except TypeError: pass\nfound.append(value)")
