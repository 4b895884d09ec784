"""Waits until those who subscribe are listening: what changes before is not told to them."""

from __future__ import annotations

import asyncio

import pytest

from cooperation.changes.watch import ChangeWatch

TRIES = 2000


async def listening(watch: ChangeWatch, count: int) -> None:
    """Wait until so many listen."""
    for _ in range(TRIES):
        if len(watch._listeners) == count:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{len(watch._listeners)} listen, not {count}")
