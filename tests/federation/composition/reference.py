"""The reference composition and gateways, asked through the scripts in `oracle/`, where its packages are installed."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from federation.composition import Subgraph
from tests.support.requirements import required_packages, required_program

SCRIPTS = Path(__file__).parent / "oracle"
_TIMEOUT_SECONDS = 600


def ask_reference(sets: Iterable[Sequence[Subgraph]]) -> list[dict]:
    """Compose each set; an answer has `supergraph`, `errors` and `hints`, or `crash`."""
    return _run("compose.mjs", [[{"name": s.name, "url": s.url, "sdl": s.sdl} for s in set_] for set_ in sets])


def load_in_reference(supergraphs: Iterable[str]) -> list[dict]:
    """Load each supergraph with the reference gateway; an answer has `api`, its API schema sorted, or `error`."""
    return _run("load.mjs", list(supergraphs))


async def serve_in_gateways(questions: Iterable[dict]) -> list[dict]:
    """Ask both reference gateways; a question has `supergraph` and `operations`, an answer is by gateway."""
    process = await asyncio.create_subprocess_exec(
        *script_command("serve.mjs"), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    lines = "\n".join(json.dumps(question) for question in questions)
    output, _ = await asyncio.wait_for(process.communicate(lines.encode()), _TIMEOUT_SECONDS)
    return [json.loads(line) for line in output.splitlines()]


def script_command(script: str) -> list[str]:
    """Give the command that runs a script of `oracle/`."""
    return [required_program("node"), str(SCRIPTS / script), str(required_packages(SCRIPTS))]


def _run(script: str, questions: Sequence[object]) -> list[dict]:
    lines = "\n".join(json.dumps(question) for question in questions)
    done = subprocess.run(
        script_command(script), input=lines, capture_output=True, text=True, check=True, timeout=_TIMEOUT_SECONDS
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
