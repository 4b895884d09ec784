"""Generated subgraph sets compose as with the reference: success, codes, hints, and the supergraph up to order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from federation.composition import compose
from tests.federation.composition.agreement import KINDS, Compared, compare, explain
from tests.federation.composition.generate import generate_set
from tests.federation.composition.generate_features import generate_featured_set

SEEDS = range(50)


@pytest.mark.parametrize("kind", KINDS)
def test_generated_sets_compose_as_with_the_reference(kind: str) -> None:
    sets = {seed: KINDS[kind](seed) for seed in SEEDS}
    compared, _ = compare(sets)
    assert len(compared) > len(SEEDS) / 2  # the reference crashes on some
    unexplained = {seed: outcome for seed, outcome in compared.items() if not outcome.is_equal and not explain(outcome)}
    assert unexplained == {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_outcome_is_not_explained_away(kind: str) -> None:
    compared, _ = compare({seed: KINDS[kind](seed) for seed in SEEDS})
    wrong = [made for outcome in compared.values() if outcome.is_equal for made in _made_wrong(outcome)]
    explained = [explain(outcome) for outcome in wrong if explain(outcome)]
    assert len(explained) <= len(wrong) / 20, explained


def _made_wrong(outcome: Compared) -> Iterator[Compared]:
    """Refuse what is accepted, accept what is refused, or lose a type."""
    if "codes" in outcome.theirs:
        yield replace(outcome, ours={"supergraph": {}, "hints": []})
        yield replace(outcome, ours={"codes": ["FIELD_TYPE_MISMATCH"]})
        return
    yield replace(outcome, ours={"codes": ["SATISFIABILITY_ERROR"]})
    yield replace(outcome, ours={"codes": ["INVALID_GRAPHQL"]})
    supergraph = outcome.theirs["supergraph"]
    assert isinstance(supergraph, dict)
    lost = max(supergraph.keys() - {"schema"})
    kept = {key: value for key, value in supergraph.items() if key != lost}
    yield replace(outcome, ours={"supergraph": kept, "hints": outcome.theirs["hints"]})


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("generate", [generate_set, generate_featured_set])
def test_a_generated_set_gives_the_same_bytes_in_any_order(generate, seed: int) -> None:
    subgraphs = generate(seed)
    assert compose(subgraphs[::-1]) == compose(subgraphs)
