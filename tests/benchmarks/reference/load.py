"""`python -m tests.benchmarks.reference.load PORT CLIENTS SECONDS`: clients that ask the query again and again.

Each sends its next request when it has its answer. Every answer is compared with the right one. Prints one JSON
object: `requests`, and `p50` and `p99` in milliseconds.
"""

from __future__ import annotations

import asyncio
import sys
import time

import orjson
import uvloop

from tests.benchmarks.reference.graph import QUERY, expected_data


class WrongAnswer(Exception):
    """A gateway answered something else than the query's answer."""


class Checker:
    """Compares answers: the first one value by value, later ones with it byte by byte."""

    def __init__(self) -> None:
        self._expected = expected_data()
        self._right = b""

    def check(self, body: bytes) -> None:
        """Raises WrongAnswer."""
        if body == self._right:
            return
        answer = orjson.loads(body)
        if answer.get("data") != self._expected or answer.get("errors"):
            raise WrongAnswer(body[:300].decode(errors="replace"))
        self._right = body


async def ask_again_and_again(port: int, until: float, checker: Checker, times: list[float]) -> None:
    """One client."""
    body = orjson.dumps({"query": QUERY, "operationName": "Nested"})
    head = f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\naccept: application/json\r\n"
    request = f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(request)
        answer = await _read_answer(reader)
        times.append((time.perf_counter() - started) * 1000)
        checker.check(answer)
    writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise WrongAnswer(head.decode())
    _, found, rest = head.partition(b"content-length:")
    if found:
        return await reader.readexactly(int(rest.split(b"\r\n", 1)[0]))
    chunks = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        chunks.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(chunks)


async def load(port: int, clients: int, seconds: float) -> dict[str, float]:
    """What the clients met."""
    times: list[float] = []
    checker, until = Checker(), time.perf_counter() + seconds
    await asyncio.gather(*(ask_again_and_again(port, until, checker, times) for _ in range(clients)))
    times.sort()
    return {"requests": len(times), "p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99)]}


if __name__ == "__main__":
    print(orjson.dumps(uvloop.run(load(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))).decode())
