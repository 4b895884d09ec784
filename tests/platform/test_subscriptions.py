"""An investigation's updates over the running platform, joined with what both cities know of the person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias
from urllib.request import Request

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.support.letters import HEAD, draft_letter, draft_report, investigate_letter, move_letter
from tests.support.platform import DIRECT, RunningPlatform
from tests.support.repeating import again_and_again

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

UPDATED = """subscription($number: ID!) { investigationUpdated(number: $number) {
  number state waitsFor { code } person { name records { city { code } } cards { city { code } number } } } }"""
SECONDS = 60

Events: TypeAlias = Iterator[dict[str, Any]]


@contextmanager
def over_websocket(platform: RunningPlatform, number: str) -> Iterator[Events]:
    """Events over graphql-transport-ws."""
    url = platform.graphql_url.replace("http", "ws", 1)
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], open_timeout=SECONDS, proxy=None) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv(SECONDS)) == {"type": "connection_ack"}
        subscribe = {"id": "1", "type": "subscribe", "payload": {"query": UPDATED, "variables": {"number": number}}}
        socket.send(json.dumps(subscribe))
        yield (json.loads(socket.recv(SECONDS))["payload"] for _ in iter(int, 1))


@contextmanager
def over_event_stream(platform: RunningPlatform, number: str) -> Iterator[Events]:
    """Events over SSE, in distinct connections mode."""
    request = Request(
        platform.graphql_url,
        json.dumps({"query": UPDATED, "variables": {"number": number}}).encode(),
        {"content-type": "application/json", "accept": "text/event-stream"},
        method="POST",
    )
    with DIRECT.open(request, timeout=SECONDS) as stream:
        yield (json.loads(line.removeprefix(b"data: ")) for line in stream if line.startswith(b"data: {"))


@pytest.mark.parametrize("subscribe", [over_websocket, over_event_stream])
def test_an_investigations_updates_come_with_the_persons_data_of_both_cities(
    platform: RunningPlatform, subscribe: Any
) -> None:
    number = draft_letter(platform, f"updated-{subscribe.__name__}")
    investigate_letter(platform, number)
    draft_report(platform, number)
    with subscribe(platform, number) as events:
        with again_and_again(lambda _: draft_report(platform, number)):
            first = next(events)
        assert first["data"]["investigationUpdated"] == {
            "number": number,
            "state": "INVESTIGATING",
            "waitsFor": {"code": "341000"},
            "person": {
                "name": "张三",
                "records": [{"city": {"code": "330100"}}, {"city": {"code": "341000"}}],
                "cards": [
                    {"city": {"code": "330100"}, "number": "A00000019"},
                    {"city": {"code": "341000"}, "number": "H00000001"},
                ],
            },
        }
        move_letter(platform, number, "report", HEAD)
        states = (event["data"]["investigationUpdated"]["state"] for event in events)
        assert next(state for state in states if state != "INVESTIGATING") == "REPORTED"
