"""The registry of codes and what composition reports are the same set."""

from __future__ import annotations

import pytest

from federation.composition import compose
from federation.composition.codes import ERROR_CODES, HINT_CODES
from federation.composition.errors import CompositionError, CompositionHint
from tests.federation.composition.scenarios import read_scenarios

SCENARIOS = read_scenarios()
OURS = ("PARTITION_", "CONTRACT_", "INVALID_SUBGRAPH_URL")


def test_every_error_code_has_a_scenario() -> None:
    """Our own codes have theirs in `test_partitions`, `test_contracts` and `test_names`."""
    shown = {code for scenario in SCENARIOS for code in scenario.codes}
    assert {code for code in ERROR_CODES if not code.startswith(OURS)} == shown


def test_every_hint_code_has_a_scenario() -> None:
    shown = {hint.code for scenario in SCENARIOS for hint in compose(scenario.subgraphs).hints}
    assert shown == {code for code in HINT_CODES if not code.startswith(OURS)}


def test_every_code_has_a_description() -> None:
    descriptions = [*ERROR_CODES.values(), *(code.description for code in HINT_CODES.values())]
    assert [text for text in descriptions if not text.endswith(".")] == []


def test_an_unknown_code_cannot_be_reported() -> None:
    with pytest.raises(KeyError):
        CompositionError("NO_SUCH_CODE", "…")
    with pytest.raises(KeyError):
        CompositionHint("NO_SUCH_CODE", "…")
