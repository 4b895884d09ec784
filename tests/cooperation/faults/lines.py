"""The lines in which deliveries wait, as DBOS keeps them: one workflow of a subject at a time, in their order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from cooperation.store.rows import DeliveryRow


@dataclass
class Workflow:
    """A delivery in its subject's line."""

    delivery_id: str
    run: int
    due: datetime


class Lines:
    """Every workflow is begun once, as its name is."""

    def __init__(self) -> None:
        self._lines: dict[str, list[Workflow]] = defaultdict(list)
        self._begun: set[tuple[str, int]] = set()

    def hand_over(self, delivery: DeliveryRow, now: datetime) -> None:
        """Have it worked at, behind those of its subject; again is the same as once."""
        if not self.has_begun(delivery):
            self._begun.add((delivery.id, delivery.run))
            self._lines[delivery.subject].append(Workflow(delivery.id, delivery.run, now))

    def has_begun(self, delivery: DeliveryRow) -> bool:
        """Whether its present run was ever handed over."""
        return (delivery.id, delivery.run) in self._begun

    def is_waiting(self, delivery: DeliveryRow) -> bool:
        """Whether its present run stands in a line."""
        return any((one.delivery_id, one.run) == (delivery.id, delivery.run) for line in self._all() for one in line)

    def is_behind(self, delivery: DeliveryRow) -> bool:
        """Whether its present run stands in a line, and others before it."""
        return self.is_waiting(delivery) and (delivery.id, delivery.run) not in {
            (one.delivery_id, one.run) for one in self.first()
        }

    def first(self) -> list[Workflow]:
        """The first of each line."""
        return [line[0] for line in self._all()]

    def give_up(self, delivery_id: str) -> None:
        """It was withdrawn: others may pass."""
        for line in self._all():
            line[:] = [one for one in line if one.delivery_id != delivery_id]

    def end(self, workflow: Workflow) -> None:
        """Its run is over."""
        for line in self._all():
            if workflow in line:
                line.remove(workflow)

    def _all(self) -> list[list[Workflow]]:
        return [line for line in self._lines.values() if line]
