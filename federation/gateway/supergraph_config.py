"""Reading `supergraph.yaml`: rover's format, with one key of ours, `partitions`.

    federation_version: =2.14.0
    subgraphs:
      cards:
        routing_url: http://127.0.0.1:4000/partitioned/cards
        schema: {file: schema/subgraphs/cards.graphql}      # or sdl: …, or subgraph_url: …
        partitions:
          "330100": {name: hangzhou, routing_url: http://127.0.0.1:4101/hangzhou/cards}

`${env.NAME}` and `${env.NAME:-default}` in any text are replaced from the environment.

    SupergraphConfigError   the file cannot be used; `key` says where, e.g. `subgraphs.cards.schema`
"""

from __future__ import annotations

import difflib
import json
import os
import re
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import yaml

from federation.composition import Subgraph
from federation.gateway.config import yaml_place
from federation.supergraph.partitions import Partition

_VARIABLE = re.compile(r"\$\{env\.(\w+)(?::-([^}]*))?\}")
_VERSION = re.compile(r"^(=?[12](\.\d+)*|latest-[12])$")
_INTROSPECTION = "query SubgraphIntrospection { _service { sdl } }"
_INTROSPECTION_TIMEOUT_SECONDS = 10.0
_MAX_SDL_BYTES = 16 * 1024 * 1024

_DOCUMENT_KEYS = ("federation_version", "subgraphs")
_SUBGRAPH_KEYS = ("routing_url", "schema", "partitions")
_SCHEMA_KEYS = ("file", "sdl", "subgraph_url", "introspection_headers")
_PARTITION_KEYS = ("name", "routing_url")

Mapped = Mapping[str, object]
FetchSdl = Callable[[str, Mapping[str, str]], str]
"""`fetch_sdl(url, headers)` asks a running subgraph for its SDL."""


class SupergraphConfigError(Exception):
    """The configuration cannot be used. `key` is the place in it, dotted; empty for the whole file."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}" if key else message)
        self.key = key


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
    request = urllib.request.Request(  # noqa: S310 (the scheme is checked above)
        url,
        data=json.dumps({"query": _INTROSPECTION}).encode(),
        headers={"content-type": "application/json", **headers},
    )
    with _OPENER.open(request, timeout=_INTROSPECTION_TIMEOUT_SECONDS) as response:
        body = response.read(_MAX_SDL_BYTES + 1)
    if len(body) > _MAX_SDL_BYTES:
        raise ValueError(f"the answer is larger than {_MAX_SDL_BYTES} bytes")
    match json.loads(body):
        case {"data": {"_service": {"sdl": str(sdl)}}}:
            return sdl
    raise ValueError("the answer has no `_service { sdl }`")


def read_supergraph_config(path: Path, *, fetch: FetchSdl = fetch_sdl) -> tuple[Subgraph, ...]:
    """Give the subgraphs in the file's order. Files are relative to the configuration. Raises SupergraphConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SupergraphConfigError("", f"cannot read {path}: {error.strerror}") from error
    return parse_supergraph_config(text, path.parent, fetch=fetch)


def parse_supergraph_config(text: str, folder: Path, *, fetch: FetchSdl = fetch_sdl) -> tuple[Subgraph, ...]:
    """Give the subgraphs of a configuration's text; several YAML documents count as one, later ones add to earlier."""
    try:
        documents = [document for document in yaml.safe_load_all(text) if document is not None]
    except yaml.YAMLError as error:
        raise SupergraphConfigError("", f"not valid YAML{yaml_place(error)}") from None
    reader = _Reader(folder, fetch)
    found: dict[str, Subgraph] = {}
    for document in documents:
        for subgraph in reader.read_document(_interpolate(document, "")):
            if subgraph.name in found:
                raise SupergraphConfigError(f"subgraphs.{subgraph.name}", "is defined twice")
            found[subgraph.name] = subgraph
    if not found:
        raise SupergraphConfigError("subgraphs", "name at least one subgraph")
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Reader:
    folder: Path
    fetch: FetchSdl

    def read_document(self, document: object) -> tuple[Subgraph, ...]:
        root = _mapping(document, "")
        _refuse_unknown(root, _DOCUMENT_KEYS, "")
        version = str(root.get("federation_version", "2"))
        if _VERSION.match(version) is None:
            raise SupergraphConfigError("federation_version", f'"{version}" is no version such as 2 or =2.14.0')
        subgraphs = _mapping(root.get("subgraphs") or {}, "subgraphs")
        return tuple(self.read_subgraph(name, value) for name, value in subgraphs.items())

    def read_subgraph(self, name: str, value: object) -> Subgraph:
        key = f"subgraphs.{name}"
        values = _mapping(value, key)
        _refuse_unknown(values, _SUBGRAPH_KEYS, key)
        if "schema" not in values:
            raise SupergraphConfigError(f"{key}.schema", "is missing")
        schema = _mapping(values["schema"], f"{key}.schema")
        sdl, file = self.read_schema(schema, f"{key}.schema")
        url = values.get("routing_url", schema.get("subgraph_url"))
        if url is None:
            raise SupergraphConfigError(f"{key}.routing_url", "is missing")
        partitions = _mapping(values.get("partitions") or {}, f"{key}.partitions")
        return Subgraph(
            name=name,
            url=_text(url, f"{key}.routing_url"),
            sdl=sdl,
            partitions=tuple(
                _read_partition(city, partition, f"{key}.partitions.{city}") for city, partition in partitions.items()
            ),
            file=file,
        )

    def read_schema(self, schema: Mapped, key: str) -> tuple[str, str | None]:
        """Give the SDL and the file it came from."""
        if "graphref" in schema:
            raise SupergraphConfigError(f"{key}.graphref", "no registry is asked; give file, sdl or subgraph_url")
        _refuse_unknown(schema, _SCHEMA_KEYS, key)
        sources = [source for source in _SCHEMA_KEYS[:3] if source in schema]
        if len(sources) != 1:
            raise SupergraphConfigError(key, f"give exactly one of {', '.join(_SCHEMA_KEYS[:3])}")
        value = _text(schema[sources[0]], f"{key}.{sources[0]}")
        match sources[0]:
            case "sdl":
                return value, None
            case "file":
                return self.read_file(value, key), value
        headers = _mapping(schema.get("introspection_headers") or {}, f"{key}.introspection_headers")
        return self.introspect(value, {name: str(text) for name, text in headers.items()}, key), None

    def read_file(self, name: str, key: str) -> str:
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except OSError as error:
            raise SupergraphConfigError(f"{key}.file", f"cannot read {name}: {error.strerror}") from error

    def introspect(self, url: str, headers: Mapping[str, str], key: str) -> str:
        try:
            return self.fetch(url, headers)
        except (OSError, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise SupergraphConfigError(f"{key}.subgraph_url", f"gave no SDL: {reason}") from error


def _read_partition(city: str, value: object, key: str) -> Partition:
    values = _mapping(value, key)
    _refuse_unknown(values, _PARTITION_KEYS, key)
    for name in _PARTITION_KEYS:
        if name not in values:
            raise SupergraphConfigError(f"{key}.{name}", "is missing")
    return Partition(city, _text(values["name"], f"{key}.name"), _text(values["routing_url"], f"{key}.routing_url"))


def _mapping(value: object, key: str) -> Mapped:
    if not isinstance(value, dict):
        raise SupergraphConfigError(key, "must be a map of keys to values")
    # A city's code written without quotes is a number to YAML.
    return {str(name): item for name, item in value.items()}


def _text(value: object, key: str) -> str:
    if not isinstance(value, str) or not value:
        raise SupergraphConfigError(key, "must be a text")
    return value


def _refuse_unknown(values: Mapped, known: tuple[str, ...], key: str) -> None:
    for name in values:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise SupergraphConfigError(f"{key}.{name}".lstrip("."), f'is not known; did you mean "{nearest}"?')


def _interpolate(value: object, key: str) -> object:
    """Replace variables in every text below `value`."""
    match value:
        case str():
            return _VARIABLE.sub(lambda match: _variable(match, key), value)
        case dict():
            return {name: _interpolate(item, f"{key}.{name}".lstrip(".")) for name, item in value.items()}
        case list():
            return [_interpolate(item, key) for item in value]
    return value


def _variable(match: re.Match[str], key: str) -> str:
    name, default = match.groups()
    value = os.environ.get(name, default)
    if value is None:
        raise SupergraphConfigError(key, f"environment variable {name} is not set and has no default")
    return value
