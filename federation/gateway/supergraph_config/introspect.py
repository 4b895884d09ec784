"""Asking a running subgraph for its SDL."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPException, InvalidURL
from typing import Protocol
from urllib.error import HTTPError

_INTROSPECTION = "query SubgraphIntrospection { _service { sdl } }"
_TIMEOUT_SECONDS = 10.0
_MAX_SDL_BYTES = 16 * 1024 * 1024
_MAX_MESSAGE_CHARACTERS = 200
_INVALID_URL = (
    "the URL is not valid: its port must be a number, it must not contain spaces, and a password belongs into "
    "introspection_headers"
)

FetchSdl = Callable[[str, Mapping[str, str]], str]
"""`fetch_sdl(url, headers)` asks a running subgraph for its SDL."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as it is: an HTTP error."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def fetch_sdl(url: str, headers: Mapping[str, str]) -> str:
    """Ask a running subgraph for its SDL by `_service { sdl }`. Raises OSError or ValueError.

    Redirects are not followed: they would carry the headers, which may hold tokens, to somebody else.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError("the URL is not http or https")
    answer = _decode(_ask(url, headers))
    match answer:
        case {"data": {"_service": {"sdl": str(sdl)}}}:
            return sdl
    message = _first_message(answer)
    raise ValueError(f"the subgraph answers: {message}" if message else "the answer has no `_service { sdl }`")


def _ask(url: str, headers: Mapping[str, str]) -> bytes:
    try:
        request = urllib.request.Request(  # noqa: S310 (the scheme is checked above)
            url,
            data=json.dumps({"query": _INTROSPECTION}).encode(),
            headers={"content-type": "application/json", **headers},
        )
        with _OPENER.open(request, timeout=_TIMEOUT_SECONDS) as response:
            return _read(response)
    except HTTPError as error:
        raise ValueError(_http_failure(error)) from error
    except InvalidURL as error:  # its own words quote the URL, which may hold a password
        raise ValueError(_INVALID_URL) from error
    except HTTPException as error:
        raise ValueError("the answer is no HTTP, or it broke off") from error


def _read(response: _Readable) -> bytes:
    body = response.read(_MAX_SDL_BYTES + 1)
    if len(body) > _MAX_SDL_BYTES:
        raise ValueError(f"the answer is larger than {_MAX_SDL_BYTES} bytes")
    return body


def _decode(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("the answer is no JSON") from error


def _http_failure(error: HTTPError) -> str:
    """Write status code and phrase, and what a GraphQL server says beside them."""
    known = [status.phrase for status in HTTPStatus if status == error.code]
    status = " ".join([str(error.code), *known])
    try:
        with error:
            message = _first_message(_decode(_read(error)))
    except (OSError, ValueError, HTTPException):
        message = None
    return f"{status}: {message}" if message else status


def _first_message(answer: object) -> str | None:
    match answer:
        case {"errors": [{"message": str(message)}, *_]}:
            line = " ".join(message.split())
            is_long = len(line) > _MAX_MESSAGE_CHARACTERS
            return f"{line[:_MAX_MESSAGE_CHARACTERS]}…" if is_long else line
    return None
