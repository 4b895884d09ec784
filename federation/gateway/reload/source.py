"""Where a supergraph comes from: a file of SDL, or a `supergraph.yaml` that is composed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from federation.supergraph.errors import SupergraphError
from federation.supergraph.load import load_supergraph
from federation.supergraph.supergraph import Supergraph

_CONFIG_SUFFIXES = (".yaml", ".yml")
_COMPOSING_SECONDS = 120.0


class SupergraphUnusable(Exception):
    """There is no supergraph that can be served; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class SupergraphSource:
    """The file that the operator named.

    Attributes:
        path: supergraph SDL, or rover's `supergraph.yaml`.
        copy: where SDL that was composed is kept, for other commands; None for nowhere.
    """

    path: Path
    copy: Path | None = None

    @property
    def is_composed(self) -> bool:
        """Whether the file names subgraphs to compose."""
        return self.path.suffix in _CONFIG_SUFFIXES

    def read(self) -> str:
        """The supergraph's SDL. Raises SupergraphUnusable. Composing takes its time, so call it in a thread."""
        return _compose(self.path) if self.is_composed else _read(self.path)

    def keep(self, sdl: str) -> None:
        """Write the copy, whole or not at all. Raises SupergraphUnusable."""
        if self.copy is None:
            return
        unfinished = self.copy.with_name(f"{self.copy.name}.new")
        try:
            unfinished.write_text(sdl, encoding="utf-8")
            unfinished.replace(self.copy)
        except OSError as error:
            raise SupergraphUnusable(f"The supergraph cannot be kept as {self.copy}: {_reason(error)}.") from error

    def files(self) -> tuple[Path, ...]:
        """All files whose change means another supergraph; a schema that a running subgraph tells is none."""
        if not self.is_composed:
            return (self.path,)
        from federation.gateway.supergraph_config import schema_files  # brings composition, which SDL does not need

        return (self.path, *schema_files(self.path))


def load_source(source: SupergraphSource) -> Supergraph:
    """Read and load the supergraph, and keep its copy. Raises SupergraphUnusable."""
    sdl = source.read()
    try:
        supergraph = load_supergraph(sdl)
    except SupergraphError as error:
        raise SupergraphUnusable(f"The file {source.path} is no supergraph that can be served: {error}") from error
    source.keep(sdl)
    return supergraph


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SupergraphUnusable(f"The supergraph {path} cannot be read: {_reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise SupergraphUnusable(f"The supergraph {path} is not UTF-8 text.") from error


def _compose(path: Path) -> str:
    """Compose in a process of its own: requests do not wait for it, and its memory goes with it."""
    command = [sys.executable, "-m", "federation", "compose", "--config", str(path), "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_COMPOSING_SECONDS, env=os.environ)  # noqa: S603  (our own command)
        result = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        message = f"The subgraphs of {path} were not composed within {_COMPOSING_SECONDS:.0f} seconds."
        raise SupergraphUnusable(message) from error
    except (OSError, ValueError) as error:
        raise SupergraphUnusable(
            f"The subgraphs of {path} cannot be composed: the composing process failed."
        ) from error
    if result["errors"]:
        raise SupergraphUnusable(_refusal(path, result["errors"]))
    sdl: str = result["supergraphSdl"]
    return sdl


def _refusal(path: Path, errors: list[dict[str, str]]) -> str:
    more = f" (and {len(errors) - 1} more; `bureaugraph compose --config {path}` lists all)" if len(errors) > 1 else ""
    return f"The subgraphs of {path} do not compose: {errors[0]['code']}: {errors[0]['message']}{more}"


def _reason(error: OSError) -> str:
    return (error.strerror or "error").lower()
