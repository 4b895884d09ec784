"""The errors of answers: their stable codes, their shape, and the exceptions that end a request.

    ExecutorError
    ├── InvalidVariables        BAD_USER_INPUT: the request's variables do not fit the operation; nothing was executed
    ├── StreamFailure           a subgraph's event stream ended before the subgraph said that it was over
    └── SubscriptionFailure     a client's subscription ended so, or because its events were not taken in time

Everything else a subgraph does wrong is no exception but an entry of the answer's `errors`:

    {"message": "…", "path": ["person", "cards"],
     "extensions": {"code": "SUBGRAPH_REQUEST_TIMEOUT", "service": "cards", "retryable": true}}
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from federation.executor.subgraph_client import FetchOperation, ResponseObject, SubgraphResponse
from federation.query_plan.nodes import OperationKind, SubgraphName

ErrorPath: TypeAlias = tuple[str | int, ...]


class ErrorCode(StrEnum):
    """Every `extensions.code` of the executor and of the clients that reach subgraphs; `DESCRIPTIONS` explains each."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    DOWNSTREAM_SERVICE_ERROR = "DOWNSTREAM_SERVICE_ERROR"
    GATEWAY_TIMEOUT = "GATEWAY_TIMEOUT"
    RESPONSE_VALIDATION_FAILED = "RESPONSE_VALIDATION_FAILED"
    SUBGRAPH_REQUEST_TIMEOUT = "SUBGRAPH_REQUEST_TIMEOUT"
    SUBREQUEST_HTTP_ERROR = "SUBREQUEST_HTTP_ERROR"
    SUBREQUEST_MALFORMED_RESPONSE = "SUBREQUEST_MALFORMED_RESPONSE"
    SUBSCRIPTION_CLIENT_TOO_SLOW = "SUBSCRIPTION_CLIENT_TOO_SLOW"
    SUBSCRIPTION_SOURCE_LOST = "SUBSCRIPTION_SOURCE_LOST"


DESCRIPTIONS: Mapping[ErrorCode, str] = MappingProxyType(
    {
        ErrorCode.BAD_USER_INPUT: "A variable is missing or its value does not fit the variable's type.",
        ErrorCode.DOWNSTREAM_SERVICE_ERROR: "A subgraph answered with an error that carries no code of its own.",
        ErrorCode.GATEWAY_TIMEOUT: "The request's time was over before this part of the answer had come.",
        ErrorCode.RESPONSE_VALIDATION_FAILED: "A subgraph's value does not fit the field's type in the API schema.",
        ErrorCode.SUBGRAPH_REQUEST_TIMEOUT: "The subgraph did not answer within its time limit.",
        ErrorCode.SUBREQUEST_HTTP_ERROR: "The subgraph could not be reached or answered with an HTTP error status.",
        ErrorCode.SUBREQUEST_MALFORMED_RESPONSE: "The subgraph's answer is not a GraphQL response to what was asked.",
        ErrorCode.SUBSCRIPTION_CLIENT_TOO_SLOW: "The client was too far behind for too long; it was unsubscribed.",
        ErrorCode.SUBSCRIPTION_SOURCE_LOST: "A subgraph's event stream broke off; what happened meanwhile is not sent.",
    }
)


OUTCOME_UNKNOWN = "Whether the change was carried out is not known."


class ExecutorError(Exception):
    """A request that could not be executed at all."""


class InvalidVariables(ExecutorError):
    """The variables do not fit the operation.

    Attributes:
        errors: GraphQL errors with the code BAD_USER_INPUT; they name variables, types and places, never values.
    """

    def __init__(self, errors: tuple[ResponseObject, ...]) -> None:
        super().__init__(errors)
        self.errors = errors


class StreamFailure(ExecutorError):
    """A subgraph's event stream that cannot go on.

    Attributes:
        response: the failure as an answer, as `subgraph_failure` makes it, or the errors that the subgraph gave.
    """

    def __init__(self, response: SubgraphResponse) -> None:
        super().__init__(response.errors)
        self.response = response

    @property
    def is_retryable(self) -> bool:
        """Whether subscribing again may help."""
        return any((error.get("extensions") or {}).get("retryable") is True for error in self.response.errors)


class SubscriptionFailure(ExecutorError):
    """A client's subscription that was ended before its time.

    Attributes:
        errors: as the client gets them.
    """

    def __init__(self, errors: tuple[ResponseObject, ...]) -> None:
        super().__init__(errors)
        self.errors = errors


def subgraph_failure(subgraph: SubgraphName, code: ErrorCode, message: str, *, retryable: bool) -> SubgraphResponse:
    """The answer of a client whose whole request failed: no data, one error without a path.

    `message` is read by the caller of the gateway: it names no address, no value and no internals.
    """
    extensions = {"code": code.value, "service": subgraph, "retryable": retryable}
    return SubgraphResponse(data=None, errors=({"message": message, "extensions": extensions},))


def call_failure(
    operation: FetchOperation, code: ErrorCode, message: str, *, retryable: bool, nothing_sent: bool = False
) -> SubgraphResponse:
    """The failure of one call of `operation`.

    A change that was sent may have been carried out although no answer came: that is said, and nobody is told to
    send it again.
    """
    if operation.kind is OperationKind.QUERY or nothing_sent:
        return subgraph_failure(operation.subgraph, code, message, retryable=retryable)
    return subgraph_failure(operation.subgraph, code, f"{message} {OUTCOME_UNKNOWN}", retryable=False)


def deadline_failure(operation: FetchOperation, *, nothing_sent: bool = False) -> SubgraphResponse:
    """The failure of a call that was not done at the request's deadline."""
    message = "The subgraph was not done when the request's time ended."
    return call_failure(operation, ErrorCode.GATEWAY_TIMEOUT, message, retryable=True, nothing_sent=nothing_sent)


def malformed_response(subgraph: SubgraphName) -> SubgraphResponse:
    """The failure of a subgraph whose answer is not of the form that was asked for."""
    message = f'The subgraph "{subgraph}" gave an answer that does not fit the request.'
    return subgraph_failure(subgraph, ErrorCode.SUBREQUEST_MALFORMED_RESPONSE, message, retryable=False)
