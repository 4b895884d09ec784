"""Batches: keys asked one by one where a system takes one at a time, rows put under their keys where it takes many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import TypeVar

from legacy_adapters.errors import AdapterError, CircuitOpen, SystemRefused, SystemTimeout, SystemUnavailable
from legacy_adapters.identity import id_spellings
from legacy_adapters.records.provenance import NationalId

K = TypeVar("K")
R = TypeVar("R")

_OF_THE_SYSTEM = (SystemTimeout, SystemUnavailable, CircuitOpen, SystemRefused)


async def ask_each(keys: Iterable[K], ask: Callable[[K], Awaitable[R]], at_once: int) -> dict[K, R | AdapterError]:
    """Ask every distinct key once, `at_once` side by side; a key that fails stands in the answer as its error.

    A key begins to wait for the system when its turn has come: however long the batch, it does not time out for that.
    Raises the error where every key failed because of the system itself.
    """
    distinct = list(dict.fromkeys(keys))
    answers: dict[K, R | AdapterError] = {}
    queue = iter(distinct)

    async def work() -> None:
        for key in queue:
            answers[key] = await _outcome(ask, key)

    await _side_by_side([work] * min(at_once, len(distinct)))
    answers = {key: answers[key] for key in distinct}
    failures = [answer for answer in answers.values() if isinstance(answer, _OF_THE_SYSTEM)]
    if failures and len(failures) == len(distinct):
        raise failures[0]
    return answers


def first_of_each(answers: Mapping[K, Sequence[R] | AdapterError]) -> dict[K, R | AdapterError]:
    """The first record of each key; a key without any has no entry, a key that failed keeps its error."""
    return {key: answer if isinstance(answer, AdapterError) else answer[0] for key, answer in answers.items() if answer}


def once_each(records: Iterable[R], key: Callable[[R], K]) -> dict[K, R]:
    """The first of the records that have the same key, in the records' order."""
    found: dict[K, R] = {}
    for record in records:
        found.setdefault(key(record), record)
    return found


def newest_first(records: Iterable[R], day: Callable[[R], str | None]) -> list[R]:
    """`records` by their day, newest first, those without one last; equal ones stay in their order."""
    return sorted(records, key=lambda record: day(record) or "", reverse=True)


def all_spellings(ids: Iterable[NationalId], padded_to: int = 18) -> list[str]:
    """Every spelling of every distinct number, for IN lists."""
    return [spelling for national_id in dict.fromkeys(ids) for spelling in id_spellings(national_id, padded_to)]


async def _side_by_side(workers: Sequence[Callable[[], Coroutine[None, None, None]]]) -> None:
    if len(workers) == 1:
        await workers[0]()
        return
    tasks = [asyncio.ensure_future(worker()) for worker in workers]
    try:
        await asyncio.gather(*tasks)
    finally:
        # A defect ends the batch: nobody waits for the rest of it.
        for task in tasks:
            task.cancel()


async def _outcome(ask: Callable[[K], Awaitable[R]], key: K) -> R | AdapterError:
    try:
        return await ask(key)
    except AdapterError as error:
        return error
