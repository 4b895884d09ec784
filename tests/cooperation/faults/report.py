"""What a run tells of itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Report:
    """What a run came to: faults by kind, operations by state, and every invariant that did not hold."""

    seed: str
    faults: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    turns: int = 0
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0
