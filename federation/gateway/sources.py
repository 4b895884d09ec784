"""Puts together one `EventSource` per subgraph that has subscriptions, as `clients` does with clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from federation.executor.subgraph_client import EventSource
from federation.gateway.clients import call_settings, tls_context
from federation.gateway.config import (
    ConfigurationError,
    GatewayConfig,
    SubgraphConfig,
    SubgraphSubscriptionsConfig,
)
from federation.gateway.event_sources import SseSource, StreamSettings, WebSocketSource
from federation.gateway.event_sources.asgi import AsgiOpener
from federation.gateway.event_sources.connections import ChannelOpener, StreamOpener
from federation.gateway.transport.asgi import AsgiApp
from federation.partition import PartitionedSource, contract_of
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.supergraph import Supergraph

_USUAL_SCHEMES = {"ws": "http", "wss": "https"}


class Opener(ChannelOpener, StreamOpener, Protocol):
    """Opens both kinds of connection at one subgraph."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SubgraphSources:
    """The sources of one graph, and what must be closed under them."""

    sources: Mapping[SubgraphName, EventSource]
    openers: tuple[Opener, ...]

    async def close(self) -> None:
        for opener in self.openers:
            await opener.close()


def build_sources(
    supergraph: Supergraph, config: GatewayConfig, apps: Mapping[str, AsgiApp] | None = None
) -> SubgraphSources:
    """Make the sources of subgraphs with subscriptions; `apps` as for `build_clients`. Raises ConfigurationError."""
    builder = _SourceBuilder(supergraph, config, apps or {})
    root = supergraph.schema.subscription_type
    names = dict.fromkeys(joined.subgraph for joined in supergraph.join_types[root.name]) if root is not None else {}
    return SubgraphSources({name: builder.source(name) for name in names}, tuple(builder.openers))


class _SourceBuilder:
    def __init__(self, supergraph: Supergraph, config: GatewayConfig, apps: Mapping[str, AsgiApp]) -> None:
        self._supergraph = supergraph
        self._config = config
        self._apps = apps
        self.openers: list[Opener] = []

    def source(self, name: SubgraphName) -> EventSource:
        """The source of a subgraph; of a partitioned one, all its cities' as one."""
        partitioned = self._supergraph.partitions.get(name)
        if partitioned is None:
            return self._source(name, self._supergraph.subgraphs[name].url, self._config.subgraph(name))
        sources = {
            partition.city: self._source(name, partition.url, self._config.subgraph(name, partition.name))
            for partition in partitioned.partitions
        }
        return PartitionedSource(contract_of(self._supergraph, name), sources)

    def _source(self, name: SubgraphName, routing_url: str, settings: SubgraphConfig) -> EventSource:
        own = settings.subscriptions or SubgraphSubscriptionsConfig()
        url = subscription_url(settings.url or routing_url, own)
        standard = StreamSettings(url)
        stream = StreamSettings(
            url,
            call_settings(settings),
            settings.connect_timeout_seconds or standard.connect_timeout_seconds,
        )
        opener = self._opener(name, stream, settings)
        self.openers.append(opener)
        return SseSource(opener, stream) if own.protocol == "sse" else WebSocketSource(opener, stream)

    def _opener(self, name: SubgraphName, stream: StreamSettings, settings: SubgraphConfig) -> Opener:
        parts = urlsplit(stream.url)
        app = self._apps.get(f"{parts.scheme}://{parts.netloc}")
        if app is not None:
            return AsgiOpener(app, stream)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError(
                f"The subgraph {name} has no usable URL for subscriptions; give one as subgraphs.{name}.subscriptions."
                "url in the configuration."
            )
        from federation.gateway.event_sources.sockets import SocketOpener  # aiohttp, see `clients`

        return SocketOpener(stream, proxy=settings.proxy, tls=tls_context(name, settings))


def subscription_url(url: str, own: SubgraphSubscriptionsConfig) -> str:
    """Where a subgraph with this `url` is subscribed at, as `http` or `https`."""
    parts = urlsplit(own.url or url)
    path = parts.path if own.path is None else own.path
    return urlunsplit(parts._replace(scheme=_USUAL_SCHEMES.get(parts.scheme, parts.scheme), path=path))
