"""What can befall one turn, by chance or by script."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.cooperation.faults.seams import POINTS, STEPS
from tests.cooperation.faults.wire import RARE, SERVICE_FAULTS


@dataclass(frozen=True)
class TurnFault:
    """What befalls one turn; all None: nothing."""

    kill_at: str | None = None
    wire: str | None = None
    only_write: bool = True
    database: tuple[int, bool] | None = None
    doubled_at: str | None = None


def random_fault(random: Random) -> TurnFault:
    """What befalls a turn: nothing in half of them, now and then two things at once."""
    chance = random.random()
    if chance < 0.45:
        return TurnFault()
    kill_at = random.choice((*STEPS, *POINTS)) if chance < 0.65 or chance > 0.95 else None
    wire = random.choice(list(SERVICE_FAULTS)) if 0.6 < chance < 0.8 or chance > 0.95 else None
    if wire in RARE and random.random() < 0.8:
        wire = "cut_after_effect"
    database = (random.randrange(4), random.random() < 0.5) if 0.8 < chance < 0.88 else None
    doubled_at = random.choice(POINTS) if 0.88 < chance < 0.97 else None
    return TurnFault(kill_at, wire, random.random() < 0.7, database, doubled_at)
