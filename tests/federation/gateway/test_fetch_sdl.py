"""Asking a running subgraph for its SDL, and what is told when that or the configuration fails."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from federation.gateway.supergraph_config import SupergraphConfigError, fetch_sdl, parse_supergraph_config

SDL = b'{"data":{"_service":{"sdl":"type Query { a: Int }"}}}'


@contextmanager
def server(status=200, body=SDL, location=None):
    """A subgraph that always answers so; gives its URL and the headers it was sent."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(dict(self.headers))
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 (the name that http.server looks for)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}/", seen
        finally:
            http.shutdown()
            thread.join()


def test_a_subgraph_is_asked_with_the_headers_given():
    with server() as (url, seen):
        assert fetch_sdl(url, {"Authorization": "Bearer t"}) == "type Query { a: Int }"
    assert seen[0]["Authorization"] == "Bearer t"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_carries_no_token_to_somebody_else(status):
    with (
        server() as (other, seen_by_other),
        server(status, b"", other) as (url, _),
        pytest.raises(ValueError, match=str(status)),
    ):
        fetch_sdl(url, {"Authorization": "Bearer t"})
    assert seen_by_other == []


def test_too_large_an_answer_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr("federation.gateway.supergraph_config.introspect._MAX_SDL_BYTES", 10)
    with server() as (url, _), pytest.raises(ValueError, match="larger than 10 bytes"):
        fetch_sdl(url, {})


def test_an_error_names_the_key_and_not_the_address_which_may_hold_a_password():
    def fetch(url, headers):
        raise ConnectionRefusedError(111, "Connection refused")

    text = "subgraphs: {cards: {schema: {subgraph_url: 'http://user:pass@cards'}}}"
    with pytest.raises(SupergraphConfigError) as refused:
        parse_supergraph_config(text, Path(), fetch=fetch)
    assert str(refused.value) == "subgraphs.cards.schema.subgraph_url: gave no SDL: Connection refused"


def test_yaml_that_is_not_valid_is_not_quoted():
    with pytest.raises(SupergraphConfigError) as refused:
        parse_supergraph_config("a: 1\nheaders: {Authorization: 'Bearer secret", Path())
    assert str(refused.value) == "not valid YAML (line 2)"


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (404, b"", "404 Not Found"),
        (503, b"<html>", "503 Service Unavailable"),
        (799, b"", "799"),
        (400, b'{"errors":[{"message":"no such field"}]}', "400 Bad Request: no such field"),
        (200, b"<html>", "the answer is no JSON"),
        (200, b"\xff", "the answer is no JSON"),
        (200, b"[" * 100_000, "the answer is no JSON"),
        (200, b'{"data":{}}', "the answer has no `_service { sdl }`"),
        (200, b'{"errors":[{"message":"Cannot query\\n_service"}]}', "the subgraph answers: Cannot query _service"),
        (200, b'{"errors":[{"message":"' + b"x" * 999 + b'"}]}', f"the subgraph answers: {'x' * 200}\u2026"),
    ],
)
def test_what_a_subgraph_answered_instead_of_sdl_is_told_in_a_few_words(status, body, message):
    with server(status, body) as (url, _), pytest.raises(ValueError, match=r"\w") as told:
        fetch_sdl(url, {})
    assert str(told.value) == message


@pytest.mark.parametrize("url", ["http://h:abc/", "http://h/a b", "http://user:secret@h/"])
def test_an_address_that_is_none_is_refused_without_its_text(url):
    text = f"subgraphs: {{cards: {{schema: {{subgraph_url: '{url}'}}}}}}"
    with pytest.raises(SupergraphConfigError, match=r"subgraph_url: gave no SDL: the URL is not valid") as refused:
        parse_supergraph_config(text, Path())
    assert url.removeprefix("http://") not in str(refused.value)
    assert "secret" not in str(refused.value)
