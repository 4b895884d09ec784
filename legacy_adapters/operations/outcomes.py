"""How a request to change something can end, what can be seen before and after it, and how the two decide the matter.

A caller who wants an effect exactly once does this, and may die between any two steps:

1. `observe`: `IN_EFFECT` ends as ALREADY, `IMPOSSIBLE` as REFUSED. Keep the observation (`before`).
2. `write`: keep the outcome. NOT_NOW was not sent or had no effect: go on at 1 when `not_before` has come.
3. After UNKNOWN, and after a death between 2 and its keeping: `observe`, then `settle(outcome, after)`. As long as that
   is UNKNOWN, the effect may still be on its way: look again until `settling_seconds` have passed since the write;
   then go on at 1. A caller without a kept outcome uses `Outcome.unknown(Reason.BROKEN_OFF)`.
4. After DONE, an operation whose effect is not `is_immediate` has been accepted only: observe until it is IN_EFFECT.

Nothing here holds a citizen's data: observations and outcomes may be kept, logged and shown.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from legacy_adapters.records.provenance import Provenance


class OutcomeKind(StrEnum):
    """How a write ended.

    DONE: the system says that it has done it now.
    ALREADY: it was so before, and a read-back has shown it: a system's bare word for it is never enough. Or the system
        gave the receipt that it had given for this very reference.
    REFUSED: it will not be done; `reason` and `raw_code` say why. Asking again gives the same.
    NOT_NOW: it was not sent, or surely had no effect; asking again later is right.
    UNKNOWN: it was sent and the answer did not come or cannot be understood: only a read-back decides.
    """

    DONE = "DONE"
    ALREADY = "ALREADY"
    REFUSED = "REFUSED"
    NOT_NOW = "NOT_NOW"
    UNKNOWN = "UNKNOWN"


class Reason(StrEnum):
    """Why a write ended as it did: stable codes, whatever the system's own words."""

    # Of REFUSED.
    SUBJECT_UNKNOWN = "SUBJECT_UNKNOWN"
    """No such card, pension or letter there."""
    PERSON_MISMATCH = "PERSON_MISMATCH"
    """It belongs to another person than the command says."""
    STATE_FORBIDS = "STATE_FORBIDS"
    """Its present state does not allow it, e.g. a cancelled card."""
    REQUEST_INVALID = "REQUEST_INVALID"
    """The system does not take the command's values."""
    ACCESS_REFUSED = "ACCESS_REFUSED"
    """Our login or our rights were refused: for the operator to mend, then it may be asked again."""
    CLAIM_UNCONFIRMED = "CLAIM_UNCONFIRMED"
    """It said `already so`, and the read-back did not show it: this system's word for a failure."""
    NOT_OFFERED = "NOT_OFFERED"
    """This city's system does not do this for this command, e.g. for a card's bank function."""
    OTHER = "OTHER"
    """A code or a text outside the known ones; a text is not told, for it may name the person."""
    # Of NOT_NOW.
    MAINTENANCE = "MAINTENANCE"
    """Closed, by its declared hours or by its own word."""
    BUSY = "BUSY"
    """Too many requests at once or today."""
    UNREACHABLE = "UNREACHABLE"
    """No connection, no free place, or resting after failures: nothing was sent."""
    # Of UNKNOWN.
    TIMED_OUT = "TIMED_OUT"
    """Sent, and no answer in time."""
    BROKEN_OFF = "BROKEN_OFF"
    """Sent, and the connection ended before the answer, or the system failed over it."""
    UNREADABLE = "UNREADABLE"
    """Sent, and the answer is not what the system promises."""
    UNCONFIRMED = "UNCONFIRMED"
    """It said `already so` or `done`, and the state could not be read back."""


class Outcome(Struct, frozen=True):
    """How one write ended.

    Attributes:
        kind: see `OutcomeKind`.
        raw_code: the system's own code or known text (`00`, `01`, `E5001`, `卡已注销`); None where it gave none.
        reason: of every kind but DONE and ALREADY.
        not_before: of NOT_NOW, when to ask again, ISO 8601 on the city's clock; None where nobody knows.
        receipt: the system's own number for the effect, where it gives one.
    """

    kind: OutcomeKind
    raw_code: str | None = None
    reason: Reason | None = None
    not_before: str | None = None
    receipt: str | None = None

    @classmethod
    def done(cls, raw_code: str | None, receipt: str | None = None) -> Outcome:
        return cls(OutcomeKind.DONE, raw_code, receipt=receipt)

    @classmethod
    def already(cls, raw_code: str | None, receipt: str | None = None) -> Outcome:
        return cls(OutcomeKind.ALREADY, raw_code, receipt=receipt)

    @classmethod
    def refused(cls, reason: Reason, raw_code: str | None = None) -> Outcome:
        return cls(OutcomeKind.REFUSED, raw_code, reason)

    @classmethod
    def not_now(cls, reason: Reason, raw_code: str | None = None, not_before: str | None = None) -> Outcome:
        return cls(OutcomeKind.NOT_NOW, raw_code, reason, not_before)

    @classmethod
    def unknown(cls, reason: Reason, raw_code: str | None = None) -> Outcome:
        return cls(OutcomeKind.UNKNOWN, raw_code, reason)


class Standing(StrEnum):
    """How what a command wants stands in the system.

    OPEN: it is not so, and may be asked for.
    PENDING: the system has taken it and has not done it yet; asking again would double it.
    IN_EFFECT: it is so, or more than so (a formal loss where a temporary one is wanted).
    IMPOSSIBLE: it cannot be asked for; the observation's `reason` says why.
    """

    OPEN = "OPEN"
    PENDING = "PENDING"
    IN_EFFECT = "IN_EFFECT"
    IMPOSSIBLE = "IMPOSSIBLE"


class Observation(Struct, frozen=True):
    """What a read before or after a write has shown, without a citizen's data.

    Attributes:
        standing: how the command's wish stands.
        state_raw: the system's own code of the state, e.g. AAZ502 `4`.
        provenance: who said it, and when it was true.
        reason: of IMPOSSIBLE.
        since: since when the state has been so, ISO 8601 with offset; None where the system does not tell.
        expires_at: when a temporary loss ends by itself.
        receipt: the system's own number for the effect, where it can be read back.
    """

    standing: Standing
    state_raw: str | None
    provenance: Provenance
    reason: Reason | None = None
    since: str | None = None
    expires_at: str | None = None
    receipt: str | None = None


def settle(outcome: Outcome, after: Observation) -> Outcome:
    """What an UNKNOWN outcome comes to, now that the state `after` it has been read; others stay what they are.

    DONE where the wish is in effect or pending; the raw code stays. Still UNKNOWN where it is not: the request may be
    on its way. A caller who saw it IN_EFFECT *before* the write has not written, and knows it as ALREADY.
    """
    if outcome.kind is not OutcomeKind.UNKNOWN:
        return outcome
    match after.standing:
        case Standing.IN_EFFECT | Standing.PENDING:
            return Outcome.done(outcome.raw_code, after.receipt)
        case Standing.IMPOSSIBLE:
            return Outcome.refused(after.reason or Reason.OTHER, outcome.raw_code)
        case Standing.OPEN:
            return outcome
