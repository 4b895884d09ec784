"""`bureaugraph gateway` as a process takes over changed files under load: no request fails, no memory is lost."""

from __future__ import annotations

import asyncio
import json
import signal
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.federation.gateway import measured_gateway
from tests.federation.gateway.server_process import listening
from tests.federation.gateway.shop import SUPERGRAPH, shop
from tests.federation.test_gateway_command import running

BATCHES, RELOADS_PER_BATCH = 5, 10
MAX_GROWTH_BYTES = 500_000
"""One graph of the test weighs about two megabytes."""
CLIENTS = 4
QUERY = {"query": "{ products { name reviews { body } } }"}


def unused_types(name):
    """Types that make a graph heavier, and another one."""
    joined = "@join__type(graph: REVIEWS)"
    return "".join(f"type Unused{name}_{number} {joined} {{ a(b: Int): Int c: String }}\n" for number in range(200))


class Log:
    """What the gateway logged; read all the time, for a full pipe stops it.

    Attributes:
        started: the port, once it listens.
        taken_over: counts the supergraphs that were taken over.
        settled: the bytes in use after each closed graph, in order.
    """

    def __init__(self):
        self.taken_over = asyncio.Semaphore(0)
        self.settled = asyncio.Queue()
        self.started = asyncio.get_running_loop().create_future()

    async def read(self, process):
        while line := await process.stderr.readline():
            event = json.loads(line)
            if event["event"] == "start":
                self.started.set_result(event["port"])
            elif event["event"] == "supergraph-taken-over":
                self.taken_over.release()
            elif event["event"] == "settled":
                self.settled.put_nowait(event["bytes"])


@asynccontextmanager
async def log_of(process):
    log = Log()
    reading = asyncio.ensure_future(log.read(process))
    try:
        yield log
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
@pytest.mark.skipif(not measured_gateway.can_measure(), reason="the C library does not tell what is in use")
async def test_no_request_fails_over_fifty_reloads_and_memory_does_not_grow(tmp_path):
    products, reviews = shop()
    async with listening(products) as first, listening(reviews) as second, aiohttp.ClientSession() as session:
        text = SUPERGRAPH.replace("http://products", first).replace("http://reviews", second)
        supergraph = tmp_path / "supergraph.graphql"
        supergraph.write_text(text)
        gateway = {"command": measured_gateway.COMMAND, "environment": measured_gateway.ENVIRONMENT}
        async with (
            running("--supergraph", supergraph, "--port", 0, **gateway) as (process, _settled),
            log_of(process) as log,
        ):
            url = f"http://127.0.0.1:{await log.started}/graphql"
            done = asyncio.Event()
            clients = [asyncio.ensure_future(ask_until(done, url, session)) for _ in range(CLIENTS)]
            sizes = []
            for batch in range(1 + BATCHES):
                for number in range(RELOADS_PER_BATCH):
                    supergraph.write_text(text + unused_types(f"{batch}{number}"))
                    process.send_signal(signal.SIGHUP)
                    await log.taken_over.acquire()
                sizes.append([await log.settled.get() for _ in range(RELOADS_PER_BATCH)][-1])
            done.set()
            counts = await asyncio.gather(*clients)
    assert [wrong for _, wrong in counts] == [[]] * CLIENTS
    assert sum(count for count, _ in counts) > BATCHES * RELOADS_PER_BATCH
    assert sizes[-1] - sizes[len(sizes) // 2] < MAX_GROWTH_BYTES, sizes
