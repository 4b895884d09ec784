"""The engine of a test that has no DBOS: it knows some workflows, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cooperation.store.rows import DeliveryRow
from cooperation.workflows import engine
from cooperation.workflows.engine import WorkflowState


class KnownWorkflows:
    """An engine that knows some workflows, by delivery, and remembers what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, states: dict[str, WorkflowState]) -> None:
        self.states = states
        self.started: list[str] = []
        self.given_up: list[str] = []
        self.taken_over: list[set[str] | None] = []
        for name in ("workflow_states", "start_delivery", "give_up_workflow", "take_over"):
            monkeypatch.setattr(engine, name, getattr(self, name))

    async def workflow_states(self, owed: Sequence[DeliveryRow]) -> dict[str, WorkflowState]:
        return {engine.workflow_id(one): self.states[one.id] for one in owed if one.id in self.states}

    async def start_delivery(self, owed: DeliveryRow) -> None:
        self.started.append(engine.workflow_id(owed))

    async def give_up_workflow(self, owed: DeliveryRow) -> None:
        self.given_up.append(engine.workflow_id(owed))

    def take_over(self, _: set[str], dead: set[str] | None) -> int:
        self.taken_over.append(dead)
        return 0
