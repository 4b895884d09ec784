"""What a GraphQL request is over HTTP: reads its parameters from a POST body or a GET query string.

Source: https://graphql.github.io/graphql-over-http/draft/#sec-Request
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from federation.executor.encoding import decode
from federation.gateway.errors import HttpRequestError, RequestCode
from federation.gateway.media_types import is_json_request

_PREFLIGHT_HEADERS = (b"apollo-require-preflight", b"x-apollo-operation-name")
_OWN_PAGE = (b"same-origin", b"none")


@dataclass(frozen=True, slots=True)
class GraphQLParameters:
    """The parameters of a request; `extensions` is checked to be an object and otherwise not used."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]
    is_get: bool = False


def read_post(body: bytes, headers: dict[bytes, bytes]) -> GraphQLParameters:
    """Read a POST request. Raises HttpRequestError (UNSUPPORTED_CONTENT_TYPE, BAD_REQUEST, BATCHING_NOT_SUPPORTED)."""
    content_type = headers.get(b"content-type")
    if content_type is None or not is_json_request(content_type):
        raise _unsupported_content_type()
    try:
        parameters = decode(body)
    except ValueError:
        # The decoder's own message would quote the body.
        raise _bad_request("The request body is not valid JSON.") from None
    if isinstance(parameters, list):
        raise HttpRequestError(
            RequestCode.BATCHING_NOT_SUPPORTED,
            "The request body is a list: batches of operations are not supported, send each operation by itself.",
        )
    return check_parameters(parameters, is_get=False)


def read_get(query_string: bytes, headers: dict[bytes, bytes], *, csrf_prevention: bool) -> GraphQLParameters:
    """Read a GET request. Raises HttpRequestError (CSRF_PREVENTION_FAILED, UNSUPPORTED_CONTENT_TYPE, BAD_REQUEST)."""
    content_type = headers.get(b"content-type")
    if content_type is not None and not is_json_request(content_type):
        raise _unsupported_content_type()  # a GET that a form could have sent, GHSA-hff2-gcpx-8f4p
    if csrf_prevention and content_type is None and not _is_preflighted(headers):
        raise HttpRequestError(
            RequestCode.CSRF_PREVENTION_FAILED,
            "This request could come from any web page: send a header apollo-require-preflight, "
            "or content-type: application/json.",
            403,
        )
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, strict_parsing=False, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise _bad_request("The query string is not URL-encoded UTF-8.") from None
    parameters: dict[str, Any] = {}
    for name, value in pairs:
        if name in parameters:
            raise _bad_request("A parameter stands more than once in the query string.")
        parameters[name] = value
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _decode_parameter(name, parameters[name])
    return check_parameters(parameters, is_get=True)


def _is_preflighted(headers: dict[bytes, bytes]) -> bool:
    """Whether the request has what a page of another origin cannot send without asking first."""
    return any(headers.get(name) for name in _PREFLIGHT_HEADERS) or headers.get(b"sec-fetch-site") in _OWN_PAGE


def _decode_parameter(name: str, text: str) -> Any:
    if not text:
        return None
    try:
        return decode(text)
    except ValueError:
        raise _bad_request(f"The parameter '{name}' is not valid JSON.") from None


def check_parameters(parameters: object, *, is_get: bool) -> GraphQLParameters:
    """Check a decoded request. Raises HttpRequestError (BAD_REQUEST)."""
    if not isinstance(parameters, dict):
        raise _bad_request("The request body must be a JSON object.")
    query = parameters.get("query")
    if query is None or query == "":
        raise _bad_request("The request has no parameter 'query'.")
    if not isinstance(query, str):
        raise _bad_request("The parameter 'query' must be a string.")
    operation_name = parameters.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise _bad_request("The parameter 'operationName' must be a string or null.")
    variables = parameters.get("variables")
    if variables is not None and not isinstance(variables, dict):
        raise _bad_request("The parameter 'variables' must be an object or null.")
    extensions = parameters.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise _bad_request("The parameter 'extensions' must be an object or null.")
    return GraphQLParameters(query, operation_name or None, variables or {}, is_get)


def _bad_request(message: str) -> HttpRequestError:
    return HttpRequestError(RequestCode.BAD_REQUEST, message)


def _unsupported_content_type() -> HttpRequestError:
    return HttpRequestError(
        RequestCode.UNSUPPORTED_CONTENT_TYPE, "The content type must be application/json, in UTF-8.", 415
    )
