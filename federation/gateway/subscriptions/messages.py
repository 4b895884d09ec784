"""The messages of graphql-transport-ws, read and written; and the close codes of what breaks its rules.

Source: https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from federation.executor.encoding import decode, encode
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.gateway.errors import HttpRequestError
from federation.gateway.graphql_http import GraphQLParameters, check_parameters

SUBPROTOCOL = "graphql-transport-ws"
_MAX_REASON_BYTES = 123  # RFC 6455, 5.5


class CloseCode(IntEnum):
    """Why a connection was closed by us."""

    NORMAL = 1000
    SERVER_STOPS = 1001
    DEFECT = 4500
    INVALID_MESSAGE = 4400
    UNAUTHORIZED = 4401
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITS = 4429


class ConnectionClosed(Exception):
    """The connection is to be closed. The reason is read by the client and says nothing of values."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_MAX_REASON_BYTES].decode("utf-8", "ignore")


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    """`payload` is whatever the client sends of itself, often its credentials."""

    payload: ResponseObject = field(repr=False)


@dataclass(frozen=True, slots=True)
class Subscribe:
    """An operation of any kind; `id` is the client's name for it."""

    id: str
    parameters: GraphQLParameters = field(repr=False)


@dataclass(frozen=True, slots=True)
class Complete:
    """The client wants no more of the operation."""

    id: str


@dataclass(frozen=True, slots=True)
class Ping:
    """Wants a pong."""


@dataclass(frozen=True, slots=True)
class Pong:
    """Wants nothing."""


Message: TypeAlias = ConnectionInit | Subscribe | Complete | Ping | Pong

CONNECTION_ACK = b'{"type":"connection_ack"}'
PONG = b'{"type":"pong"}'


def read_message(text: str | None) -> Message:
    """Read a client's message; None stands for a binary one. Raises ConnectionClosed (4400)."""
    try:
        message = decode(text) if text is not None else None
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise _invalid("The message is no JSON object.")
    payload = message.get("payload")
    match message.get("type"):
        case "connection_init":
            return ConnectionInit(_object(payload))
        case "subscribe":
            return Subscribe(_id(message), _parameters(payload))
        case "complete":
            return Complete(_id(message))
        case "ping":
            _object(payload)
            return Ping()
        case "pong":
            _object(payload)
            return Pong()
        case _:
            raise _invalid("The message has no type that the protocol knows.")


def write_next(operation_id: str, body: bytes) -> bytes:
    """An answer, given as JSON."""
    return b'{"id":%b,"type":"next","payload":%b}' % (encode(operation_id), body)


def write_error(operation_id: str, errors: Sequence[ResponseObject]) -> bytes:
    """The errors that end an operation."""
    return b'{"id":%b,"type":"error","payload":%b}' % (encode(operation_id), encode(list(errors)))


def write_complete(operation_id: str) -> bytes:
    """The end of an operation."""
    return b'{"id":%b,"type":"complete"}' % encode(operation_id)


def _id(message: ResponseObject) -> str:
    operation_id = message.get("id")
    if not isinstance(operation_id, str) or not operation_id:
        raise _invalid("The message has no id.")
    return operation_id


def _object(payload: JsonValue) -> ResponseObject:
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise _invalid("The message's payload must be an object.")
    return payload


def _parameters(payload: JsonValue) -> GraphQLParameters:
    try:
        return check_parameters(_object(payload), is_get=False)
    except HttpRequestError as error:
        raise _invalid(str(error)) from None


def _invalid(reason: str) -> ConnectionClosed:
    return ConnectionClosed(CloseCode.INVALID_MESSAGE, reason)
