"""Generated subgraph sets compose as with the reference: success, codes, hints, and the supergraph up to order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from federation.composition import Subgraph, compose
from tests.federation.composition.canonical import canonical
from tests.federation.composition.generate import generate_set
from tests.federation.composition.reference import ask_reference

SEEDS = range(60)


def _ours(subgraphs: Sequence[Subgraph]) -> dict:
    result = compose(subgraphs)
    if result.supergraph_sdl is None:
        return {"codes": sorted({error.code for error in result.errors})}
    return {"supergraph": canonical(result.supergraph_sdl), "hints": sorted(hint.code for hint in result.hints)}


def _reference(answer: dict) -> dict:
    if answer["errors"]:
        return {"codes": sorted({error["code"] for error in answer["errors"]})}
    return {"supergraph": canonical(answer["supergraph"]), "hints": sorted(hint["code"] for hint in answer["hints"])}


def test_generated_sets_compose_as_with_the_reference() -> None:
    sets = {seed: generate_set(seed) for seed in SEEDS}
    answers = dict(zip(sets, ask_reference(sets.values()), strict=True))
    compared = {seed: answer for seed, answer in answers.items() if "crash" not in answer}
    assert {seed: _ours(sets[seed]) for seed in compared} == {
        seed: _reference(answer) for seed, answer in compared.items()
    }


@pytest.mark.parametrize("seed", range(30))
def test_a_generated_set_gives_the_same_bytes_in_any_order(seed: int) -> None:
    subgraphs = generate_set(seed)
    assert compose(subgraphs[::-1]) == compose(subgraphs)
