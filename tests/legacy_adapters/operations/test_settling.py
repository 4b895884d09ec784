"""What an unknown outcome comes to once the state has been read back."""

from __future__ import annotations

import pytest

from legacy_adapters.operations.outcomes import Observation, Outcome, Reason, Standing, settle
from legacy_adapters.records.provenance import CityCode, Provenance

SAID = Provenance("huangshan_card_service", CityCode("341000"), "2026-11-23T09:30:00+08:00")
LOST = Outcome.unknown(Reason.TIMED_OUT)


@pytest.mark.parametrize(
    ("outcome", "after", "settled"),
    [
        (LOST, Observation(Standing.IN_EFFECT, "4", SAID, receipt="R1"), Outcome.done(None, "R1")),
        (LOST, Observation(Standing.PENDING, "2", SAID, receipt="R1"), Outcome.done(None, "R1")),
        (LOST, Observation(Standing.OPEN, "1", SAID), LOST),
        (
            LOST,
            Observation(Standing.IMPOSSIBLE, "9", SAID, Reason.STATE_FORBIDS),
            Outcome.refused(Reason.STATE_FORBIDS),
        ),
        (
            Outcome.unknown(Reason.UNCONFIRMED, "01"),
            Observation(Standing.IN_EFFECT, "4", SAID),
            Outcome.done("01"),
        ),
    ],
)
def test_the_state_decides_what_the_answer_left_open(outcome: Outcome, after: Observation, settled: Outcome) -> None:
    assert settle(outcome, after) == settled


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.done("00"),
        Outcome.already("01"),
        Outcome.refused(Reason.OTHER, "其他"),
        Outcome.not_now(Reason.BUSY, "系统繁忙"),
    ],
)
def test_what_the_system_has_answered_is_not_settled_anew(outcome: Outcome) -> None:
    assert settle(outcome, Observation(Standing.OPEN, "1", SAID)) is outcome
