"""Both reference gateways serve our supergraphs as they serve the reference's: same API schema, same answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from federation.composition import Subgraph, compose
from federation.executor.subgraph_client import FetchOperation, SubgraphRequest
from federation.query_plan.nodes import OperationKind, SubgraphName
from tests.federation.composition.reference import ask_reference, serve_in_gateways
from tests.federation.gateway.server_process import listening
from tests.support.memory_subgraph import MemorySubgraph
from tests.support.scenario import Scenario, memory_subgraphs, read_scenario

FOLDER = Path(__file__).parents[2] / "scenarios" / "federation"
# A gateway of its own for each of four supergraphs a scenario: a few of each folder are enough.
FILES = sorted(FOLDER.glob("*/*.yaml"))[::4]


class _Subgraphs:
    """The subgraphs of all scenarios behind one origin, each at `/scenario/name`."""

    def __init__(self, scenarios: Mapping[str, Scenario]) -> None:
        self.clients: dict[str, MemorySubgraph] = {
            f"/{key}/{name}": client
            for key, scenario in scenarios.items()
            for name, client in memory_subgraphs(scenario, scenario.operations[0], []).items()
        }

    async def __call__(self, scope, receive, send) -> None:
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        question = json.loads(body + message["body"])
        answer = await self.clients[scope["path"]].execute(_request(question))
        content = {"data": answer.data} | ({"errors": list(answer.errors)} if answer.errors else {})
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(content).encode()})


def _request(question: Mapping) -> SubgraphRequest:
    text = question["query"]
    kind = OperationKind.MUTATION if text.lstrip().startswith("mutation") else OperationKind.QUERY
    operation = FetchOperation(SubgraphName(""), text, kind, question.get("operationName"), b"")
    return SubgraphRequest(operation, question.get("variables") or {})


def _subgraphs(scenario: Scenario, origin: str) -> list[Subgraph]:
    return [Subgraph(name, f"{origin}/{name}", sdl) for name, sdl in scenario.subgraphs.items()]


def _is_plain(scenario: Scenario) -> bool:
    """Overrides by label and subgraphs that are down are the gateways' own matter."""
    return not any(operation.labels or operation.down or operation.error for operation in scenario.operations)


def _scenarios() -> dict[str, Scenario]:
    """The plain ones that the reference composes too."""
    read = {file.stem: read_scenario(file) for file in FILES}
    plain = {key: scenario for key, scenario in read.items() if _is_plain(scenario)}
    answers = ask_reference(_subgraphs(scenario, "http://x") for scenario in plain.values())
    return {key: plain[key] for key, answer in zip(plain, answers, strict=True) if answer.get("supergraph")}


@pytest.mark.timeout(300)
async def test_the_reference_gateways_answer_alike_from_our_supergraph_and_from_theirs() -> None:
    scenarios = _scenarios()
    assert len(scenarios) > 15
    async with listening(_Subgraphs(scenarios)) as origin:
        sets = {key: _subgraphs(scenario, f"{origin}/{key}") for key, scenario in scenarios.items()}
        ours = [compose(subgraphs).supergraph_sdl for subgraphs in sets.values()]
        theirs = [answer["supergraph"] for answer in ask_reference(sets.values())]
        operations = [
            [{"query": operation.query, "variables": dict(operation.variables)} for operation in scenario.operations]
            for scenario in scenarios.values()
        ] * 2
        questions = [
            {"supergraph": supergraph, "operations": asked}
            for supergraph, asked in zip([*ours, *theirs], operations, strict=True)
        ]
        answers = await serve_in_gateways(questions)
    count = len(scenarios)
    # Some graphs are beyond a gateway's own planner, whoever composed them.
    served = [answer for answer in answers[:count] if "error" not in answer["apollo"] and "error" not in answer["hive"]]
    assert len(served) > 15
    assert dict(zip(scenarios, answers[:count], strict=True)) == dict(zip(scenarios, answers[count:], strict=True))
