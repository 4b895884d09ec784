"""Cards, as every city's operations on them see them: what of a card's states is wanted, open, or in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legacy_adapters.dates import read_moment
from legacy_adapters.divisions import city_of_division
from legacy_adapters.national_codes import bank_of
from legacy_adapters.operations.commands import CardCommand, CardFunction, ReplacementCommand, ReplacementKind
from legacy_adapters.operations.outcomes import Observation, Reason, Standing
from legacy_adapters.records.cards import CardFunctionRecord, CardRecord, CardStep, ReplacementProgress
from legacy_adapters.records.cards import CardFunctionStatus as Status
from legacy_adapters.records.provenance import Provenance


@dataclass(frozen=True, slots=True)
class CardGoal:
    """What an operation wants of a card's function: states that are so already, and states it can start from."""

    reached: frozenset[Status]
    open: frozenset[Status]


TEMPORARY_LOSS = CardGoal(frozenset({Status.TEMPORARY_LOSS, Status.LOSS}), frozenset({Status.NORMAL}))
FORMAL_LOSS = CardGoal(frozenset({Status.LOSS}), frozenset({Status.NORMAL, Status.TEMPORARY_LOSS}))
RELEASE = CardGoal(frozenset({Status.NORMAL}), frozenset({Status.TEMPORARY_LOSS, Status.LOSS}))
ACTIVATION = CardGoal(frozenset({Status.NORMAL}), frozenset({Status.SEALED}))

_REPLACEABLE = {
    ReplacementKind.REPLACEMENT: frozenset({Status.LOSS}),
    ReplacementKind.EXCHANGE: frozenset({Status.NORMAL, Status.LOSS}),
}

# The times of getAZ03, in the order of the steps.
_STEP_TAGS = (
    ("APPLYTIME", CardStep.APPLIED),
    ("BANKTIME0", CardStep.AT_BANK),
    ("BANKFINISHTIME0", CardStep.BANK_DONE),
    ("INSURETIME", CardStep.AT_INSURANCE),
    ("INSUREFINISHTIME", CardStep.INSURANCE_DONE),
    ("PROVINCETIME", CardStep.AT_PROVINCE),
    ("CITYTIME", CardStep.AT_CITY),
    ("GETTIME", CardStep.PICKED_UP),
)
PROGRESS_TAGS = (
    "TRANSACTTYPE",
    "APPLYNO",
    "BATCHNO",
    "AAE008",
    "NEWCARD",
    "GETCITY",
    "GETADDR",
    *(tag for tag, _ in _STEP_TAGS),
)
"""What is read of an application for a card."""

_REPLACING = frozenset(ReplacementKind)


def unreached_function(functions: Sequence[CardFunction], command: CardCommand) -> Reason | None:
    """Why a command is not sent to a system that reaches these functions only."""
    return None if command.function in functions else Reason.NOT_OFFERED


def observe_card(card: CardRecord | None, command: CardCommand, goal: CardGoal, provenance: Provenance) -> Observation:
    """How a wish for one function of a card stands, by the card as it was read."""
    problem = _problem(card, command)
    if card is None or problem is not None:
        return Observation(Standing.IMPOSSIBLE, None, provenance, problem)
    function = card.social_function if command.function is CardFunction.SOCIAL else card.bank_function
    if function is None:
        return Observation(Standing.IMPOSSIBLE, None, card.provenance, Reason.NOT_OFFERED)
    return _standing(function, goal, card.provenance)


def observe_replacement(
    card: CardRecord | None,
    progress: ReplacementProgress | None,
    command: ReplacementCommand,
    provenance: Provenance,
) -> Observation:
    """How an application for a card in place of another stands: pending until the new card has been fetched.

    A card is made once. While it is made to be fetched in another city than the command's, what the command wants is
    not on its way, and asking for it would have a second one made.
    """
    problem = _problem(card, command)
    if card is None or problem is not None:
        return Observation(Standing.IMPOSSIBLE, None, provenance, problem)
    state = card.social_function.status_raw
    if progress is not None and not _is_of(progress, command):
        return Observation(Standing.IMPOSSIBLE, state, progress.provenance, Reason.STATE_FORBIDS)
    if progress is not None:
        applied = next((moment for step, moment in progress.reached if step is CardStep.APPLIED), None)
        is_fetched = any(step is CardStep.PICKED_UP for step, _ in progress.reached)
        standing = Standing.IN_EFFECT if is_fetched else Standing.PENDING
        return Observation(standing, state, progress.provenance, since=applied, receipt=progress.application_number)
    if card.social_function.status not in _REPLACEABLE[command.kind]:
        return Observation(Standing.IMPOSSIBLE, state, card.provenance, Reason.STATE_FORBIDS)
    return Observation(Standing.OPEN, state, card.provenance)


def read_progress(values: Mapping[str, str | None], provenance: Provenance) -> ReplacementProgress | None:
    """An application's row by tag; None where it is for a person's first card and so in place of none."""
    if values.get("TRANSACTTYPE") not in _REPLACING:
        return None
    times = ((step, read_moment(values.get(tag))) for tag, step in _STEP_TAGS)
    return ReplacementProgress(
        values.get("APPLYNO"),
        values.get("BATCHNO"),
        bank_of(values.get("AAE008")),
        values.get("NEWCARD"),
        values.get("GETCITY"),
        values.get("GETADDR"),
        tuple((step, moment) for step, moment in times if moment is not None),
        provenance,
    )


def _is_of(progress: ReplacementProgress, command: ReplacementCommand) -> bool:
    """Whether what is made may be what the command asks for: by its number where that is known, else by the city."""
    if command.application_number is not None and command.application_number == progress.application_number:
        return True  # the issuing city may have it fetched elsewhere since
    return city_of_division(progress.pick_up_city) in (None, command.pick_up_city)


def _problem(card: CardRecord | None, command: CardCommand | ReplacementCommand) -> Reason | None:
    if card is None:
        return Reason.SUBJECT_UNKNOWN
    return None if card.national_id == command.national_id else Reason.PERSON_MISMATCH


def _standing(function: CardFunctionRecord, goal: CardGoal, provenance: Provenance) -> Observation:
    raw, since = function.status_raw, function.since
    if function.status in goal.reached:
        return Observation(Standing.IN_EFFECT, raw, provenance, since=since, expires_at=function.loss_expires_at)
    if function.status in goal.open:
        return Observation(Standing.OPEN, raw, provenance, since=since, expires_at=function.loss_expires_at)
    reason = Reason.OTHER if function.status is Status.UNKNOWN else Reason.STATE_FORBIDS
    return Observation(Standing.IMPOSSIBLE, raw, provenance, reason, since=since)
