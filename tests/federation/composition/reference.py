"""The reference composition (`@apollo/composition`), asked through `oracle/compose.mjs`, where it is installed.

`npm ci` in a copy of `oracle/`, then BUREAUGRAPH_ORACLE_DIR=that folder.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from federation.composition import Subgraph

_SCRIPT = Path(__file__).parent / "oracle" / "compose.mjs"
FOLDER = os.environ.get("BUREAUGRAPH_ORACLE_DIR", "")
IS_AVAILABLE = bool(FOLDER) and Path(FOLDER, "node_modules/@apollo/composition").is_dir() and bool(shutil.which("node"))


def ask_reference(sets: Iterable[Sequence[Subgraph]]) -> list[dict]:
    """Compose each set; an answer has `supergraph`, `errors` and `hints`, or `crash`."""
    lines = [json.dumps([{"name": s.name, "url": s.url, "sdl": s.sdl} for s in subgraphs]) for subgraphs in sets]
    done = subprocess.run(
        ["node", str(_SCRIPT)], input="\n".join(lines), capture_output=True, text=True, check=True, timeout=600
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
