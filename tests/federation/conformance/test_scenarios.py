"""Every scenario file: composed, planned, executed over strict subgraphs, compared with the unsplit answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from federation.planner import QueryPlanningError
from federation.query_plan import pretty
from tests.support.scenario import compose_scenario, read_scenario, run_operation

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "federation"
FILES = sorted(SCENARIOS.rglob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SCENARIOS).with_suffix("")))
async def test_the_federated_answer_is_the_unsplit_one_at_the_stated_cost(file: Path) -> None:
    scenario = read_scenario(file)
    supergraph = compose_scenario(scenario.subgraphs, scenario.changed)
    for operation in scenario.operations:
        if operation.invalid is not None:
            errors = [error.message for error in validate(supergraph.client_schema, parse(operation.query))]
            assert any(operation.invalid in message for message in errors), errors
            continue
        if operation.error is not None:
            with pytest.raises(QueryPlanningError, match=re.escape(operation.error)):
                await run_operation(supergraph, scenario, operation)
            continue
        outcome = await run_operation(supergraph, scenario, operation)
        text = pretty(outcome.plan)
        assert outcome.answer == outcome.right_answer, f"{operation.query}\n{text}"
        if operation.calls is not None:
            assert outcome.calls == operation.calls
        if operation.fetches is not None:
            assert outcome.fetches == operation.fetches, f"{operation.query}\n{text}"
        if operation.plan is not None:
            assert text.strip() == operation.plan.strip()
