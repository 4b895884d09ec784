"""Puts together one `SubgraphClient` per subgraph, from the supergraph's routing URLs and the configuration."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from federation.executor.subgraph_client import SubgraphClient
from federation.gateway.config import (
    ALL_SUBGRAPHS,
    FORWARDED_BY_DEFAULT,
    ConfigurationError,
    GatewayConfig,
    SubgraphConfig,
)
from federation.gateway.http_client import CallSettings, HttpSubgraphClient
from federation.gateway.in_flight import InFlight, SharingSubgraphClient
from federation.gateway.transport import Transport, TransportLimits
from federation.gateway.transport.asgi import AsgiApp, AsgiTransport
from federation.gateway.transport.http import HttpTransport
from federation.partition import (
    BreakerSettings,
    Contract,
    GuardedClient,
    Memory,
    MemoryLimits,
    PartitionedClient,
    PresenceSettings,
    PresenceSource,
    QueriedPresence,
    StaleAnswers,
    contract_of,
)
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.partitions import Partition, PartitionedSubgraph
from federation.supergraph.supergraph import Supergraph


@dataclass(frozen=True, slots=True)
class SubgraphClients:
    """The clients of one graph, and the transports under them that must be closed."""

    clients: Mapping[SubgraphName, SubgraphClient]
    transports: tuple[Transport, ...]

    async def close(self) -> None:
        for transport in self.transports:
            await transport.close()


def build_clients(
    supergraph: Supergraph, config: GatewayConfig, apps: Mapping[str, AsgiApp] | None = None
) -> SubgraphClients:
    """Make the clients of all subgraphs. `apps` are ASGI apps of this process by their origin, e.g. `http://cards`.

    Raises ConfigurationError when a subgraph of the configuration is not in the supergraph, or its URL cannot be used.
    """
    _check_names(supergraph, config)
    builder = _ClientBuilder(supergraph, config, apps or {})
    clients = {
        name: builder.client(name, subgraph.url, supergraph.partitions.get(name))
        for name, subgraph in supergraph.subgraphs.items()
    }
    return SubgraphClients(clients, tuple(builder.transports))


def partition_client(
    supergraph: Supergraph, config: GatewayConfig, name: SubgraphName, partition: Partition
) -> HttpSubgraphClient:
    """The client of one partition alone, for whoever closes it again. Raises ConfigurationError."""
    settings = config.subgraph(name, partition.name)
    return _ClientBuilder(supergraph, config, {}).http_client(name, settings.url or partition.url, settings)


class _ClientBuilder:
    def __init__(self, supergraph: Supergraph, config: GatewayConfig, apps: Mapping[str, AsgiApp]) -> None:
        self._supergraph = supergraph
        self._config = config
        self._apps = apps
        self._in_flight = InFlight()
        self.transports: list[Transport] = []

    def client(self, name: SubgraphName, url: str, partitioned: PartitionedSubgraph | None) -> SubgraphClient:
        if partitioned is not None:
            return self._partitioned_client(partitioned)
        settings = self._config.subgraph(name)
        return self._shared(self.http_client(name, settings.url or url, settings))

    def _partitioned_client(self, partitioned: PartitionedSubgraph) -> SubgraphClient:
        """The client that presents the partitions as one subgraph; each partition is asked as a subgraph is."""
        name = partitioned.subgraph
        members: dict[str, SubgraphClient] = {}
        for partition in partitioned.partitions:
            settings = self._config.subgraph(name, partition.name)
            client = self.http_client(name, settings.url or partition.url, settings)
            members[partition.city] = self._shared(_guarded(name, client, settings))
        stale = StaleAnswers([self._memory(partitioned, partition.name) for partition in partitioned.partitions])
        contract = contract_of(self._supergraph, name)
        return PartitionedClient(contract, members, stale, presence=self._presence(contract))

    def _memory(self, partitioned: PartitionedSubgraph, partition: str) -> Memory | None:
        """Where a partition's last answers are kept, if its contract has a use for them and nobody forbids it."""
        settings = self._config.subgraph(partitioned.subgraph, partition)
        if not partitioned.stale_seconds or settings.stale_answers_enabled is False:
            return None
        standard = MemoryLimits()
        return Memory(
            MemoryLimits(
                settings.stale_max_entries or standard.max_entries, settings.stale_max_bytes or standard.max_bytes
            )
        )

    def _presence(self, contract: Contract) -> PresenceSource | None:
        """Who knows which cities need not be asked; left in peace for a while when it does not answer."""
        given = self._config.subgraph(contract.name).presence
        if given is None:
            return None
        settings = SubgraphConfig(url=given.url, timeout_seconds=given.timeout_seconds)
        client = _guarded(contract.name, self.http_client(contract.name, given.url, settings), settings)
        return QueriedPresence(contract, client, PresenceSettings(given.max_age_seconds))

    def _shared(self, client: SubgraphClient) -> SubgraphClient:
        """Share one partition's calls, not those of all: each request then says itself which partitions were late."""
        return SharingSubgraphClient(client, self._in_flight) if self._config.share_in_flight else client

    def http_client(self, name: SubgraphName, url: str, settings: SubgraphConfig) -> HttpSubgraphClient:
        """The client of one address."""
        transport = self._transport(name, url, settings)
        self.transports.append(transport)
        return HttpSubgraphClient(transport, call_settings(settings))

    def _transport(self, name: SubgraphName, url: str, settings: SubgraphConfig) -> Transport:
        parts = urlsplit(url)
        limits = _transport_limits(settings)
        app = self._apps.get(f"{parts.scheme}://{parts.netloc}")
        if app is not None:
            return AsgiTransport(app, url, limits)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError(
                f"The subgraph {name} has no usable routing URL; give one as subgraphs.{name}.url in the configuration."
            )
        if parts.scheme == "http" and settings.proxy is None:
            return HttpTransport(url, limits)
        from federation.gateway.transport.tls import AiohttpTransport  # costs memory and start-up time, seldom needed

        return AiohttpTransport(url, limits, proxy=settings.proxy, tls=tls_context(name, settings))


def _guarded(name: SubgraphName, client: SubgraphClient, settings: SubgraphConfig) -> SubgraphClient:
    """A partition's client behind its circuit breaker, unless that is switched off."""
    standard = BreakerSettings()
    failures = standard.failures if settings.breaker_failures is None else settings.breaker_failures
    if not failures:
        return client
    seconds = settings.breaker_open_seconds or standard.open_seconds
    return GuardedClient(name, client, BreakerSettings(failures, seconds))


def forwardable_headers(config: GatewayConfig, supergraph: Supergraph) -> frozenset[str]:
    """The request headers that at least one subgraph or partition gets, in lower case."""
    ordinary = [config.subgraph(name) for name in supergraph.subgraphs if name not in supergraph.partitions]
    partitions = [
        config.subgraph(name, partition.name)
        for name, partitioned in supergraph.partitions.items()
        for partition in partitioned.partitions
    ]
    return frozenset().union(*map(_forward_headers, (*ordinary, *partitions)))


def _check_names(supergraph: Supergraph, config: GatewayConfig) -> None:
    """Refuse settings for what the supergraph does not have, and a URL for a subgraph that has one per partition."""
    partitions = [f"{name}/{p.name}" for name, of in supergraph.partitions.items() for p in of.partitions]
    known = [ALL_SUBGRAPHS, *supergraph.subgraphs, *partitions]
    for name, settings in config.subgraphs.items():
        if name not in known:
            raise ConfigurationError(f"The configuration has settings for {name}; there are only: {', '.join(known)}.")
        if settings.presence is not None and name not in {ALL_SUBGRAPHS, *supergraph.partitions}:
            raise ConfigurationError(
                f"The configuration's subgraphs.{name}.presence is for partitioned subgraphs; {name} has no partitions."
            )
        own = settings.subscriptions
        urls = {"url": settings.url, "subscriptions.url": None if own is None else own.url}
        for key, url in urls.items():
            if url is not None and (name == ALL_SUBGRAPHS or name in supergraph.partitions):
                raise ConfigurationError(
                    f"The configuration's subgraphs.{name}.{key} would name one address for several."
                )


def call_settings(settings: SubgraphConfig) -> CallSettings:
    """How a subgraph is called, defaults put in."""
    return CallSettings(
        timeout_seconds=settings.timeout_seconds or CallSettings().timeout_seconds,
        forward_headers=_forward_headers(settings),
        headers=tuple((name.lower(), value) for name, value in (settings.headers or {}).items()),
    )


def _forward_headers(settings: SubgraphConfig) -> frozenset[str]:
    names = FORWARDED_BY_DEFAULT if settings.forward_headers is None else settings.forward_headers
    return frozenset(name.lower() for name in names)


def _transport_limits(settings: SubgraphConfig) -> TransportLimits:
    standard = TransportLimits()
    return TransportLimits(
        max_connections=settings.max_concurrency or standard.max_connections,
        connect_timeout_seconds=settings.connect_timeout_seconds or standard.connect_timeout_seconds,
        max_response_bytes=settings.max_response_bytes or standard.max_response_bytes,
    )


def tls_context(name: SubgraphName, settings: SubgraphConfig) -> ssl.SSLContext | None:
    """What a subgraph's certificate is checked against, and ours; None for the usual. Raises ConfigurationError."""
    if settings.ca_file is None and settings.client_certificate_file is None:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.client_certificate_file is not None:
            context.load_cert_chain(settings.client_certificate_file, settings.client_key_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"The certificate files of subgraph {name} cannot be used.") from error
    return context
