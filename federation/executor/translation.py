"""A subgraph's errors in the client's terms: paths of the answer, codes, and no more text than configured."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from federation.executor.errors import ErrorCode, ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.query_plan.nodes import FieldSegment, RenameKey, SubgraphName

_VARIABLE = re.compile(r"\$([_A-Za-z][_0-9A-Za-z]*)")

#: Extensions that say how a request failed; they stay when a subgraph's own text is masked.
_OWN_EXTENSIONS = ("partition", "city", "retryable")


@dataclass(frozen=True, slots=True)
class ErrorPolicy:
    """What clients may read of subgraphs' errors.

    Attributes:
        messages_shown: pass messages and extensions on; else a general message and our own extensions stand instead.
        masked_subgraphs: subgraphs whose messages are masked although `messages_shown`.
        masked_partitions: the same of single partitions, by subgraph and the partition's name.
        coordinates: by variables that the client has not written, the coordinates of its values that are in them.
    """

    messages_shown: bool = True
    masked_subgraphs: frozenset[SubgraphName] = frozenset()
    masked_partitions: frozenset[tuple[SubgraphName, str]] = frozenset()
    coordinates: Mapping[str, str] = field(default_factory=dict)

    def shows(self, subgraph: SubgraphName, partition: JsonValue) -> bool:
        """Whether messages of a subgraph may be read, or of its `partition` if the error is of one."""
        if not self.messages_shown or subgraph in self.masked_subgraphs:
            return False
        return not isinstance(partition, str) or (subgraph, partition) not in self.masked_partitions

    def in_clients_terms(self, message: str) -> str:
        """`message` with coordinates in the places of variables that the client has not written."""
        return _VARIABLE.sub(lambda found: self.coordinates.get(found[1], found[0]), message)


def client_error(
    error: ResponseObject, subgraph: SubgraphName, path: ErrorPath | None, policy: ErrorPolicy
) -> ResponseObject:
    """A subgraph's `error` as the client gets it, at the client's `path`.

    The subgraph's `locations` are left out, for they point into an operation that the client never wrote.
    """
    given = error.get("extensions")
    extensions: ResponseObject = dict(given) if isinstance(given, dict) else {}
    message = error.get("message")
    if not policy.shows(subgraph, extensions.get("partition")) or not isinstance(message, str):
        message = f'The subgraph "{subgraph}" reported an error.'
        kept = ("code", *_OWN_EXTENSIONS)
        extensions = {name: extensions[name] for name in kept if name in extensions}
    else:
        message = policy.in_clients_terms(message)
    if not isinstance(extensions.get("code"), str):
        extensions["code"] = ErrorCode.DOWNSTREAM_SERVICE_ERROR.value
    extensions["service"] = subgraph
    located = {} if path is None else {"path": list(path)}
    return {"message": message, **located, "extensions": extensions}


def error_path(error: ResponseObject) -> ErrorPath | None:
    """The error's path if it has a well-formed one."""
    path: JsonValue = error.get("path")
    if isinstance(path, list) and path and all(isinstance(step, (str, int)) for step in path):
        return tuple(path)
    return None


def rename_in_path(path: ErrorPath, rewrites: Sequence[RenameKey]) -> ErrorPath:
    """`path` below a fetched object with internal aliases undone, as `rewrites` undo them in the data."""
    steps = list(path)
    for rewrite in rewrites:
        before = [segment.name for segment in rewrite.path if isinstance(segment, FieldSegment)]
        fields = [position for position, step in enumerate(steps) if isinstance(step, str)]
        names = [steps[position] for position in fields]
        if names[: len(before) + 1] == [*before, rewrite.alias]:
            steps[fields[len(before)]] = rewrite.name
    return tuple(steps)
