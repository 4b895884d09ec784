"""Subscriptions over TLS: the subgraph's certificate is checked, by whichever protocol."""

from __future__ import annotations

import ssl
from contextlib import aclosing

import pytest

from federation.executor.errors import StreamFailure
from federation.gateway.event_sources import SseSource, StreamSettings, WebSocketSource
from federation.gateway.event_sources.sockets import SocketOpener
from tests.federation.gateway.event_sources.conftest import REQUEST, ScriptedSubgraph
from tests.federation.gateway.server_process import listening

PAYLOAD = {"data": {"a": 1}}
SCRIPTS = {
    WebSocketSource: ({"type": "connection_ack"}, {"id": "1", "type": "next", "payload": PAYLOAD}),
    SseSource: (b'event: next\ndata: {"data":{"a":1}}\n\n',),
}


@pytest.mark.parametrize("protocol", [WebSocketSource, SseSource])
async def test_a_subgraph_with_a_trusted_certificate_is_subscribed_at(certificate, protocol):
    trusted = ssl.create_default_context(cafile=certificate)
    async with listening(ScriptedSubgraph(*SCRIPTS[protocol]), certificate) as origin:
        settings = StreamSettings(f"{origin}/graphql")
        opener = SocketOpener(settings, tls=trusted)
        async with aclosing(protocol(opener, settings).subscribe(REQUEST)) as events:
            assert (await anext(events)).data == {"a": 1}
        await opener.close()


@pytest.mark.parametrize("protocol", [WebSocketSource, SseSource])
async def test_a_certificate_nobody_vouches_for_is_no_connection(certificate, protocol):
    async with listening(ScriptedSubgraph(*SCRIPTS[protocol]), certificate) as origin:
        settings = StreamSettings(f"{origin}/graphql")
        opener = SocketOpener(settings)
        with pytest.raises(StreamFailure) as raised:
            await anext(protocol(opener, settings).subscribe(REQUEST))
        await opener.close()
    assert raised.value.response.errors[0]["extensions"]["code"] == "SUBREQUEST_HTTP_ERROR"
