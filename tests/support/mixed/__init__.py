"""Splits that combine the features of federation on the same entities.

In: a seed. Out: subgraphs and the world they resolve from. Not every split composes.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.support.mixed import entities, features, interfaces, roots
from tests.support.mixed.draft import Draft
from tests.support.split_schema import Split

FIRST = (
    (entities.place_entities, 100),
    (features.add_scalars, 100),
    (interfaces.add_interface_field, 100),
    (interfaces.add_partial_interface, 40),
)
PER_ENTITY = (
    (features.add_reference, 90, 3),
    (features.add_arguments, 40, 1),
    (features.add_requirement, 60, 3),
    (features.add_hidden, 20, 1),
    (features.add_override, 30, 2),
    (features.add_provision, 40, 1),
    (features.add_requirement, 40, 2),
    (features.add_context, 25, 1),
)
"""What is added to each entity, how often in per cent, and how many times at most; the others are for all of them."""
LAST = (
    (roots.add_queries, 100),
    (roots.add_provision, 40),
    (roots.add_override, 25),
    (roots.add_roots_again, 25),
    (roots.add_mutations, 50),
    (features.add_faults, 50),
)


class MixedSplitter:
    """Invents one split."""

    def __init__(self, seed: int) -> None:
        self._draft = Draft(seed)

    def split(self) -> Split:
        """Give the subgraphs and their world."""
        draft = self._draft
        for add, percent in FIRST:
            self._sometimes(add, percent)
        for add_to, percent, most in PER_ENTITY:
            for entity in draft.entities:
                for _ in range(draft.random.randint(1, most) if draft.chance(percent) else 0):
                    add_to(draft, entity)
        for add, percent in LAST:
            self._sometimes(add, percent)
        return Split({name: draft.sdl(name) for name in draft.names}, draft.world)

    def _sometimes(self, add: Callable[[Draft], None], percent: int) -> None:
        if self._draft.chance(percent):
            add(self._draft)
