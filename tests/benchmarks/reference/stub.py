"""`python -m tests.benchmarks.reference.stub PORT`: all four subgraphs at /<name>, as fast as a subgraph can be.

An answer is made by graphql-core when its request body is met for the first time, and is a prepared one ever after.
`GET /calls` tells how many calls there have been.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, cast

import httptools
import orjson
import uvloop
from graphql import GraphQLSchema, graphql_sync

from tests.benchmarks.reference.graph import SUBGRAPHS, executable_subgraph, subgraph_root

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


class Stub:
    """The subgraphs' answers by path and request body."""

    def __init__(self) -> None:
        self.calls = 0
        self._prepared: dict[tuple[bytes, bytes], bytes] = {}
        self._schemas: dict[bytes, GraphQLSchema] = {b"/" + n.encode(): executable_subgraph(n) for n in SUBGRAPHS}

    def answer(self, path: bytes, body: bytes) -> bytes:
        """The HTTP response to one request."""
        if path == b"/calls":
            return _response({"calls": self.calls})
        self.calls += 1
        response = self._prepared.get((path, body))
        if response is None:
            response = self._prepared[path, body] = self._execute(path, orjson.loads(body))
        return response

    def _execute(self, path: bytes, request: dict[str, Any]) -> bytes:
        result = graphql_sync(
            self._schemas[path], request["query"], subgraph_root(), variable_values=request.get("variables")
        )
        return _response(result.formatted)


class StubConnection(asyncio.Protocol):
    """One connection; requests on it are answered as they come."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._parser = httptools.HttpRequestParser(self)
        self._path = b""
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._body = []

    def on_url(self, url: bytes) -> None:
        self._path = url

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        self._transport.write(self._stub.answer(self._path, b"".join(self._body)))


def _response(content: object) -> bytes:
    body = orjson.dumps(content)
    return _HEAD % len(body) + body


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    stub = Stub()
    server = await asyncio.get_running_loop().create_server(lambda: StubConnection(stub), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
