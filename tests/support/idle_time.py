"""Time that passes only where there is nothing else to do: a deadline comes after all that needs no time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def idle_time() -> Iterator[None]:
    """The running loop's time stands still while anything is ready to run; then it leaps to the next timer.

    However busy the machine is, a deadline ends only what waits for something that does not come. What threads and
    processes do counts as nothing here, so nothing inside may wait for them.
    """
    loop: Any = asyncio.get_running_loop()
    selector = loop._selector
    now, select = loop.time(), selector.select

    def leap(timeout: float | None = None) -> list[Any]:
        nonlocal now
        found: list[Any] = select(0 if timeout else timeout)
        if timeout and not found:
            now += timeout
        return found

    loop.time, selector.select = lambda: now, leap
    try:
        yield
    finally:
        del loop.time, selector.select
