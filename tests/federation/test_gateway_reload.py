"""`bureaugraph gateway` as a process takes over changed files under load: no request fails, no memory is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.federation.gateway.server_process import listening
from tests.federation.gateway.shop import SUPERGRAPH, shop
from tests.federation.test_gateway_command import running

BATCHES, RELOADS_PER_BATCH = 5, 10
CLOSING_SECONDS = 1.5
"""The last older graph of a batch is closed by then."""
MAX_GROWTH_BYTES = 3 * 1024 * 1024
"""One graph of the test weighs about two megabytes."""
CLIENTS = 4
QUERY = {"query": "{ products { name reviews { body } } }"}


def resident_bytes(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def unused_types(name):
    """Types that make a graph heavier, and another one."""
    joined = "@join__type(graph: REVIEWS)"
    return "".join(f"type Unused{name}_{number} {joined} {{ a(b: Int): Int c: String }}\n" for number in range(200))


@asynccontextmanager
async def reloads_of(process):
    """Counts the supergraphs that were taken over; the log is read all the time, for a full pipe stops the gateway."""
    taken_over = asyncio.Semaphore(0)

    async def read_log():
        while line := await process.stderr.readline():
            if json.loads(line)["event"] == "supergraph-taken-over":
                taken_over.release()

    reading = asyncio.ensure_future(read_log())
    try:
        yield taken_over
    finally:
        reading.cancel()
        await asyncio.wait((reading,))


async def ask_until(done, url, session):
    """Ask again and again; gives how often, and whatever was not the right answer."""
    count, wrong = 0, []
    while not done.is_set():
        async with session.post(url, json=QUERY) as reply:
            answer = await reply.json()
        count += 1
        if reply.status != 200 or "errors" in answer or len(answer["data"]["products"]) != 2:
            wrong.append(answer)
    return count, wrong


@pytest.mark.timeout(180)
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
async def test_no_request_fails_over_fifty_reloads_and_memory_does_not_grow(tmp_path):
    products, reviews = shop()
    async with listening(products) as first, listening(reviews) as second, aiohttp.ClientSession() as session:
        text = SUPERGRAPH.replace("http://products", first).replace("http://reviews", second)
        supergraph = tmp_path / "supergraph.graphql"
        supergraph.write_text(text)
        async with (
            running("--supergraph", supergraph, "--port", 0) as (process, started),
            reloads_of(process) as taken_over,
        ):
            url = f"http://127.0.0.1:{started['port']}/graphql"
            done = asyncio.Event()
            clients = [asyncio.ensure_future(ask_until(done, url, session)) for _ in range(CLIENTS)]
            sizes = []
            for batch in range(1 + BATCHES):
                for number in range(RELOADS_PER_BATCH):
                    supergraph.write_text(text + unused_types(f"{batch}{number}"))
                    process.send_signal(signal.SIGHUP)
                    await taken_over.acquire()
                await asyncio.sleep(CLOSING_SECONDS)
                sizes.append(resident_bytes(process.pid))
            done.set()
            counts = await asyncio.gather(*clients)
    assert [wrong for _, wrong in counts] == [[]] * CLIENTS
    assert sum(count for count, _ in counts) > BATCHES * RELOADS_PER_BATCH
    # At some time in the first half the allocator takes what reloads under requests need; what grows, goes on.
    assert sizes[-1] - sizes[len(sizes) // 2] < MAX_GROWTH_BYTES, sizes
