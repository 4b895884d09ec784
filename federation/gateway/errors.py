"""Requests that are refused before anything is fetched, each with a stable code and an HTTP status.

RequestError
├── HttpRequestError      the HTTP request is not a GraphQL request; its status is used whatever the client accepts
└── GraphQLRequestError   a GraphQL request that cannot be executed; 200 for `application/json`, else its status

Messages say what is wrong with the request in terms of the schema; they never hold a value of a variable or literal.
Source: https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import orjson


class RequestCode(StrEnum):
    """The codes of refused requests, in `extensions.code`."""

    BAD_REQUEST = "BAD_REQUEST"
    BATCHING_NOT_SUPPORTED = "BATCHING_NOT_SUPPORTED"
    CSRF_PREVENTION_FAILED = "CSRF_PREVENTION_FAILED"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    MUTATION_NOT_ALLOWED_OVER_HTTP_GET = "MUTATION_NOT_ALLOWED_OVER_HTTP_GET"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    NOT_FOUND = "NOT_FOUND"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_CONTENT_TYPE = "UNSUPPORTED_CONTENT_TYPE"

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    MAX_DEPTH_EXCEEDED = "MAX_DEPTH_EXCEEDED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    PLANNING_OVERLOADED = "PLANNING_OVERLOADED"
    PLANNING_TIMEOUT = "PLANNING_TIMEOUT"
    QUERY_PLANNING_FAILED = "QUERY_PLANNING_FAILED"
    SUBSCRIPTIONS_NOT_SUPPORTED = "SUBSCRIPTIONS_NOT_SUPPORTED"
    SUBSCRIPTION_LIMIT_EXCEEDED = "SUBSCRIPTION_LIMIT_EXCEEDED"
    SUBSCRIPTION_SCHEMA_RELOAD = "SUBSCRIPTION_SCHEMA_RELOAD"
    SUBSCRIPTION_SERVER_STOPS = "SUBSCRIPTION_SERVER_STOPS"
    TOKEN_LIMIT_EXCEEDED = "TOKEN_LIMIT_EXCEEDED"  # noqa: S105 (a code, not a secret)

    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


DESCRIPTIONS: Mapping[RequestCode, str] = MappingProxyType(
    {
        RequestCode.BAD_REQUEST: "The HTTP request is not a well-formed GraphQL request.",
        RequestCode.BATCHING_NOT_SUPPORTED: "Several operations were sent in one request; send one each.",
        RequestCode.CSRF_PREVENTION_FAILED: "A browser could have sent the request without asking its user's site.",
        RequestCode.METHOD_NOT_ALLOWED: "The path does not take this HTTP method.",
        RequestCode.MUTATION_NOT_ALLOWED_OVER_HTTP_GET: "A mutation was sent by GET; send it by POST.",
        RequestCode.NOT_ACCEPTABLE: "The client accepts no media type that the gateway can answer in.",
        RequestCode.NOT_FOUND: "There is nothing at this path.",
        RequestCode.PAYLOAD_TOO_LARGE: "The request's body is larger than the configured limit.",
        RequestCode.UNSUPPORTED_CONTENT_TYPE: "The request's body is not JSON.",
        RequestCode.GRAPHQL_PARSE_FAILED: "The document is not GraphQL.",
        RequestCode.GRAPHQL_VALIDATION_FAILED: "The document does not fit the schema.",
        RequestCode.BAD_USER_INPUT: "A variable is missing or its value does not fit the variable's type.",
        RequestCode.INTROSPECTION_DISABLED: "The gateway is configured not to answer introspection.",
        RequestCode.MAX_DEPTH_EXCEEDED: "The operation is nested deeper than the configured limit.",
        RequestCode.OPERATION_RESOLUTION_FAILURE: "The document has no operation of that name, or several and no name.",
        RequestCode.PLANNING_OVERLOADED: "Too many new operations are being planned; send the request again later.",
        RequestCode.PLANNING_TIMEOUT: "The request's time was over before its operation was planned.",
        RequestCode.QUERY_PLANNING_FAILED: "No plan exists for the operation; the message names field and reason.",
        RequestCode.SUBSCRIPTIONS_NOT_SUPPORTED: "A subscription was sent in a way that gives one answer only.",
        RequestCode.SUBSCRIPTION_LIMIT_EXCEEDED: "There are as many subscriptions as there may be; try again later.",
        RequestCode.SUBSCRIPTION_SCHEMA_RELOAD: "The graph was exchanged for one that answers it otherwise; ask again.",
        RequestCode.SUBSCRIPTION_SERVER_STOPS: "The gateway stops, which ends the subscription; subscribe again.",
        RequestCode.TOKEN_LIMIT_EXCEEDED: "The document has more tokens than the configured limit.",
        RequestCode.INTERNAL_SERVER_ERROR: "The gateway failed; its log has the request id.",
    }
)


class RequestError(Exception):
    """A refused request.

    Attributes:
        errors: GraphQL errors as they go into the answer, each with `extensions.code`.
        status: the HTTP status.
        headers: of the HTTP answer, names in lower case.
    """

    def __init__(
        self, errors: Sequence[dict[str, Any]], status: int, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        super().__init__(errors[0]["message"])
        self.errors = tuple(errors)
        self.status = status
        self.headers = headers
        self.body = orjson.dumps({"errors": self.errors})

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its errors, each once, in order."""
        return error_codes(self.errors)


class HttpRequestError(RequestError):
    """The HTTP request is not a GraphQL request."""

    def __init__(
        self, code: RequestCode, message: str, status: int = 400, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        super().__init__([coded_error(code, message)], status, headers)


class GraphQLRequestError(RequestError):
    """A GraphQL request that cannot be executed."""

    def __init__(self, errors: Sequence[dict[str, Any]], status: int = 400) -> None:
        super().__init__(errors, status)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is kept of a refused operation: no exception, for one that is raised again gathers frames and their values.

    Attributes:
        errors, status: as of the `GraphQLRequestError`.
    """

    errors: tuple[dict[str, Any], ...]
    status: int

    def error(self) -> GraphQLRequestError:
        """Make the exception to raise."""
        return GraphQLRequestError(self.errors, self.status)


def refuse(code: RequestCode, message: str, status: int = 400) -> GraphQLRequestError:
    """Make the refusal with one error."""
    return GraphQLRequestError([coded_error(code, message)], status)


def error_codes(errors: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The codes of GraphQL errors, each once, in order; one without a code counts as nothing."""
    codes = ((error.get("extensions") or {}).get("code") for error in errors)
    return tuple(dict.fromkeys(str(code) for code in codes if code is not None))


def coded_error(code: str, message: str) -> dict[str, Any]:
    """Make a GraphQL error with its code."""
    return {"message": message, "extensions": {"code": str(code)}}
