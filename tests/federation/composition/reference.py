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

_SCRIPTS = Path(__file__).parent / "oracle"
FOLDER = os.environ.get("BUREAUGRAPH_ORACLE_DIR", "")
IS_AVAILABLE = bool(FOLDER) and Path(FOLDER, "node_modules/@apollo/composition").is_dir() and bool(shutil.which("node"))


def ask_reference(sets: Iterable[Sequence[Subgraph]]) -> list[dict]:
    """Compose each set; an answer has `supergraph`, `errors` and `hints`, or `crash`."""
    return _run("compose.mjs", [[{"name": s.name, "url": s.url, "sdl": s.sdl} for s in set_] for set_ in sets])


def load_in_reference(supergraphs: Iterable[str]) -> list[dict]:
    """Load each supergraph with the reference gateway; an answer has `api`, its API schema sorted, or `error`."""
    return _run("load.mjs", list(supergraphs))


def _run(script: str, questions: Sequence[object]) -> list[dict]:
    lines = "\n".join(json.dumps(question) for question in questions)
    command = ["node", str(_SCRIPTS / script)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=600)
    return [json.loads(line) for line in done.stdout.splitlines()]
