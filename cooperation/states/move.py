"""Whether an officer may take an action, and where it leads: the one algorithm over every machine's table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cooperation.errors import ContentMissing, OfficerNotEntitled, SecondPersonRequired, TransitionRefused
from cooperation.states.machine import Duty, Machine, Need, Office, Side, Transition

CREATE = "create"
"""The action that begins an operation; it stands in every history, and can be checked like any other."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts.

    Attributes:
        id: the officer's number in their own bureau; unique within a city.
        city: the bureau's GB/T 2260 code.
    """

    id: str
    city: str
    office: Office
    duty: Duty

    @property
    def name(self) -> str:
        """What tells officers of all cities apart."""
        return f"{self.city}/{self.id}"


@dataclass(frozen=True, slots=True)
class Past:
    """One taken action of an operation: which, and by whom (an officer's name; None was the platform)."""

    action: str
    actor: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an operation stands, as far as its machine is concerned."""

    machine: Machine
    state: str
    requester_city: str
    addressee_city: str
    addressee_office: Office
    history: Sequence[Past]


def next_transition(standing: Standing, action: str, actor: Officer | None, given: Collection[Need] = ()) -> Transition:
    """The transition that `action` is now; `actor` None is the platform itself.

    Raises TransitionRefused, OfficerNotEntitled, SecondPersonRequired, ContentMissing.
    """
    candidates = [one for one in allowed_transitions(standing) if one.action == action]
    if not candidates:
        raise TransitionRefused(action, standing.state, allowed_actions(standing))
    entitled = [one for one in candidates if _is_entitled(standing, one, actor)]
    if not entitled:
        raise OfficerNotEntitled(_who_may(standing, action, candidates), *_least_misfits(standing, candidates, actor))
    transition = entitled[0]
    _require_second_person(standing, transition, actor)
    missing = [need.value for need in transition.needs if need not in given]
    if missing:
        raise ContentMissing(f"{action} needs {', '.join(missing)}.", *missing)
    return transition


def allowed_transitions(standing: Standing) -> tuple[Transition, ...]:
    """What may be done now by anybody, in the table's order; what was done as often as it may be is left out."""
    return tuple(
        transition
        for transition in standing.machine.leaving(standing.state)
        if transition.limit is None or _times(standing, transition.action) < transition.limit
    )


def allowed_actions(standing: Standing) -> tuple[str, ...]:
    """The names of what officers may do now, each once, in the table's order."""
    return tuple(dict.fromkeys(one.action for one in allowed_transitions(standing) if one.side is not Side.PLATFORM))


def may_create(machine: Machine, officer: Officer, addressee: Office) -> None:
    """Raise OfficerNotEntitled unless this officer may begin such an operation, addressed to such an office."""
    fits = {"officer.office": officer.office in machine.requesters, "officer.duty": officer.duty is Duty.HANDLER}
    if not all(fits.values()):
        message = f"It is begun by a {Duty.HANDLER} of {or_of(machine.requesters)}."
        raise OfficerNotEntitled(message, *(name for name, is_right in fits.items() if not is_right))
    if addressee not in machine.addressees:
        raise OfficerNotEntitled(f"It is addressed to {or_of(machine.addressees)}.")


def _times(standing: Standing, action: str) -> int:
    return sum(past.action == action for past in standing.history)


def _is_entitled(standing: Standing, transition: Transition, actor: Officer | None) -> bool:
    if actor is None or transition.side is Side.PLATFORM:
        return actor is None and transition.side is Side.PLATFORM
    return not _misfits(standing, transition, actor)


def _misfits(standing: Standing, transition: Transition, actor: Officer) -> tuple[str, ...]:
    """What of an officer does not fit a transition that is an officer's, as coordinates of inputs."""
    city, offices = side_of(standing, transition.side)
    fits = {
        "officer.city": actor.city == city,
        "officer.office": actor.office in offices,
        "officer.duty": transition.duty in {None, actor.duty},
    }
    return tuple(name for name, is_right in fits.items() if not is_right)


def _least_misfits(standing: Standing, candidates: Sequence[Transition], actor: Officer | None) -> tuple[str, ...]:
    """What an officer has to change least to be entitled."""
    if actor is None:
        return ()
    known = [_misfits(standing, one, actor) for one in candidates if one.side is not Side.PLATFORM]
    return min(known, key=len, default=())


def side_of(standing: Standing, side: Side) -> tuple[str, tuple[Office, ...]]:
    """The city of a side of officers, and the offices whose officers act for it."""
    if side is Side.REQUESTER:
        return standing.requester_city, standing.machine.requesters
    return standing.addressee_city, (standing.addressee_office,)


def _require_second_person(standing: Standing, transition: Transition, actor: Officer | None) -> None:
    if transition.checks is None or actor is None:
        return
    made_by = next((past.actor for past in reversed(standing.history) if past.action == transition.checks), None)
    if made_by is not None and made_by.casefold() == actor.name.casefold():
        raise SecondPersonRequired(
            f"{transition.action} is for a second person: the same officer did {transition.checks}."
        )


def _who_may(standing: Standing, action: str, candidates: Sequence[Transition]) -> str:
    wanted = dict.fromkeys(_who(standing, one) for one in candidates)
    return f"{action} is for {', or '.join(wanted)}."


def _who(standing: Standing, transition: Transition) -> str:
    if transition.side is Side.PLATFORM:
        return "the platform itself"
    city, offices = side_of(standing, transition.side)
    return f"{'an officer' if transition.duty is None else f'a {transition.duty}'} of {or_of(offices)} in {city}"


def or_of(offices: Sequence[Office]) -> str:
    """The offices of which one has to be an officer's, as a message names them."""
    return " or ".join(offices)
