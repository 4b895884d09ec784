"""What merging costs beside decoding the cities' answers, against the number of cities.

Each city answers from memory with JSON that is decoded anyway; "merge" is all of the partitioned client's own work:
routing, splitting representations, merging, reports. "keep" is what it takes besides to remember the answers where the
contract has `@staleWhileUnavailable`; elsewhere nobody looks.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import orjson

from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.partition.dispatch import dispatch_request
from federation.partition.fold import Answer, fold_answers
from federation.partition.program import Program, compile_program
from federation.partition.stale import Asked, Memory, MemoryLimits, StaleAnswers
from tests.federation.partition.cities import request_for
from tests.federation.partition.contracts import domain_sdl, read_contract

COUNTS = (2, 5, 10, 20)
PEOPLE = 50
ROUNDS = 100


def main() -> None:
    """Print CPU microseconds per request."""
    print(f"{'operation':<28}{'cities':>8}{'KB':>8}{'decode µs':>12}{'merge µs':>12}{'keep µs':>9}{'merge/decode':>14}")
    for name, domain, text, variables, answer in _cases():
        for count in COUNTS:
            _measure(name, read_contract(domain_sdl(domain), count), request_for(text, variables), answer)


def _cases() -> list[tuple[str, str, str, dict[str, Any], Callable[[str], Any]]]:
    people = [{"__typename": "Person", "id": f"person-{number}"} for number in range(PEOPLE)]
    cards = "city{code name} number issuedOn socialFunction{status statusRaw since} bankFunction{status bank{name}}"
    pensions = "nodes{city{code} pensionNumber status monthlyAmount{yuan} certification{dueOn}}"
    person = "name sex birthDate lifeStatus residence{code name} records{city{code} name updatedAt}"
    entities = "query($representations:[_Any!]!){{_entities(representations:$representations){{...on Person{{{}}}}}}}"
    return [
        (
            f"cards of {PEOPLE} people (CONCAT)",
            "cards",
            entities.format(f"cards{{{cards}}}"),
            {"representations": people},
            lambda city: {"_entities": [{"cards": [_card(city, number)]} for number in range(PEOPLE)]},
        ),
        (
            f"pensions of {PEOPLE} people (kept)",
            "pensions",
            entities.format("pensions{city{code} pensionNumber status monthlyAmount{yuan}}"),
            {"representations": people},
            lambda city: {"_entities": [{"pensions": [_pension(city, number)]} for number in range(PEOPLE)]},
        ),
        (
            f"{PEOPLE} people merged (FIRST, LATEST)",
            "people",
            entities.format(person),
            {"representations": people},
            lambda city: {"_entities": [_person(city, number) for number in range(PEOPLE)]},
        ),
        (
            "page of 50 (CONNECTION)",
            "pensions",
            f"{{pensions(first: 50){{totalCount pageInfo{{hasNextPage endCursor}} {pensions}}}}}",
            {},
            pension_page,
        ),
    ]


def _measure(name: str, contract: Any, request: SubgraphRequest, answer: Callable[[str], Any]) -> None:
    program = compile_program(contract, request.operation)
    bodies = [orjson.dumps({"data": answer(partition.city)}) for partition in contract.subgraph.partitions]
    decoded = [SubgraphResponse(orjson.loads(body)["data"]) for body in bodies]

    def merge() -> None:
        dispatch = dispatch_request(program, request.variables)
        answers = [Answer(ask, decoded[ask.partition], 1.0) for ask in dispatch.asks]
        assert not fold_answers(program, dispatch, answers).errors

    decode_microseconds = _microseconds(lambda: [orjson.loads(body) for body in bodies])
    merge_microseconds = _microseconds(merge)
    keep_microseconds = _microseconds(_keeping(program, request, decoded)) if program.units else 0.0
    size = sum(map(len, bodies)) / 1024
    ratio = merge_microseconds / decode_microseconds
    count = len(contract.subgraph.partitions)
    print(
        f"{name:<36}{count:>4}{size:>9.1f}{decode_microseconds:>11.0f}{merge_microseconds:>12.0f}{keep_microseconds:>9.0f}{ratio:>14.2f}"
    )


def _keeping(program: Program, request: SubgraphRequest, decoded: list[SubgraphResponse]) -> Callable[[], None]:
    stale = StaleAnswers([Memory(MemoryLimits()) for _ in decoded])

    def keep() -> None:
        for ask in dispatch_request(program, request.variables).asks:
            asked = SubgraphRequest(ask.operation, ask.variables)
            assert stale.settle(Asked(ask.partition, ask.names, program.units), asked, decoded[ask.partition]) is None

    return keep


def _microseconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(5):
        started = process_time()
        for _ in range(ROUNDS):
            work()
        best = min(best, (process_time() - started) / ROUNDS)
    return best * 1_000_000


def _card(city: str, number: int) -> dict[str, Any]:
    return {
        "city": {"code": city, "name": "杭州市"},
        "number": f"A{number:08}",
        "issuedOn": "2020-01-01",
        "socialFunction": {"status": "NORMAL", "statusRaw": "1", "since": "2020-01-01T08:00:00+08:00"},
        "bankFunction": {"status": "NORMAL", "bank": {"name": "中国工商银行"}},
    }


def _pension(city: str, number: int) -> dict[str, Any]:
    amount = {"yuan": "3215.40"}
    return {"city": {"code": city}, "pensionNumber": f"{number:010}", "status": "PAYING", "monthlyAmount": amount}


def _person(city: str, number: int) -> dict[str, Any]:
    changed = f"2026-01-{number % 28 + 1:02}T08:00:00+08:00"
    return {
        "name": "张三",
        "sex": "MALE",
        "birthDate": "1958-05-12",
        "lifeStatus": "ALIVE",
        "_p_updatedAt": changed,
        "residence": {"code": city, "name": "杭州市"},
        "records": [{"city": {"code": city}, "name": "张三", "updatedAt": changed}],
    }


def pension_page(city: str) -> dict[str, Any]:
    """A city's answer to a page of 50, what we add to the operation included."""
    rows = [
        {
            "city": {"code": city},
            "pensionNumber": f"{number:010}",
            "status": "PAYING",
            "monthlyAmount": {"yuan": "3215.40"},
            "certification": {"dueOn": f"2026-12-{number // 2 + 1:02}"},
        }
        for number in range(50)
    ]
    hidden = [{"cursor": row["pensionNumber"], "node": {"certification": row["certification"]}} for row in rows]
    info = {"hasNextPage": True, "endCursor": rows[-1]["pensionNumber"]}
    connection = {"totalCount": 50, "pageInfo": info, "nodes": rows, "_p_edges": hidden, "_p_pageInfo": info}
    return {"pensions": connection}


if __name__ == "__main__":
    main()
