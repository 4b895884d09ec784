"""How a request to change something can end, what can be seen before and after it, and how the two decide the matter.

A caller who wants an effect exactly once does this, and may die between any two steps:

1. `observe`: `IN_EFFECT` ends as ALREADY, `IMPOSSIBLE` as REFUSED. Keep the observation (`before`).
2. `write`: keep the outcome. NOT_NOW was not sent or had no effect: go on at 1 when `not_before` has come.
3. After UNKNOWN, and after a death between 2 and its keeping: `observe`, then `settle(outcome, after)`. As long as that
   is UNKNOWN, the effect may still be on its way: look again until `settling_seconds` have passed since the
   write ended; then go on at 1. A caller without a kept outcome uses `Outcome.unknown(Reason.BROKEN_OFF)`, and
   reckons with the `longest_seconds` of its end.
4. After DONE, an operation whose effect is not `is_immediate` has been accepted only: observe until it is IN_EFFECT.

Nothing here holds a citizen's data: observations and outcomes may be kept, logged and shown.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    """Why a write ended as it did: stable codes, whatever the system's own words; `REASONS` describes them."""

    # Of REFUSED.
    SUBJECT_UNKNOWN = "SUBJECT_UNKNOWN"
    PERSON_MISMATCH = "PERSON_MISMATCH"
    STATE_FORBIDS = "STATE_FORBIDS"
    REQUEST_INVALID = "REQUEST_INVALID"
    ACCESS_REFUSED = "ACCESS_REFUSED"
    CLAIM_UNCONFIRMED = "CLAIM_UNCONFIRMED"
    NOT_OFFERED = "NOT_OFFERED"
    OTHER = "OTHER"
    # Of NOT_NOW.
    MAINTENANCE = "MAINTENANCE"
    BUSY = "BUSY"
    UNREACHABLE = "UNREACHABLE"
    # Of UNKNOWN.
    TIMED_OUT = "TIMED_OUT"
    BROKEN_OFF = "BROKEN_OFF"
    UNREADABLE = "UNREADABLE"
    UNCONFIRMED = "UNCONFIRMED"


REASONS: Mapping[Reason, str] = {
    Reason.SUBJECT_UNKNOWN: "REFUSED: no such card, pension or letter there.",
    Reason.PERSON_MISMATCH: "REFUSED: it belongs to another person than the command says.",
    Reason.STATE_FORBIDS: "REFUSED: its present state does not allow it, e.g. a cancelled card.",
    Reason.REQUEST_INVALID: "REFUSED: the system does not take the command's values.",
    Reason.ACCESS_REFUSED: "REFUSED: our login or rights, not the matter; once the operator has mended it, ask again.",
    Reason.CLAIM_UNCONFIRMED: "REFUSED: it said `already so`, and the read-back does not show it: a failure.",
    Reason.NOT_OFFERED: "REFUSED: the city's system does not do this for such a command, e.g. a bank function.",
    Reason.OTHER: "REFUSED: a code or text outside the known ones; texts are not told, they may name the person.",
    Reason.MAINTENANCE: "NOT_NOW: closed, by its declared hours or by its own word.",
    Reason.BUSY: "NOT_NOW: too many requests at once or today.",
    Reason.UNREACHABLE: "NOT_NOW: no connection, no free place, or resting after failures: nothing was sent.",
    Reason.TIMED_OUT: "UNKNOWN: sent, and no answer in time.",
    Reason.BROKEN_OFF: "UNKNOWN: sent, and the connection ended before the answer, or the system failed over it.",
    Reason.UNREADABLE: "UNKNOWN: sent, and the answer is not what the system promises.",
    Reason.UNCONFIRMED: "UNKNOWN: it said `already so` or `done`, and the state could not be read back.",
}


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
