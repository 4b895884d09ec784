"""The errors of partitioned subgraphs: what a partition's failure and a wrong request look like in `errors`.

{"message": "…", "path": ["person", "cards"],
 "extensions": {"code": "SUBGRAPH_REQUEST_TIMEOUT", "service": "cards", "partition": "huangshan",
                "city": "341000", "retryable": true}}
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from federation.executor.errors import ErrorCode, ErrorPath
from federation.executor.subgraph_client import ResponseObject
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.partitions import Partition


class PartitionErrorCode(StrEnum):
    """Codes of this package's own; `PARTITION_DESCRIPTIONS` explains each."""

    PARTITION_UNKNOWN = "PARTITION_UNKNOWN"
    PARTITION_ROUTE_REQUIRED = "PARTITION_ROUTE_REQUIRED"
    PARTITION_CIRCUIT_OPEN = "PARTITION_CIRCUIT_OPEN"
    AGGREGATE_INCOMPLETE = "AGGREGATE_INCOMPLETE"
    ANSWER_INCOMPLETE = "ANSWER_INCOMPLETE"
    VALUE_STALE = "VALUE_STALE"


PARTITION_DESCRIPTIONS: Mapping[PartitionErrorCode, str] = MappingProxyType(
    {
        PartitionErrorCode.PARTITION_UNKNOWN: "A city was asked for that no partition of the subgraph serves.",
        PartitionErrorCode.PARTITION_ROUTE_REQUIRED: "A mutation must name exactly one city.",
        PartitionErrorCode.PARTITION_CIRCUIT_OPEN: "The city failed several times in a row and is not asked for now.",
        PartitionErrorCode.AGGREGATE_INCOMPLETE: "The value there was computed without the share of a city.",
        PartitionErrorCode.ANSWER_INCOMPLETE: "A part is missing or stale, and only a complete answer was accepted.",
        PartitionErrorCode.VALUE_STALE: "A city's last known share is there, and only a complete answer was accepted.",
    }
)


_MISTAKES = frozenset({ErrorCode.BAD_USER_INPUT.value, "GRAPHQL_VALIDATION_FAILED"})


class ContractError(Exception):
    """A contract or an operation that cannot be merged; composition refuses such contracts."""


def request_error(
    code: PartitionErrorCode | ErrorCode, message: str, service: SubgraphName, path: ErrorPath
) -> ResponseObject:
    """An error in what was asked; asking again does not help."""
    return {
        "message": message,
        "path": list(path),
        "extensions": {"code": code.value, "service": service, "retryable": False},
    }


def partition_error(
    error: ResponseObject, service: SubgraphName, partition: Partition, path: ErrorPath | None
) -> ResponseObject:
    """A partition's `error` at its place in the merged answer, saying whose it is."""
    given = error.get("extensions")
    extensions = dict(given) if isinstance(given, dict) else {}
    extensions.setdefault("code", ErrorCode.DOWNSTREAM_SERVICE_ERROR.value)
    extensions.setdefault("retryable", False)
    extensions |= {"service": service, "partition": partition.name, "city": partition.city}
    located = {} if path is None else {"path": list(path)}
    return {"message": str(error.get("message", "")), **located, "extensions": extensions}


def is_clients_mistake(error: ResponseObject) -> bool:
    """Whether a city refused what the client sent: every city would, and none of them failed."""
    extensions = error.get("extensions")
    return isinstance(extensions, dict) and extensions.get("code") in _MISTAKES


def clients_mistake(error: ResponseObject, service: SubgraphName, path: ErrorPath | None) -> ResponseObject:
    """A city's refusal as the partitioned subgraph's own, without naming a city."""
    located = {} if path is None else {"path": list(path)}
    extensions = {"code": error["extensions"]["code"], "service": service, "retryable": False}
    return {"message": str(error.get("message", "")), **located, "extensions": extensions}


def incomplete_aggregate(error: ResponseObject, path: ErrorPath) -> ResponseObject:
    """What a partition's located `error` means for an aggregate beneath it."""
    own = {"code": PartitionErrorCode.AGGREGATE_INCOMPLETE.value}
    message = "The value lacks the share of a city that gave none."
    return {"message": message, "path": list(path), "extensions": {**_whose(error["extensions"]), **own}}


def _whose(extensions: ResponseObject) -> ResponseObject:
    names = ("service", "partition", "city", "retryable")
    return {name: extensions[name] for name in names if name in extensions}
