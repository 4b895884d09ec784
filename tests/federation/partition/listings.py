"""A small domain whose connections page both ways: people whom several cities list, and visits that are one city's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.partition import PartitionedClient
from tests.federation.partition.cities import MemoryCity, down, partitioned, request_for
from tests.federation.partition.contracts import CITIES, read_contract

SDL = (Path(__file__).parent / "listings.graphql").read_text(encoding="utf-8")
CONTRACTS = {count: read_contract(SDL, count) for count in (1, 2, 3, 4)}
DAYS = ("2026-01-01", "2026-01-02", "2026-01-03", None)
#: By city, in its own order of equal days: the id and day of each row. A row with a negative id has a place but is not
#: shown, as another entry of the same person.
Registers = Sequence[Sequence[tuple[int, str | None]]]


@dataclass(frozen=True, slots=True)
class Rows:
    """One page as a client sees it."""

    ids: list[str]
    days: list[str | None]
    cursors: list[str]
    info: Mapping[str, Any]


class ListingCity:
    """A city that pages by the Relay specification, at most `most` rows at once; unreachable while `is_down`."""

    def __init__(self, city: str, rows: Sequence[tuple[int, str | None]], most: int = 99) -> None:
        self.is_down = False
        known = sorted(rows, key=lambda row: (row[1] is None, row[1] or ""))
        youngest = sorted(rows, key=lambda row: (row[1] is None, [-ord(digit) for digit in row[1] or ""]))
        self.people = [_person(city, *row) for row in known]
        root = {
            "people": _Listing(self.people, most),
            "youngest": _Listing([_person(city, *row) for row in youngest], most),
            "visits": _Listing([_visit(city, *row) for row in known], most),
        }
        self.memory = MemoryCity(CONTRACTS[1].schema, root)

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        return await (down() if self.is_down else self.memory).execute(request)


@dataclass(frozen=True, slots=True)
class _Listing:
    rows: list[dict[str, Any]]
    most: int

    def __call__(
        self, first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
    ) -> dict[str, Any]:
        assert first is None or last is None, "no default of first stands beside last"
        numbers = {row["id"]: number for number, row in enumerate(self.rows)}
        start = 0 if after is None else numbers[after] + 1
        end = len(self.rows) if before is None else numbers[before]
        size = min(self.most, 99 if first is None and last is None else (first or last or 0))
        start, end = (start, min(end, start + size)) if last is None else (max(start, end - size), end)
        rows = self.rows[start:end]
        shown = [row for row in rows if "-" not in row["id"]]
        return {
            "edges": [{"cursor": row["id"], "node": row} for row in shown],
            "nodes": shown,
            "pageInfo": {
                "hasNextPage": end < len(self.rows),
                "hasPreviousPage": start > 0,
                "startCursor": rows[0]["id"] if rows else None,
                "endCursor": rows[-1]["id"] if rows else None,
            },
            "totalCount": len(self.rows),
        }


def listing(registers: Registers, most: int = 99) -> tuple[PartitionedClient, list[ListingCity]]:
    """The domain over cities with these registers."""
    cities = [ListingCity(code, rows, most) for (code, _), rows in zip(CITIES, registers, strict=False)]
    return partitioned(CONTRACTS[len(cities)], *cities), cities


async def page(client: PartitionedClient, field: str, **arguments: Any) -> Rows | None:
    """One page of a field; None where no city answers."""
    response = await client.execute(replace(_REQUESTS[field], variables={"first": None, **arguments}))
    connection = response.data[field]
    if connection is None:
        return None
    nodes = [edge["node"] for edge in connection["edges"]]
    cursors = [edge["cursor"] for edge in connection["edges"]]
    return Rows([node["id"] for node in nodes], [node["day"] for node in nodes], cursors, connection["pageInfo"])


def _request(field: str, day: str) -> SubgraphRequest:
    info = "pageInfo{hasNextPage hasPreviousPage startCursor endCursor}"
    given = "first: $first, after: $after, last: $last, before: $before"
    names = "$first: Int, $after: String, $last: Int, $before: String"
    return request_for(f"query({names}) {{{field}({given}) {{edges{{cursor node{{id day: {day}}}}} {info}}}}}")


# Programs are kept by operation: one each, so that pages are cheap.
_REQUESTS = {field: _request(field, day) for field, day in (("people", "born"), ("youngest", "born"), ("visits", "on"))}


def limited(cities: Sequence[ListingCity], lost: Sequence[bool]) -> None:
    """Let some cities be unreachable."""
    for city, is_lost in zip(cities, lost, strict=True):
        city.is_down = is_lost


def random_registers(random: Random, days: Sequence[str | None] = DAYS, size: int = 12) -> Registers:
    """People of up to four cities, who are in one or several of them under one birth date; some rows are not shown.

    Where there are days for all, no two people have the same.
    """
    count, size = random.randint(1, 4), random.randint(0, size)
    born = random.sample(days, size) if size <= len(days) else random.choices(days, k=size)
    known = [random.sample(range(count), random.randint(1, count)) for _ in born]
    registers = []
    for city in range(count):
        people = [(number, born[number]) for number in range(size) if city in known[number]]
        hidden = [(-1 - number, random.choice(days)) for number in range(random.randint(0, 2))]
        registers.append(random.sample(people + hidden, len(people + hidden)))
    return registers


def _person(city: str, number: int, day: str | None) -> dict[str, Any]:
    return {"__typename": "Person", "id": str(number), "born": day, "cities": [city]}


def _visit(city: str, number: int, day: str | None) -> dict[str, Any]:
    return {"__typename": "Visit", "id": f"{city}_{number}", "city": city, "on": day}
