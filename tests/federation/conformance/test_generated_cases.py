"""The law of conformance over invented splits: the federated answer is the one a single server would give.

A few seeds of each kind; `python -m tests.federation.conformance.agreement` runs as many as wanted.
"""

from __future__ import annotations

import pytest

from tests.support.generated_case import faults_of

OPERATIONS_PER_SPLIT = 8
# Seeds whose split composes, here and by the reference.
SEEDS = {
    "keys": (1, 16, 23, 29, 43, 52, 58, 72, 88, 100, 121, 138, 149, 2329, 2407),
    "interfaces": (2, 5, 7, 12, 14, 15, 19, 22, 28, 29),
    "nested": (1, 2, 9, 16, 40, 69, 146, 206, 214, 285, 312, 510),
    "mixed": (2, 6, 8, 10, 22, 28, 31, 41, 48, 51, 57, 66, 72, 78),
}


@pytest.mark.parametrize(("kind", "seed"), [(kind, seed) for kind, seeds in SEEDS.items() for seed in seeds])
async def test_plans_are_sound_and_answers_those_of_one_server(kind: str, seed: int) -> None:
    assert await faults_of(kind, seed, OPERATIONS_PER_SPLIT) == []
