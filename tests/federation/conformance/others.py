"""Other gateways, asked the same operations over the same subgraphs: `routers/ask.mjs` runs one, as long as it lives.

The subgraphs are those in memory, served over HTTP under `/GATEWAY/SPLIT/NAME`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.executor.subgraph_client import FetchOperation, SubgraphRequest
from federation.query_plan.nodes import OperationKind, SubgraphName
from tests.federation.gateway.server_process import listening
from tests.support.generated_case import GeneratedSplit
from tests.support.memory_subgraph import MemorySubgraph
from tests.support.requirements import required_packages, required_program
from tests.support.scenario import ScenarioOperation, as_text, memory_subgraphs

ROUTERS = Path(__file__).parent / "routers"
GATEWAYS = ("apollo", "hive", "hive_rust")
_TIMEOUT_SECONDS = 30
_MAX_LINE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OtherAnswer:
    """What another gateway did with an operation.

    Attributes:
        text: its answer as `as_text` writes it.
        refusal: why it gave none, of its own accord; `text` is empty then.
        calls, depth: of subgraphs, and how many of them waited for one another.
    """

    text: str
    refusal: str | None
    calls: int
    depth: int


class Others:
    """The gateways, over one split after the other."""

    def __init__(self, origin: str, served: dict[str, MemorySubgraph]) -> None:
        self._origin = origin
        self._served = served
        self._processes = {name: _Process(name) for name in GATEWAYS}

    async def ask(self, split: GeneratedSplit, operations: Sequence[ScenarioOperation]) -> dict[str, list[OtherAnswer]]:
        """Give each gateway's answers, in the order of the operations; labels do not hold there."""
        answers = await asyncio.gather(*(self._ask_one(name, split, operations) for name in GATEWAYS))
        return dict(zip(GATEWAYS, answers, strict=True))

    async def _ask_one(
        self, gateway: str, split: GeneratedSplit, operations: Sequence[ScenarioOperation]
    ) -> list[OtherAnswer]:
        prefix = f"/{gateway}/{split.kind}-{split.seed}"
        subgraphs = memory_subgraphs(split.scenario, ScenarioOperation(""), [])
        paths = {f"{prefix}/{name}": client for name, client in subgraphs.items()}
        self._served |= paths
        supergraph = split.supergraph_sdl.replace('url: "http://', f'url: "{self._origin}{prefix}/')
        asked = [{"query": o.query, "variables": dict(o.variables)} for o in operations]
        answers: list[OtherAnswer] = []
        while len(answers) < len(asked):
            question = {"supergraph": supergraph, "operations": asked[len(answers) :]}
            answers += map(_read, await self._processes[gateway].exchange(question))
        for path in paths:
            del self._served[path]
        return answers

    async def close(self) -> None:
        """End the processes."""
        for process in self._processes.values():
            await process.close()


class _Process:
    """The process of one gateway, started when it is needed, and again where it ended."""

    def __init__(self, gateway: str) -> None:
        self._command = [required_program("node"), str(ROUTERS / "ask.mjs"), str(required_packages(ROUTERS)), gateway]
        self._process: asyncio.subprocess.Process | None = None

    async def exchange(self, question: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Give the answers to the question's operations, up to that at which the process ended, or all of them."""
        pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        if self._process is None:
            options = {"stdin": pipe, "stdout": pipe, "stderr": null, "limit": _MAX_LINE_BYTES}
            self._process = await asyncio.create_subprocess_exec(*self._command, **options)
            assert self._process.stdout is not None
            await self._process.stdout.readline()  # it is ready, which takes a while
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        wanted = len(question["operations"])
        answers: list[dict[str, Any]] = []
        while len(answers) < wanted:
            try:
                line = await asyncio.wait_for(self._process.stdout.readline(), _TIMEOUT_SECONDS)
            except TimeoutError:
                await self.close()
                return [*answers, *[_no_answer("no answer in time")] * (wanted - len(answers))]
            if not line:
                self._process = None
                return [*answers, _no_answer("its process ended")]
            answers.append(json.loads(line))
        return answers

    async def close(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()
        self._process = None


def _no_answer(reason: str) -> dict[str, Any]:
    return {"error": reason, "calls": 0, "depth": 0}


@asynccontextmanager
async def running_others() -> AsyncIterator[Others]:
    """Serve the subgraphs, and run the gateways as they are needed."""
    served: dict[str, MemorySubgraph] = {}
    async with listening(_Subgraphs(served)) as origin:
        others = Others(origin, served)
        try:
            yield others
        finally:
            await others.close()


def _read(answer: Mapping[str, Any]) -> OtherAnswer:
    errors = answer.get("errors") or ()
    refusal = answer.get("error")
    if refusal is None and answer.get("data") is None and not any(error.get("path") for error in errors):
        refusal = "; ".join(str(error.get("message")) for error in errors)[:400] or "no data"
    text = "" if refusal is not None else as_text(answer.get("data"), errors)
    return OtherAnswer(text, refusal, answer["calls"], answer["depth"])


class _Subgraphs:
    """All subgraphs behind one origin."""

    def __init__(self, served: Mapping[str, MemorySubgraph]) -> None:
        self._served = served

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        question = json.loads(body + message["body"])
        answer = await self._served[scope["path"]].execute(_request(question))
        content = {"data": answer.data} | ({"errors": list(answer.errors)} if answer.errors else {})
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(content).encode()})


def _request(question: Mapping[str, Any]) -> SubgraphRequest:
    text = question["query"]
    kind = OperationKind.MUTATION if text.lstrip().startswith("mutation") else OperationKind.QUERY
    operation = FetchOperation(SubgraphName(""), text, kind, question.get("operationName"), b"")
    return SubgraphRequest(operation, question.get("variables") or {})
