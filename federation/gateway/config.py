"""`gateway.yaml`: read once at start into frozen records; everything has a default.

server: {host: 127.0.0.1, port: 4000}
limits: {max_body_bytes: 1048576, max_tokens: 10000, max_depth: 30}
introspection_enabled: true
console_enabled: true                    # the counter screen at /console, which asks the bureaus' own domains
query_plan_exposure: loopback            # never | loopback | always; of reasons in /readiness, too
known_operations: operations/            # *.graphql that clients send: planned before the first request
share_in_flight: true
reload: {poll_seconds: 5}                # how often the supergraph's files are looked at; 0 for only on SIGHUP
subscriptions: {max_total: 1000, max_per_connection: 100, heartbeat_seconds: 12}
subgraphs:
  all: {timeout_seconds: 15, error_masking: false, forward_headers: [traceparent, x-request-id]}
  cooperation: {timeout_seconds: 5, url: "http://127.0.0.1:4102/cooperation", subscriptions: {protocol: sse}}
  pensions: {fetch_cost: 3}  # dearer than other subgraphs where an operation's plan can choose
  cards/huangshan: {timeout_seconds: 8, max_concurrency: 16, breaker_failures: 5}  # one partition
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
FORWARDED_BY_DEFAULT = ("traceparent", "x-request-id")
ALL_SUBGRAPHS = "all"


class ConfigurationError(Exception):
    """The configuration cannot be used; the message is one sentence that names the key."""


class ServerConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the gateway listens, and how long it lets requests finish after SIGTERM."""

    host: str = "127.0.0.1"
    port: int = 4000
    shutdown_seconds: float = 10.0


class LimitsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one request may cost before it is planned.

    `max_depth` counts fields inside each other, fragments resolved; `request_timeout_seconds` ends the whole request;
    `cached_operations` bounds each cache of parsed and planned operations.
    """

    max_body_bytes: int = 1024 * 1024
    max_tokens: int = 10_000
    max_depth: int = 30
    request_timeout_seconds: float = 30.0
    cached_operations: int = 2_000


class SubscriptionsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What clients' subscriptions may cost.

    Attributes:
        max_total: subscriptions at once, of all clients.
        max_per_connection: operations at once over one WebSocket.
        max_buffered_events: so many events wait for a slow client; while there are more its source is not read.
        slow_client_seconds: so long a client may be as far behind before its subscription is ended.
        heartbeat_seconds: quiet streams say so often that they live; a WebSocket that does not answer is closed.
        send_seconds: a client that takes nothing for so long is given up.
        connection_init_seconds: a WebSocket's client has so long to say `connection_init`.
        idle_seconds: a WebSocket over which nothing is asked is closed after so long.
        allowed_origins: other web sites whose pages may open a WebSocket, e.g. `https://portal.example`.
    """

    max_total: int = 1_000
    max_per_connection: int = 100
    max_buffered_events: int = 64
    slow_client_seconds: float = 10.0
    heartbeat_seconds: float = 12.0
    send_seconds: float = 30.0
    connection_init_seconds: float = 3.0
    idle_seconds: float = 600.0
    allowed_origins: tuple[str, ...] = ()


class ReloadConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a changed supergraph is noticed and taken over; SIGHUP always has everything read again.

    Read again are the supergraph, the files of SDL that a `supergraph.yaml` names, and `subgraphs` of this
    configuration; everything else in it takes a restart.

    Attributes:
        poll_seconds: so often their files are looked at; 0 for never.
        recent_operations: so many of the operations used last are planned before a new graph goes into service.
        admission: `contract` has a city that joins or moves show its SDL first, and leaves it out if that is not its
            domain's contract; `none` asks nothing. At the start all cities are taken as they are.
        admission_seconds: so long a city may take to show it.
        admission_retry_seconds: so often a city that was left out is asked again; 0 for not until files change.
    """

    poll_seconds: float = 5.0
    recent_operations: int = 200
    admission: Literal["contract", "none"] = "contract"
    admission_seconds: float = 10.0
    admission_retry_seconds: float = 30.0


class SubgraphSubscriptionsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one subgraph is subscribed at.

    Attributes:
        protocol: `websocket` for graphql-transport-ws, `sse` for graphql-sse with a POST per subscription.
        path: instead of the path of the URL, e.g. `/graphql/ws`; give it for each city where their paths differ.
        url: instead of the subgraph's URL; for WebSockets `ws` and `http` mean the same, so do `wss` and `https`.
    """

    protocol: Literal["websocket", "sse"] = "websocket"
    path: str | None = None
    url: str | None = None


class PresenceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source that knows which cities of a partitioned subgraph have records of an entity.

    Attributes:
        url: of its GraphQL endpoint; what it answers is in `federation/partition/presence.graphql`.
        timeout_seconds: so long its answer is waited for, then all cities are asked.
        max_age_seconds: so long after its `asOf` a city's list is believed to have no more records.
    """

    url: str
    timeout_seconds: float = 0.2
    max_age_seconds: float = 60.0


class SubgraphConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one subgraph is asked. A key left out keeps the value of `all`, or the default.

    Attributes:
        url: instead of the routing URL in the supergraph.
        timeout_seconds: for one call, from its turn to the last byte.
        max_concurrency: calls under way at once; more wait.
        breaker_failures: so many failures in a row open a partition's circuit; 0 for never.
        breaker_open_seconds: so long an open circuit asks nothing; then one call tries.
        forward_headers: names of the client's headers that are sent on, e.g. `authorization`.
        headers: sent with every call.
        stale_answers_enabled: whether a partition's last answers are kept in memory, as they are by default, where the
            contract lets them stand in for missing ones (`@staleWhileUnavailable`).
        stale_max_entries, stale_max_bytes: so much of one partition is kept; what was kept first goes first.
        fetch_cost: what one fetch weighs when a plan is chosen, for the whole subgraph; 1 if not given. Less deep plans
            come first all the same, then those whose fetches weigh less together.
        fragments_enabled: whether its operations may use named fragments, as they do by default where that is shorter.
            Every GraphQL server knows them; a facade that takes texts apart by itself may not.
        error_masking: whether clients see codes and places of its errors only, and no message of its own.
        proxy: URL of an HTTP proxy.
        ca_file: certificates that an `https` subgraph is checked against, instead of the system's.
        client_certificate_file, client_key_file: for mutual TLS (PEM).
        subscriptions: how it is subscribed at.
        presence: who knows which of its cities need not be asked for an entity.
    """

    url: str | None = None
    timeout_seconds: float | None = None
    connect_timeout_seconds: float | None = None
    max_concurrency: int | None = None
    breaker_failures: int | None = None
    breaker_open_seconds: float | None = None
    max_response_bytes: int | None = None
    stale_answers_enabled: bool | None = None
    stale_max_entries: int | None = None
    stale_max_bytes: int | None = None
    fetch_cost: float | None = None
    fragments_enabled: bool | None = None
    forward_headers: tuple[str, ...] | None = None
    headers: dict[str, str] | None = None
    error_masking: bool | None = None
    proxy: str | None = None
    ca_file: str | None = None
    client_certificate_file: str | None = None
    client_key_file: str | None = None
    subscriptions: SubgraphSubscriptionsConfig | None = None
    presence: PresenceConfig | None = None

    def __repr__(self) -> str:
        """Headers and the proxy's URL may hold credentials."""
        shown = {field: getattr(self, field) for field in self.__struct_fields__ if field not in ("headers", "proxy")}
        return f"SubgraphConfig({', '.join(f'{k}={v!r}' for k, v in shown.items() if v is not None)})"


class GatewayConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    server: ServerConfig = ServerConfig()
    limits: LimitsConfig = LimitsConfig()
    introspection_enabled: bool = True
    graphiql_enabled: bool = True
    graphiql_operations: str | None = None  # a folder of ready operations, a tab each
    console_enabled: bool = False  # the counter screen, of use with the bureaus' own domains only
    known_operations: str | None = None  # a file or folder of operations, planned before the first request
    query_plan_exposure: Literal["never", "loopback", "always"] = "loopback"
    share_in_flight: bool = True
    csrf_prevention: bool = True
    reload: ReloadConfig = ReloadConfig()
    subscriptions: SubscriptionsConfig = SubscriptionsConfig()
    subgraphs: dict[str, SubgraphConfig] = {}

    def subgraph(self, name: str, partition: str | None = None) -> SubgraphConfig:
        """Give the settings of one subgraph: its own, else those of `all`. A partition's own come before both."""
        names = [name, ALL_SUBGRAPHS] if partition is None else [f"{name}/{partition}", name, ALL_SUBGRAPHS]
        layers = [self.subgraphs[layer] for layer in names if layer in self.subgraphs]
        fields = SubgraphConfig.__struct_fields__
        return SubgraphConfig(**{field: _first_given(*(getattr(layer, field) for layer in layers)) for field in fields})

    @property
    def exposes_query_plans(self) -> bool:
        """Whether a client may see the query plan of its operation."""
        match self.query_plan_exposure:
            case "always":
                return True
            case "never":
                return False
            case "loopback":
                return self.server.host in LOOPBACK_HOSTS


def load_config(path: Path | None) -> GatewayConfig:
    """Read `gateway.yaml`; without a path everything is the default. Raises ConfigurationError."""
    if path is None:
        return GatewayConfig()
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The configuration {path} cannot be read: {_reason(error)}.") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"The configuration {path} is not valid YAML{yaml_place(error)}.") from error
    return read_config({} if document is None else document)


def read_config(document: object) -> GatewayConfig:
    """Check a decoded configuration. Raises ConfigurationError that names the key, and the nearest known one."""
    for unknown in _unknown_keys(document):
        raise ConfigurationError(unknown)
    try:
        config = msgspec.convert(document, GatewayConfig)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"The configuration is not valid: {error}.") from error
    _check_values(config)
    return config


_POSITIVE = (
    "timeout_seconds",
    "connect_timeout_seconds",
    "max_concurrency",
    "breaker_open_seconds",
    "max_response_bytes",
    "stale_max_entries",
    "stale_max_bytes",
    "fetch_cost",
)
# A plan is made for a subgraph, whatever its partitions.
_OF_WHOLE_SUBGRAPHS = ("fetch_cost", "fragments_enabled", "presence")


def _check_values(config: GatewayConfig) -> None:
    positive: dict[str, float] = {
        f"limits.{key}": getattr(config.limits, key) for key in LimitsConfig.__struct_fields__
    }
    for key in SubscriptionsConfig.__struct_fields__:
        if key != "allowed_origins":
            positive[f"subscriptions.{key}"] = getattr(config.subscriptions, key)
    positive["reload.admission_seconds"] = config.reload.admission_seconds
    for name, subgraph in config.subgraphs.items():
        positive |= _positive_of(f"subgraphs.{name}", subgraph)
        _check_subgraph(f"subgraphs.{name}", subgraph, is_partition="/" in name)
    for key, value in positive.items():
        if not value > 0:  # which is true of NaN
            raise ConfigurationError(f"The configuration's {key} must be greater than 0.")
    for key in ("poll_seconds", "recent_operations", "admission_retry_seconds"):
        if not getattr(config.reload, key) >= 0:  # which is true of NaN
            raise ConfigurationError(f"The configuration's reload.{key} must not be negative.")
    if not 0 <= config.server.port <= 65_535:
        raise ConfigurationError("The configuration's server.port must lie between 0 and 65535.")


def _positive_of(key: str, subgraph: SubgraphConfig) -> dict[str, float]:
    found = {f"{key}.{name}": _first_given(getattr(subgraph, name), 1) for name in _POSITIVE}
    presence = subgraph.presence
    if presence is not None:
        found[f"{key}.presence.timeout_seconds"] = presence.timeout_seconds
        found[f"{key}.presence.max_age_seconds"] = presence.max_age_seconds
    return found


def _check_subgraph(key: str, subgraph: SubgraphConfig, *, is_partition: bool) -> None:
    if _first_given(subgraph.breaker_failures, 0) < 0:
        raise ConfigurationError(f"The configuration's {key}.breaker_failures must not be negative.")
    _check_subscriptions(f"{key}.subscriptions", subgraph.subscriptions)
    for name in _OF_WHOLE_SUBGRAPHS:
        if is_partition and getattr(subgraph, name) is not None:
            raise ConfigurationError(f"The configuration's {key}.{name} belongs to the whole subgraph.")


def _check_subscriptions(key: str, given: SubgraphSubscriptionsConfig | None) -> None:
    if given is None:
        return
    if given.path is not None and given.url is not None:
        raise ConfigurationError(f"The configuration's {key} has a path and a url; give one of them.")
    if given.path is not None and not given.path.startswith("/"):
        raise ConfigurationError(f"The configuration's {key}.path must begin with a slash.")


def _unknown_keys(document: object) -> Iterator[str]:
    """Say of each key that the configuration does not know which one was probably meant."""
    if not isinstance(document, Mapping):
        yield "The configuration must be a mapping of keys to values."
        return
    yield from _unknown_keys_of(document, GatewayConfig, "")
    sections: dict[str, type[msgspec.Struct]] = {
        "server": ServerConfig,
        "limits": LimitsConfig,
        "reload": ReloadConfig,
        "subscriptions": SubscriptionsConfig,
    }
    for section, struct in sections.items():
        yield from _unknown_keys_of(document.get(section), struct, f"{section}.")
    subgraphs = document.get("subgraphs")
    if isinstance(subgraphs, Mapping):
        for name, subgraph in subgraphs.items():
            yield from _unknown_keys_of(subgraph, SubgraphConfig, f"subgraphs.{name}.")
            own = subgraph.get("subscriptions") if isinstance(subgraph, Mapping) else None
            yield from _unknown_keys_of(own, SubgraphSubscriptionsConfig, f"subgraphs.{name}.subscriptions.")
            presence = subgraph.get("presence") if isinstance(subgraph, Mapping) else None
            yield from _unknown_keys_of(presence, PresenceConfig, f"subgraphs.{name}.presence.")


def _unknown_keys_of(section: object, struct: type[msgspec.Struct], prefix: str) -> Iterator[str]:
    if not isinstance(section, Mapping):
        return
    for key in section:
        if key not in struct.__struct_fields__:
            nearest = difflib.get_close_matches(str(key), struct.__struct_fields__, n=1)
            hint = f"; did you mean {prefix}{nearest[0]}?" if nearest else "."
            yield f"The configuration has an unknown key {prefix}{key}{hint}"


def _first_given(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or "it is not UTF-8 text").lower()


def yaml_place(error: yaml.YAMLError) -> str:
    """Where a YAML text is not valid, without the parser's own words: they quote the line, which may hold a secret."""
    mark = getattr(error, "problem_mark", None)
    return f" (line {mark.line + 1})" if mark is not None else ""
