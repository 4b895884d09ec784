"""What a state machine is made of: rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WITHDRAW = "withdraw"
"""The requester's own end of an operation, wherever it is allowed."""


class Side(StrEnum):
    """Who stands where in an operation."""

    REQUESTER = "REQUESTER"
    ADDRESSEE = "ADDRESSEE"
    PLATFORM = "PLATFORM"


class Duty(StrEnum):
    """What an officer is there for: 经办 handles, 复核 approves."""

    HANDLER = "HANDLER"
    REVIEWER = "REVIEWER"


class Office(StrEnum):
    """The offices that take part. DOMAIN: the owners of each function."""

    INSURANCE_AGENCY = "INSURANCE_AGENCY"
    WORK_INJURY_DEPARTMENT = "WORK_INJURY_DEPARTMENT"
    CARD_CENTRE = "CARD_CENTRE"
    ARBITRATION = "ARBITRATION"
    INSPECTION = "INSPECTION"


class Need(StrEnum):
    """What an action cannot do without; the value is the input that brings it."""

    REASON = "reason"
    QUESTIONS = "questions"
    TWO_OFFICERS = "investigators"
    FINDINGS = "findings"
    ADDITION = "addition"
    CASE_NUMBER = "caseNumber"


class Clock(StrEnum):
    """Which deadline an action sets; how many working days it is, is the addressed city's configuration."""

    ACCEPT = "ACCEPT"
    REPORT = "REPORT"
    EXTENSION = "EXTENSION"
    """As many days more."""
    STOP = "STOP"
    """Nobody is waited for any more; a final state stops the clock in any case."""


@dataclass(frozen=True, slots=True)
class State:
    """Attributes:
    name: in the schema and the database.
    label: as the bureaus call it.
    is_final: nothing leads out of it.
    """

    name: str
    label: str
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: in `source`, `side` (with that `duty`) may take `action`, which leads to `target`.

    Attributes:
        needs: what must be given with it.
        checks: the action whose actor must be another person, where two have to sign.
        limit: how often it may be taken at most; None is as often as one likes.
        clock: the deadline that it sets; None leaves the clock as it is.
        label: as the bureaus call the action.
    """

    action: str
    source: str
    target: str
    side: Side
    label: str
    duty: Duty | None = None
    needs: tuple[Need, ...] = ()
    checks: str | None = None
    limit: int | None = None
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """One kind of operation's states and transitions.

    Attributes:
        initial: the state in which `create` leaves an operation.
        requesters: the offices whose handlers may begin one.
        addressees: the offices one may be addressed to.
    """

    name: str
    label: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    requesters: tuple[Office, ...]
    addressees: tuple[Office, ...]

    def state(self, name: str) -> State:
        """The state of that name."""
        return next(state for state in self.states if state.name == name)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions out of a state, in the table's order."""
        return tuple(transition for transition in self.transitions if transition.source == state)

    def awaited(self, state: str) -> Side | None:
        """Whose officers or systems come next: the requester's only where nobody else can go on, None at the end.

        Withdrawing is nobody's turn.
        """
        if self.state(state).is_final:
            return None
        sides = {transition.side for transition in self.leaving(state) if transition.action != WITHDRAW}
        return Side.REQUESTER if sides == {Side.REQUESTER} else Side.ADDRESSEE
