"""Reading `supergraph.yaml`: rover's format, with one key of ours, `partitions`.

    federation_version: =2.14.0
    subgraphs:
      cards:
        routing_url: http://127.0.0.1:4000/partitioned/cards
        schema: {file: schema/subgraphs/cards.graphql}      # or sdl: …, or subgraph_url: …
        partitions:
          "330100": {name: hangzhou, routing_url: http://127.0.0.1:4101/hangzhou/cards}

Variables in texts are those of `documents`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.error import URLError

from federation.composition import Subgraph
from federation.composition.specifications import LATEST_FEDERATION
from federation.gateway.supergraph_config.documents import join_key, read_documents
from federation.gateway.supergraph_config.errors import ConfigProblem, SupergraphConfigError, wrong
from federation.gateway.supergraph_config.introspect import FetchSdl, fetch_sdl
from federation.supergraph.partitions import Partition

_VERSION = re.compile(r"^(?:=?([12](?:\.\d+)*)|latest-[12])$")

_DOCUMENT_KEYS = ("federation_version", "subgraphs")
_SUBGRAPH_KEYS = ("routing_url", "schema", "partitions")
_SCHEMA_KEYS = ("file", "sdl", "subgraph_url", "introspection_headers")
_PARTITION_KEYS = ("name", "routing_url")

Mapped = Mapping[str, object]


def read_supergraph_config(path: Path, *, fetch: FetchSdl = fetch_sdl) -> tuple[Subgraph, ...]:
    """Give the subgraphs in the file's order. Files are relative to the configuration. Raises SupergraphConfigError."""
    try:
        return parse_supergraph_config(_read_text(path, "", "it"), path.parent, fetch=fetch)
    except SupergraphConfigError as error:
        raise SupergraphConfigError([replace(problem, file=str(path)) for problem in error.problems]) from error


def parse_supergraph_config(text: str, folder: Path, *, fetch: FetchSdl = fetch_sdl) -> tuple[Subgraph, ...]:
    """Give the subgraphs of a configuration's text; several YAML documents count as one, later ones add to earlier."""
    reader = _Reader(folder, fetch)
    found: dict[str, Subgraph] = {}
    for document in read_documents(text):
        for subgraph in reader.read_document(document):
            if subgraph.name in found:
                raise wrong(f"subgraphs.{subgraph.name}", "is defined twice")
            found[subgraph.name] = subgraph
    if not found:
        raise wrong("subgraphs", "name at least one subgraph")
    return tuple(found.values())


def schema_files(path: Path) -> tuple[Path, ...]:
    """The files of SDL that a configuration names, as far as it can be read: what is wrong is told by reading it."""
    try:
        documents = read_documents(_read_text(path, "", "it"))
    except SupergraphConfigError:
        return ()
    found = [value for document in documents for value in _values_at(document, "subgraphs")]
    names = [_at(_at(subgraph, "schema"), "file") for subgraph in found]
    return tuple(path.parent / name for name in names if isinstance(name, str))


def _at(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _values_at(value: object, key: str) -> list[object]:
    found = _at(value, key)
    return list(found.values()) if isinstance(found, dict) else []


@dataclass(frozen=True, slots=True)
class _Reader:
    folder: Path
    fetch: FetchSdl

    def read_document(self, document: object) -> tuple[Subgraph, ...]:
        """Read all subgraphs before what is wrong with any is told."""
        root = _known_mapping(document, "", _DOCUMENT_KEYS)
        _check_version(str(root.get("federation_version", "2")))
        problems: list[ConfigProblem] = []
        found = []
        for name, value in _mapping(root.get("subgraphs") or {}, "subgraphs").items():
            try:
                found.append(self.read_subgraph(name, value))
            except SupergraphConfigError as error:
                problems += error.problems
        if problems:
            raise SupergraphConfigError(problems)
        return tuple(found)

    def read_subgraph(self, name: str, value: object) -> Subgraph:
        key = f"subgraphs.{name}"
        values = _known_mapping(value, key, _SUBGRAPH_KEYS)
        if "schema" not in values:
            raise wrong(f"{key}.schema", "is missing")
        schema = _mapping(values["schema"], f"{key}.schema", _SCHEMA_KEYS)
        sdl, file = self.read_schema(schema, f"{key}.schema")
        url = values.get("routing_url", schema.get("subgraph_url"))
        if url is None:
            raise wrong(f"{key}.routing_url", "is missing")
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
            raise wrong(f"{key}.graphref", "no registry is asked; give file, sdl or subgraph_url")
        _refuse_unknown(schema, _SCHEMA_KEYS, key)
        sources = [source for source in _SCHEMA_KEYS[:3] if source in schema]
        if len(sources) != 1:
            raise wrong(key, f"give exactly one of {', '.join(_SCHEMA_KEYS[:3])}")
        value = _text(schema[sources[0]], f"{key}.{sources[0]}")
        match sources[0]:
            case "sdl":
                return value, None
            case "file":
                return _read_text(self.folder / value, f"{key}.file", value), value
        headers = _mapping(schema.get("introspection_headers") or {}, f"{key}.introspection_headers")
        return self.introspect(value, {name: str(text) for name, text in headers.items()}, key), None

    def introspect(self, url: str, headers: Mapping[str, str], key: str) -> str:
        try:
            return self.fetch(url, headers)
        except (OSError, ValueError) as error:
            raise wrong(f"{key}.subgraph_url", f"gave no SDL: {_reason(error)}") from error


def _reason(error: OSError | ValueError) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    # `[Errno 111]` tells nobody anything.
    return reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)


def _read_text(path: Path, key: str, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise wrong(key, f"cannot read {name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise wrong(key, f"cannot read {name}: it is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from error
    except ValueError as error:  # a NUL in the name
        raise wrong(key, "is no name of a file") from error


def _check_version(version: str) -> None:
    match = _VERSION.match(version)
    if match is None:
        raise wrong("federation_version", f'"{version}" is no version such as 2 or =2.14.0')
    numbers = [int(number) for number in (match[1] or "").split(".") if number]
    if tuple(numbers[:2]) > LATEST_FEDERATION:
        latest = ".".join(map(str, LATEST_FEDERATION))
        raise wrong("federation_version", f"{version} is not known; give one of 2.0 to {latest}, or 2 for the latest")


def _read_partition(city: str, value: object, key: str) -> Partition:
    values = _known_mapping(value, key, _PARTITION_KEYS)
    for name in _PARTITION_KEYS:
        if name not in values:
            raise wrong(f"{key}.{name}", "is missing")
    return Partition(city, _text(values["name"], f"{key}.name"), _text(values["routing_url"], f"{key}.routing_url"))


def _mapping(value: object, key: str, known: tuple[str, ...] = ()) -> Mapped:
    if not isinstance(value, dict):
        expected = f"the keys {', '.join(known)}" if known else "keys to values"
        raise wrong(key, f"{'must' if key else 'the file must'} be a map of {expected}")
    # A city's code written without quotes is a number to YAML.
    return {str(name): item for name, item in value.items()}


def _known_mapping(value: object, key: str, known: tuple[str, ...]) -> Mapped:
    values = _mapping(value, key, known)
    _refuse_unknown(values, known, key)
    return values


def _text(value: object, key: str) -> str:
    if not isinstance(value, str) or not value:
        raise wrong(key, "must be a text")
    return value


def _refuse_unknown(values: Mapped, known: tuple[str, ...], key: str) -> None:
    for name in values:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            advice = f'did you mean "{nearest[0]}"?' if nearest else f"the keys here are {', '.join(known)}"
            raise wrong(join_key(key, name), f"is not known; {advice}")
