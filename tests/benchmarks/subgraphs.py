"""CPU time of a subgraph that answers 1,000 entities, beside plain Strawberry over the same types and data.

Both answer the same `_entities` operation. Plain Strawberry parses and validates it every time, resolves one reference
after the other and completes field by field, as it does when nothing is configured.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
import strawberry

from subgraphs.command import settle_memory
from subgraphs.shared.person_key import PlatformKeys
from subgraphs.shared.subgraph import Domain, FederationQuery, Subgraph, SubgraphSchema
from tests.subgraphs.conftest import HANGZHOU, NOW, schema
from tests.subgraphs.records import card
from tests.subgraphs.sources import MemorySource

ENTITIES = 1_000
ROUNDS = 15

KEYS = PlatformKeys(bytes(range(64)))
IDS = [f"3301991958{number:07}5" for number in range(ENTITIES)]


def main() -> None:
    """Print the table."""
    settle_memory()
    print(f"CPU milliseconds per {ENTITIES} entities, JSON text included, best of {ROUNDS}")
    print(f"{'':24}{'Strawberry':>12}{'subgraph':>12}{'ratio':>8}")
    for fields in (5, 20):
        plain, ours = asyncio.run(_plain_fields(fields))
        print(f"{fields:>3} plain fields{'':9}{plain:12.1f}{ours:12.2f}{plain / ours:8.1f}")
    print(f"cards of people{'':9}{'':12}{asyncio.run(_cards_of_people(IDS)):12.2f}")
    print(f"cards of one person{'':5}{'':12}{asyncio.run(_cards_of_people(IDS[:1])):12.2f}")
    print(f"identifiers, made{'':7}{'':12}{_identifiers(IDS, KEYS.person_id):12.2f}")
    tokens = [KEYS.person_id(national_id) for national_id in IDS]
    print(f"identifiers, opened{'':5}{'':12}{_identifiers(tokens, KEYS.national_id):12.2f}")


@strawberry.type
class _Query(FederationQuery):
    nothing: str | None = None


async def _plain_fields(fields: int) -> tuple[float, float]:
    names = [f"field{number}" for number in range(fields)]
    entity_type = _entity_type(names)
    items = {str(number): entity_type(id=str(number), **dict.fromkeys(names, "value")) for number in range(ENTITIES)}
    entity_type.resolve_reference = classmethod(lambda _, **key: items[key["id"]])
    query = f"query($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on Item {{ id {' '.join(names)} }} }} }}"
    representations = [{"__typename": "Item", "id": number} for number in items]

    async def batch(_: object, wanted: Sequence[Any]) -> Sequence[object]:
        return [items[one["id"]] for one in wanted]

    plain = strawberry.federation.Schema(query=_Query, types=[entity_type])
    domain = Domain("items", _Query, (entity_type,), {"Item": batch}, lambda *_: None)
    subgraph = Subgraph(SubgraphSchema(domain, plain.as_str()), HANGZHOU, (), KEYS, lambda: NOW)

    async def ask_plain() -> None:
        # Strawberry takes `__typename` out of the caller's own representations.
        result = await plain.execute(query, variable_values={"r": [dict(one) for one in representations]})
        assert not result.errors
        orjson.dumps({"data": result.data})

    async def ask_ours() -> None:
        answer = await subgraph.execute(query, {"r": representations})
        assert "errors" not in answer
        orjson.dumps(answer)

    return await _milliseconds(ask_plain), await _milliseconds(ask_ours)


async def _cards_of_people(people: Sequence[str]) -> float:
    cards = {national_id: [card(national_id, f"A{number:08}")] for number, national_id in enumerate(people)}

    class Indexed(MemorySource):
        async def cards(self, ids: Sequence[str]) -> Any:
            return {national_id: cards[national_id] for national_id in ids}

    subgraph = Subgraph(schema("cards"), HANGZHOU, [Indexed()], KEYS, lambda: NOW)
    query = """query($r: [_Any!]!) { _entities(representations: $r) { ... on Person {
        cards { number city { code } issuedOn socialFunction { status } bankFunction { status bank { name } } } } } }"""
    representations = [{"__typename": "Person", "id": KEYS.person_id(national_id)} for national_id in people]

    async def ask() -> None:
        answer = await subgraph.execute(query, {"r": representations})
        assert "errors" not in answer
        orjson.dumps(answer)

    return await _milliseconds(ask)


def _entity_type(names: Sequence[str]) -> Any:
    annotations = {"id": strawberry.ID, **dict.fromkeys(names, str)}
    return strawberry.federation.type(type("Item", (), {"__annotations__": annotations}), keys=["id"])


def _identifiers(values: Sequence[str], convert: Callable[[Any], object]) -> float:
    def convert_all() -> float:
        started = time.process_time()
        for value in values:
            convert(value)
        return (time.process_time() - started) * 1_000

    return min(convert_all() for _ in range(ROUNDS))


async def _milliseconds(ask: Callable[[], Awaitable[None]]) -> float:
    await ask()
    gc.collect()
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        await ask()
        best = min(best, time.process_time() - started)
    return best * 1_000
