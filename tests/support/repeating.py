"""Something done again and again meanwhile: nothing tells from when on a subscription stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from threading import Event

PAUSE_SECONDS = 0.3


@contextmanager
def again_and_again(act: Callable[[int], object]) -> Iterator[None]:
    """Call `act` with 1, 2, 3 … from another thread until the block is left; what it raises is raised there."""
    is_over = Event()

    def repeat() -> None:
        for number in count(1):
            if is_over.wait(PAUSE_SECONDS):
                return
            act(number)

    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(repeat)
        try:
            yield
        finally:
            is_over.set()
    acting.result()
