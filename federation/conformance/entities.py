"""`_entities`: one by one and together, in their places, with nulls, doubles, unknown types, and very many."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from federation.conformance.ask import Reply
from federation.conformance.matrix import Row, Verdict, counted
from federation.conformance.selection import Selections, key_text, select
from federation.conformance.subject import UNKNOWN_CITY, Subject

_REFERENCE = "https://www.apollographql.com/docs/graphos/reference/federation/subgraph-spec, Query._entities"
#: As many as the gateway sends for a page of fifty rows with twenty entities each.
LARGE_BATCH = 1_000
_UNKNOWN_TYPE = "NoSuchType"


async def check_entities(subject: Subject) -> AsyncIterator[Row]:
    """Rows for each key of the contract, then for all together."""
    types = list(subject.contract.keys)
    if not types:
        return
    for name in types:
        yield await _known(subject, name)
        yield await _unknown(subject, name)
        if name in subject.contract.subgraph.partition_keys:
            yield await _elsewhere(subject, name)
    yield await _empty(subject)
    yield await _together(subject, types)
    yield await _unknown_type(subject, types)
    yield await _many(subject, types)


def known_representations(subject: Subject, name: str) -> list[dict[str, Any]]:
    """What was given for the type, and what earlier answers had."""
    given = [{**each, "__typename": name} for each in subject.known.entities.get(name, ())]
    return [*given, *(each for each in subject.observation.entities.get(name, []) if each not in given)]


async def _known(subject: Subject, name: str) -> Row:
    where = (f"{name} @key({key_text(subject.key_of(name))})", "known entities")
    representations = known_representations(subject, name)
    if not representations:
        return Row(*where, Verdict.UNASKED, "no entity is known; give one, e.g. with --entity")
    below = select(subject.contract, name)
    reply, found = await _ask(subject, representations, below)
    problem = _count_problem(reply, found, len(representations))
    if problem is None:
        wrong = [each for entity in found for each in subject.observation.note_entity(below, entity)]
        absent = sum(entity is None for entity in found)
        problem = f"errors: {', '.join(reply.codes)}" if reply.codes else next(iter(wrong), None)
        if problem is None and absent:
            problem = f"{absent} of {len(found)} are null, although they are known"
    remedy = f"give every field of {name} for keys that the city has"
    return subject.row(where, reply, problem, counted(len(found), "entity", "entities"), remedy)


async def _unknown(subject: Subject, name: str) -> Row:
    where = (f"{name} @key({key_text(subject.key_of(name))})", "unknown key")
    reply, found = await _ask(subject, [subject.unknown_representation(name)], select(subject.contract, name))
    problem = _count_problem(reply, found, 1)
    seen = f"refused: {', '.join(reply.codes)}" if reply.codes else "null" if found == [None] else "an empty entity"
    return subject.row(where, reply, problem, seen, "give null in the place of a key that nobody has")


async def _elsewhere(subject: Subject, name: str) -> Row:
    where = (f"{name} @partitionKey", "another city")
    known = known_representations(subject, name)[:1] or [subject.unknown_representation(name)]
    representation = subject.with_city(name, known[0], UNKNOWN_CITY)
    reply, found = await _ask(subject, [representation], select(subject.contract, name))
    problem = _count_problem(reply, found, 1)
    if problem is None and found != [None]:
        problem = "an entity of a city that it is not"
    return subject.row(where, reply, problem, "null", f"give null for a {name} whose city is another")


async def _empty(subject: Subject) -> Row:
    reply, found = await _ask(subject, [], None)
    problem = (
        None if reply.is_whole and found == [] else f"errors: {', '.join(reply.codes)}" if reply.codes else "no list"
    )
    remedy = "answer an empty list with an empty list"
    return subject.row(("Query._entities", "no representation"), reply, problem, "an empty list", remedy)


async def _together(subject: Subject, types: Sequence[str]) -> Row:
    """Known and unknown ones of all types in one call, the first once more at the end."""
    where = ("Query._entities", "order, nulls, doubles")
    known = [each for name in types for each in known_representations(subject, name)[:3]]
    unknown = [subject.unknown_representation(name) for name in types]
    batch = [each for pair in _zipped(unknown, known) for each in pair]
    batch = [*batch, *batch[:2]]
    reply, found = await _ask(subject, batch, _keys(subject, types))
    problem = _count_problem(reply, found, len(batch)) or _order_problem(batch, found)
    if problem is None and found[:2] != found[-2:]:
        problem = "other answers for the same representation"
    remedy = f"answer each representation in its place: {_REFERENCE}"
    return subject.row(where, reply, problem, f"{len(batch)} in their places", remedy)


async def _unknown_type(subject: Subject, types: Sequence[str]) -> Row:
    where = ("Query._entities", "unknown __typename")
    known = next((each for name in types for each in known_representations(subject, name)), None)
    own = known or subject.unknown_representation(types[0])
    reply, found = await _ask(subject, [own, {"__typename": _UNKNOWN_TYPE, "id": "0"}], _keys(subject, types))
    remedy = "give null in that place, so that the other representations are answered"
    if reply.data is None or len(found) != 2:
        return Row(
            *where, Verdict.PARTLY, f"the whole call fails: {', '.join(reply.codes)}", remedy, reply.milliseconds
        )
    problem = None if found[1] is None else "an entity of a type that it does not have"
    if problem is None and known is not None and found[0] is None:
        problem = "the other representation is null, too"
    return subject.row(where, reply, problem, "null in its place", remedy)


async def _many(subject: Subject, types: Sequence[str]) -> Row:
    where = ("Query._entities", f"{LARGE_BATCH} representations")
    known = [each for name in types for each in known_representations(subject, name)]
    kinds = known or [subject.unknown_representation(name) for name in types]
    batch = [kinds[number % len(kinds)] for number in range(LARGE_BATCH)]
    reply, found = await _ask(subject, batch, _keys(subject, types))
    if reply.data is None or reply.codes:
        remedy = "answer a large batch, or have the gateway send smaller ones"
        seen = f"refused: {', '.join(reply.codes)}"
        return Row(*where, Verdict.PARTLY if reply.is_coded else Verdict.NOT, seen, remedy, reply.milliseconds)
    problem = _count_problem(reply, found, LARGE_BATCH) or _order_problem(batch, found)
    return subject.row(
        where, reply, problem, counted(len(found), "entity", "entities"), "answer every representation in its place"
    )


async def _ask(
    subject: Subject, representations: Sequence[Mapping[str, Any]], below: Selections | None
) -> tuple[Reply, list[Any]]:
    fragments = "" if below is None else " ".join(below.fragments())
    reply = await subject.asker.entities(representations, fragments)
    found = (reply.data or {}).get("_entities")
    return reply, found if isinstance(found, list) else []


def _keys(subject: Subject, types: Sequence[str]) -> Selections:
    """The keys alone."""
    return select(subject.contract, *types, depth=1)


def _zipped(first: Sequence[Any], second: Sequence[Any]) -> list[tuple[Any, ...]]:
    longest = max(len(first), len(second))
    return [(*first[index : index + 1], *second[index : index + 1]) for index in range(longest)]


def _count_problem(reply: Reply, found: Sequence[Any], count: int) -> str | None:
    if reply.data is None:
        return f"the whole call fails: {', '.join(reply.codes)}"
    return None if len(found) == count else f"{len(found)} entities for {count} representations"


def _order_problem(batch: Sequence[Mapping[str, Any]], found: Sequence[Any]) -> str | None:
    """An entity in the place of another one, as far as type and leaves of the key tell."""
    for representation, entity in zip(batch, found, strict=True):
        if entity is None:
            continue
        if not isinstance(entity, Mapping) or entity.get("__typename") != representation["__typename"]:
            return "an entity of another type in a representation's place"
        leaves = {name: value for name, value in representation.items() if not isinstance(value, Mapping)}
        if any(name in entity and entity[name] != value for name, value in leaves.items()):
            return "another entity in a representation's place"
    return None
