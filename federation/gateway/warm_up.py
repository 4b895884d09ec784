"""Makes known operations ready before a graph goes into service, so that its first clients wait for no planning."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from graphql import GraphQLSyntaxError, OperationDefinitionNode, parse

from federation.gateway.config import ConfigurationError
from federation.gateway.errors import RequestError
from federation.gateway.graph import Graph
from federation.gateway.request_log import log_event

# One operation takes milliseconds; whatever takes longer than this would not be planned for a client either.
_SECONDS_PER_OPERATION = 30.0


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A file of operations that clients send; `file` is its name within the folder."""

    file: str
    text: str


def read_documents(place: Path) -> tuple[KnownDocument, ...]:
    """Read a file, or all `*.graphql` of a folder and its subfolders, sorted. Raises ConfigurationError."""
    if not place.exists():
        raise ConfigurationError(f"There is no file or folder of operations {place}.")
    folder, files = (place, sorted(place.rglob("*.graphql"))) if place.is_dir() else (place.parent, [place])
    return tuple(KnownDocument(str(file.relative_to(folder)), _read(file)) for file in files)


async def warm_up(graph: Graph, documents: tuple[KnownDocument, ...]) -> None:
    """Have all operations planned and kept by `graph`; what cannot be planned is logged and otherwise of no effect."""
    loop = asyncio.get_running_loop()
    started, ready, refused = loop.time(), 0, 0
    for document in documents:
        for name in _names(document.text):
            try:
                await graph.operations.get(document.text, name, loop.time() + _SECONDS_PER_OPERATION)
                ready += 1
            except RequestError as error:
                refused += 1
                _log_refusal(document, name, error)
    milliseconds = round((loop.time() - started) * 1000, 1)
    log_event("warm-up", operations=ready, refused=refused, milliseconds=milliseconds)


async def warm_up_recent(graph: Graph, older: Graph, count: int) -> None:
    """Have the operations planned that were used last over an `older` graph; what is refused now is so for clients."""
    loop = asyncio.get_running_loop()
    for text, name in older.operations.recent(count):
        with suppress(RequestError):
            await graph.operations.get(text, name, loop.time() + _SECONDS_PER_OPERATION)


def _names(text: str) -> Iterator[str | None]:
    """The operation names that requests for a document can have."""
    try:
        definitions = parse(text, no_location=True).definitions
    except GraphQLSyntaxError:
        yield None  # it is refused with the reason
        return
    names = [d.name.value for d in definitions if isinstance(d, OperationDefinitionNode) and d.name is not None]
    if len(names) <= 1:
        yield None
    yield from names


def _log_refusal(document: KnownDocument, name: str | None, error: RequestError) -> None:
    reason = error.errors[0]["message"]
    log_event("operation-not-planned", file=document.file, operation=name, code=error.codes[0], reason=reason)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The file of operations {file} cannot be read: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or "it is not UTF-8 text").lower()
