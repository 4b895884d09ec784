"""A page of pensions over 2 to 20 cities: partitioned subgraph against a hand-written Strawberry resolver.

Both ask cities that answer the same rows as JSON after `CITY_SECONDS`; both decode, merge by `dueOn` and encode the
answer. The resolver is what one would write for exactly this page: it gathers the cities, merges their rows and forms
one cursor; it has no partial answers, no reports, and one field fewer to ask for (`certification` is its order). The
plot is written to `docs/cities.svg`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from heapq import merge
from pathlib import Path
from statistics import linear_regression
from time import perf_counter, process_time
from typing import Any

import orjson
import strawberry
from strawberry.extensions import ParserCache, ValidationCache

from federation.executor.encoding import encode
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.partition import PartitionedClient
from tests.benchmarks._line_plot import Panel, line_plot
from tests.benchmarks.partition import COUNTS, pension_page
from tests.federation.partition.cities import request_for
from tests.federation.partition.contracts import CITIES, domain_sdl, read_contract

CITY_SECONDS = 0.002
ROUNDS = 40
REPEATS = 15
PLOT = Path("docs/cities.svg")
NAMES = ("partitioned subgraph", "Strawberry resolver by hand")
QUERY = """{ pensions(first: 50) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { city { code } pensionNumber status monthlyAmount { yuan } certification { dueOn } }
} }"""


class City:
    """One city's subgraph: gives the same bytes after a while, decoded anew each time."""

    def __init__(self, code: str) -> None:
        self._body = orjson.dumps({"data": pension_page(code)})

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        return SubgraphResponse((await self.fetch())["data"], is_exclusive=True)

    async def fetch(self) -> Any:
        await asyncio.sleep(CITY_SECONDS)
        return orjson.loads(self._body)


@strawberry.type
class Place:
    code: strawberry.ID


@strawberry.type
class Money:
    yuan: str


@strawberry.type
class Certification:
    due_on: str | None


@strawberry.type
class Pension:
    city: Place
    pension_number: strawberry.ID
    status: str
    monthly_amount: Money
    certification: Certification


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class PensionConnection:
    total_count: int
    page_info: PageInfo
    nodes: list[Pension]


@strawberry.type
class Query:
    @strawberry.field
    async def pensions(self, info: strawberry.Info, first: int = 50) -> PensionConnection:
        answers = await asyncio.gather(*(city.fetch() for city in info.context))
        pages = [answer["data"]["pensions"] for answer in answers]
        rows = list(merge(*(page["nodes"] for page in pages), key=lambda node: node["certification"]["dueOn"]))
        counts = [sum(row["city"] == page["nodes"][0]["city"] for row in rows[:first]) for page in pages]
        has_next = len(rows) > first or any(page["pageInfo"]["hasNextPage"] for page in pages)
        return PensionConnection(
            total_count=sum(page["totalCount"] for page in pages),
            page_info=PageInfo(has_next_page=has_next, end_cursor=orjson.dumps(counts).decode()),
            nodes=[
                Pension(
                    city=Place(code=row["city"]["code"]),
                    pension_number=row["pensionNumber"],
                    status=row["status"],
                    monthly_amount=Money(yuan=row["monthlyAmount"]["yuan"]),
                    certification=Certification(due_on=row["certification"]["dueOn"]),
                )
                for row in rows[:first]
            ],
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one query, in milliseconds."""

    cpu: float
    latency: float


def main() -> None:
    """Print CPU-ms and latency per query, one client, and how they grow; write the plot."""
    print(f"{'cities':>6}{'partitioned: CPU ms':>22}{'latency ms':>12}{'Strawberry: CPU ms':>22}{'latency ms':>12}")
    costs: list[tuple[Cost, Cost]] = []
    for count in COUNTS:
        costs.append(asyncio.run(_compare(count)))
        print(f"{count:>6}" + "".join(f"{cost.cpu:>22.2f}{cost.latency:>12.1f}" for cost in costs[-1]))
    for index, name in enumerate(NAMES):
        cpu = _growth([cost[index].cpu for cost in costs])
        latency = _growth([cost[index].latency for cost in costs])
        print(f"{name}: CPU {cpu[0]:.2f} + {cpu[1]:.3f} ms per city,", end=" ")
        print(f"latency {latency[0]:.1f} + {latency[1]:.2f} ms per city")
    PLOT.write_text(line_plot(_panels(costs)), "utf-8")


def _growth(values: list[float]) -> tuple[float, float]:
    """The straight line of least squares: its value for no city, and what a city adds."""
    slope, intercept = linear_regression(COUNTS, values)
    return intercept, slope


def _panels(costs: list[tuple[Cost, Cost]]) -> list[Panel]:
    def lines(read: Callable[[Cost], float]) -> dict[str, list[tuple[float, float]]]:
        return {
            name: [(count, read(cost[index])) for count, cost in zip(COUNTS, costs, strict=True)]
            for index, name in enumerate(NAMES)
        }

    return [
        Panel("CPU per query, ms", "cities", lines(lambda cost: cost.cpu)),
        Panel("latency of one client, ms", "cities", lines(lambda cost: cost.latency)),
    ]


async def _compare(count: int) -> tuple[Cost, Cost]:
    codes = [code for code, _ in CITIES[:count]]
    cities = [City(code) for code in codes]
    client = PartitionedClient(read_contract(domain_sdl("pensions"), count), dict(zip(codes, cities, strict=True)))
    parsed, validated = ParserCache(), ValidationCache()
    schema = strawberry.Schema(Query, extensions=[lambda: parsed, lambda: validated])
    ours, theirs = partial(_ask_client, client, request_for(QUERY)), partial(_ask_schema, schema, cities)
    assert (await ours())["nodes"] == (await theirs())["nodes"]
    found: tuple[list[Cost], list[Cost]] = ([], [])
    for _ in range(REPEATS):  # in turn, so that what else the machine does meets both
        for costs, ask in zip(found, (ours, theirs), strict=True):
            costs.append(await _measure(ask))
    return _best(found[0]), _best(found[1])


def _best(costs: list[Cost]) -> Cost:
    return Cost(min(cost.cpu for cost in costs), min(cost.latency for cost in costs))


async def _ask_client(client: PartitionedClient, request: SubgraphRequest) -> Any:
    response = await client.execute(request)
    assert not response.errors
    assert response.data is not None
    encode(response.data)
    return response.data["pensions"]


async def _ask_schema(schema: strawberry.Schema, cities: list[City]) -> Any:
    result = await schema.execute(QUERY, context_value=cities)
    assert not result.errors
    assert result.data is not None
    encode(result.data)
    return result.data["pensions"]


async def _measure(ask: Callable[[], Awaitable[Any]]) -> Cost:
    cpu, wall = process_time(), perf_counter()
    for _ in range(ROUNDS):
        await ask()
    return Cost((process_time() - cpu) / ROUNDS * 1000, (perf_counter() - wall) / ROUNDS * 1000)


if __name__ == "__main__":
    main()
