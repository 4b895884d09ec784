"""One domain's sources in one city, asked side by side. Out: their answers as if they were one source's.

A source that fails takes its share with it and nothing else: the rest is a `Partial` answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from legacy_adapters.errors import AdapterError
from subgraphs.shared.loaders import Answer, Fetch, K, Partial

R = TypeVar("R")


def in_one_list(fetches: Sequence[Fetch[K, Sequence[R]]]) -> Fetch[K, Sequence[R]]:
    """Ask all sources for lists and concatenate each key's, in the sources' order."""
    return _side_by_side(fetches, _concatenated)


def first_found(fetches: Sequence[Fetch[K, R]]) -> Fetch[K, R]:
    """Ask all sources for single records and take each key's first; a failure counts where nobody has the record."""
    return _side_by_side(fetches, _first)


def _side_by_side(
    fetches: Sequence[Fetch[K, R]], combine: Callable[[Sequence[R], tuple[AdapterError, ...]], Answer[R] | None]
) -> Fetch[K, R]:
    if len(fetches) == 1:
        return fetches[0]

    async def fetch(keys: Sequence[K]) -> Mapping[K, Answer[R]]:
        answers = await asyncio.gather(*(_ask(one, keys) for one in fetches))
        combined = {key: _combined([answer.get(key) for answer in answers], combine) for key in keys}
        return {key: answer for key, answer in combined.items() if answer is not None}

    return fetch


async def _ask(fetch: Fetch[K, R], keys: Sequence[K]) -> Mapping[K, Answer[R]]:
    try:
        return await fetch(keys)
    except AdapterError as error:
        return dict.fromkeys(keys, error)


def _combined(
    answers: Sequence[Answer[R] | None], combine: Callable[[Sequence[R], tuple[AdapterError, ...]], Answer[R] | None]
) -> Answer[R] | None:
    values: list[R] = []
    failures: list[AdapterError] = []
    for answer in answers:
        match answer:
            case None:
                continue
            case AdapterError():
                failures.append(answer)
            case Partial():
                values.append(answer.value)
                failures.extend(answer.failures)
            case _:
                values.append(answer)
    if failures and len(failures) == len(answers):
        return failures[0]
    return combine(values, tuple(failures))


def _concatenated(lists: Sequence[Sequence[R]], failures: tuple[AdapterError, ...]) -> Answer[Sequence[R]]:
    records = [record for records in lists for record in records]
    return Partial(records, failures) if failures else records


def _first(records: Sequence[R], failures: tuple[AdapterError, ...]) -> Answer[R] | None:
    if records:
        return records[0]
    return failures[0] if failures else None
