"""What a client of a subgraph may read of an error, and nothing else.

Exception
├── ClientError             (code, message: written here, never quoting a value)
│   └── UserInputError      BAD_USER_INPUT                 an argument outside its limits
├── AdapterError            LEGACY_…                       of `legacy_adapters.errors`; named by system, city, code
├── request errors          GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, BAD_USER_INPUT (variables)
└── anything else           INTERNAL_SERVER_ERROR          told by its place only; the log has the exception's class

Texts of graphql-core quote what was asked, which may be an id number; so only those that cannot are passed on.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

from graphql import GraphQLError, GraphQLSyntaxError
from graphql.language import NameNode, ValueNode, VariableDefinitionNode

from legacy_adapters.errors import AdapterError, BusinessError, PositionInvalid

ResponseError: TypeAlias = dict[str, Any]

_LOG = logging.getLogger("bureaugraph.subgraphs")

# GraphQL names are ASCII words; a long run of digits in one may be an id number typed without quotes.
_DIGITS = re.compile(r"[0-9]{6,}")

# A cursor that was sealed here, but for another list.
_FOREIGN_CURSOR = "after must be a cursor of this list."

_WHAT_HAPPENED: Mapping[str, str] = {
    "LEGACY_SYSTEM_TIMEOUT": "did not answer in time",
    "LEGACY_SYSTEM_UNAVAILABLE": "cannot be reached or does not work",
    "LEGACY_SYSTEM_MAINTENANCE": "is closed for maintenance",
    "LEGACY_SYSTEM_BUSY": "is busy and turned the request away",
    "LEGACY_SYSTEM_CIRCUIT_OPEN": "failed too often just now and is not asked for a while",
    "LEGACY_SYSTEM_REFUSED": "refused the platform's credentials",
    "LEGACY_ANSWER_MALFORMED": "gave an answer that cannot be read",
    "LEGACY_BUSINESS_ERROR": "refused the request",
}


class ClientError(Exception):
    """An error whose message was written for clients."""

    code: ClassVar[str] = "CLIENT_ERROR"


class UserInputError(ClientError):
    """An argument is outside its limits; the message names the argument and the limits."""

    code = "BAD_USER_INPUT"


def response_error(error: GraphQLError) -> ResponseError:
    """The entry of `errors` for an error of an executed field, with its path and locations."""
    cause = error.original_error
    response: ResponseError = {"message": _message(cause, error), "extensions": _extensions(cause)}
    if error.path is not None:
        response["path"] = error.path
    return response | _locations(error)


def request_error(error: GraphQLError) -> ResponseError:
    """The entry of `errors` for a request that was not executed at all."""
    if isinstance(error, GraphQLSyntaxError):
        code, message = "GRAPHQL_PARSE_FAILED", "The query is not well-formed GraphQL."
    elif _is_of_a_variable(error):
        code, message = UserInputError.code, "A variable has a value that does not fit its type."
    elif _may_quote_a_value(error):
        code, message = "GRAPHQL_VALIDATION_FAILED", "A value in the query does not fit its type."
    else:
        code, message = "GRAPHQL_VALIDATION_FAILED", _DIGITS.sub("…", error.message)
    return {"message": message, "extensions": {"code": code}} | _locations(error)


def input_error(coordinate: str) -> ResponseError:
    """The entry of `errors` for a request that was not executed because this input does not fit."""
    return plain_error(UserInputError.code, f"{coordinate} has a value that does not fit its type.")


def plain_error(code: str, message: str) -> ResponseError:
    """An entry of `errors` that belongs to no place of the query."""
    return {"message": message, "extensions": {"code": code}}


def describe(error: AdapterError) -> str:
    """One sentence about a legacy system's failure, made of names we configured."""
    return f"{error.system} of city {error.city} {_WHAT_HAPPENED.get(error.code, 'failed')}."


def _message(cause: Exception | None, error: GraphQLError) -> str:
    match cause:
        case PositionInvalid():
            return _FOREIGN_CURSOR
        case AdapterError():
            return describe(cause)
        case ClientError():
            return str(cause)
        case _:
            _log_unexpected(cause, error)
            return "Internal error."


def _extensions(cause: Exception | None) -> dict[str, Any]:
    match cause:
        case PositionInvalid():
            return {"code": UserInputError.code}
        case AdapterError():
            extensions = {
                "code": cause.code,
                "system": cause.system,
                "city": cause.city,
                "retryable": cause.retryable,
                "sourceStatus": cause.source_status,
            }
            if cause.unavailable_since is not None:
                extensions["unavailableSince"] = cause.unavailable_since
            return extensions | ({"businessCode": cause.business_code} if isinstance(cause, BusinessError) else {})
        case ClientError():
            return {"code": cause.code}
        case _:
            return {"code": "INTERNAL_SERVER_ERROR"}


def _locations(error: GraphQLError) -> ResponseError:
    found = error.locations
    return {"locations": [{"line": at.line, "column": at.column} for at in found]} if found else {}


def _is_of_a_variable(error: GraphQLError) -> bool:
    # graphql-core's coercion errors point at the variable's definition, and quote its value.
    return any(isinstance(node, VariableDefinitionNode) for node in error.nodes or ())


def _may_quote_a_value(error: GraphQLError) -> bool:
    return any(isinstance(node, ValueNode) and not isinstance(node, NameNode) for node in error.nodes or ())


def _log_unexpected(cause: Exception | None, error: GraphQLError) -> None:
    # The exception's own text may hold a record's values: its class and place must do.
    if cause is None or cause.__traceback__ is None:
        _LOG.error("A field failed unexpectedly: %s", type(cause or error).__name__)
        return
    frame = traceback.extract_tb(cause.__traceback__)[-1]
    _LOG.error("A field failed unexpectedly: %s at %s:%s", type(cause).__name__, frame.name, frame.lineno)
