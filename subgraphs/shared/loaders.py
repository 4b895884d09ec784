"""Loaders: many keys of one request become one call to a source.

A loader lives as long as one request. Asked key by key it gathers the keys that come within one turn of the event
loop (aiodataloader does that); asked for a list it makes one batch of it. Either way a key is fetched once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from aiodataloader import DataLoader

from legacy_adapters.errors import AdapterError

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Partial(Generic[V]):
    """A value that lacks the share of the sources that failed."""

    value: V
    failures: tuple[AdapterError, ...]


Answer: TypeAlias = R | Partial[R] | AdapterError
"""What a source, or several, say about one key."""

Fetch: TypeAlias = Callable[[Sequence[K]], Awaitable[Mapping[K, Answer[R]]]]
"""Asks for a batch of keys; a key without anything has no entry."""


async def gather_all(awaitables: Sequence[Awaitable[V]]) -> Sequence[V]:
    """All results, awaited side by side. A single one is awaited as it is: a task would cost more than many loads."""
    return [await awaitables[0]] if len(awaitables) == 1 else await asyncio.gather(*awaitables)


_BATCHES: ContextVar[set[asyncio.Task[object]] | None] = ContextVar("_BATCHES", default=None)


@contextmanager
def batches_end_here() -> Iterator[None]:
    """Whatever batch was begun inside ends at the end of the block, at the latest.

    aiodataloader begins batches in tasks of its own: they would go on asking for a request that was given up.
    """
    begun: set[asyncio.Task[object]] = set()
    token = _BATCHES.set(begun)
    try:
        yield
    finally:
        _BATCHES.reset(token)
        for task in tuple(begun):
            task.cancel()


class RecordLoader(DataLoader[K, V | Partial[V]], Generic[K, R, V]):
    """Loads records by key and makes of each answer, once, what the schema shows of it.

    `convert` gets a key's records; a key without any is `missing()`. Failures of a system are raised by `load` and
    are values of `load_all`, so that they cost the fields of their own keys only.
    """

    def __init__(self, fetch: Fetch[K, R], convert: Callable[[R], V], missing: Callable[[], V]) -> None:
        super().__init__(cache=True)
        self._fetch = fetch
        self._convert = convert
        self._missing = missing

    async def batch_load_fn(  # type: ignore[override]  # errors stand in the list, which the library's type leaves out
        self, keys: list[K]
    ) -> list[V | Partial[V] | AdapterError]:
        """aiodataloader's hook: one answer per key; an error stands for its key alone."""
        batches, task = _BATCHES.get(), asyncio.current_task()
        if batches is not None and task is not None:
            batches.add(task)
            task.add_done_callback(batches.discard)
        try:
            answers = await self._fetch(keys)
        except AdapterError as error:
            return [error] * len(keys)
        return [self._converted(answers.get(key)) for key in keys]

    async def load_value(self, key: K) -> V:
        """The answer for one key, whichever sources failed beside the one that had it."""
        answer = await self.load(key)
        return answer.value if isinstance(answer, Partial) else answer

    async def load_all(self, keys: Sequence[K]) -> list[V | Partial[V] | Exception]:
        """The answers for `keys`, in their order, fetched in one batch."""
        futures = [self.load(key) for key in keys]
        for future in futures:
            # A batch fills all its futures in one go: after the first wait the others are mostly done.
            if not future.done():
                await asyncio.wait((future,))
        return list(map(_outcome, futures))

    def _converted(self, answer: Answer[R] | None) -> V | Partial[V] | AdapterError:
        match answer:
            case None:
                return self._missing()
            case AdapterError():
                return answer
            case Partial():
                return Partial(self._convert(answer.value), answer.failures)
            case _:
                return self._convert(answer)


def _outcome(future: asyncio.Future[V]) -> V | Exception:
    error = future.exception()
    if error is None:
        return future.result()
    if not isinstance(error, Exception):
        raise error
    return error
