"""Splits that combine the features of federation on the same entities.

In: a seed. Out: subgraphs and the world they resolve from. Not every split composes.
"""

from __future__ import annotations

from tests.support.mixed import entities, features, roots
from tests.support.mixed.draft import Draft
from tests.support.split_schema import Split

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
"""What is added to each entity, how often in per cent, and how many times at most."""


class MixedSplitter:
    """Invents one split."""

    def __init__(self, seed: int) -> None:
        self._draft = Draft(seed)

    def split(self) -> Split:
        """Give the subgraphs and their world."""
        draft = self._draft
        entities.place_entities(draft)
        for entity in draft.entities:
            features.add_scalars(draft, entity)
        features.add_interface_field(draft)
        for add, percent, most in PER_ENTITY:
            for entity in draft.entities:
                for _ in range(draft.random.randint(1, most) if draft.chance(percent) else 0):
                    add(draft, entity)
        if draft.chance(40):
            features.add_provision(draft, "Query")
        roots.add_queries(draft)
        if draft.chance(50):
            roots.add_mutations(draft)
        if draft.chance(50):
            features.add_faults(draft)
        return Split({name: draft.sdl(name) for name in draft.names}, draft.world)
