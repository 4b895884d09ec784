"""How one write is made: in its hours, within the system's limits, once; and what its end is called.

In: a function that sends it and reads the answer. Out: an `Outcome`, whatever happens.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from legacy_adapters.errors import (
    AdapterError,
    AnswerMalformed,
    BusinessError,
    SystemBusy,
    SystemInMaintenance,
    SystemRefused,
    SystemTimeout,
)
from legacy_adapters.operations.outcomes import Observation, Outcome, OutcomeKind, Reason, Standing
from legacy_adapters.operations.protocols import MAX_REFERENCE_CHARACTERS, CodeMeaning, Knowledge
from legacy_adapters.resilience import Guard, Operation
from legacy_adapters.soap.envelope import is_sendable
from legacy_adapters.system import LegacySystem

C = TypeVar("C")
Values: TypeAlias = Sequence[tuple[str, str | None]]

_REFERENCE = re.compile(rf"[0-9A-Za-z-]{{1,{MAX_REFERENCE_CHARACTERS}}}")


class Sending:
    """Whether a write has left for its system; called by what is about to send it."""

    __slots__ = ("has_left",)

    def __init__(self) -> None:
        self.has_left = False

    def __call__(self) -> None:
        self.has_left = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system answered to a write: a code that may be told, and its own number for the effect."""

    raw_code: str
    receipt: str | None = None


class Writer:
    """Makes writes of one system, under the guard that its reads have too."""

    def __init__(self, system: LegacySystem, guard: Guard) -> None:
        self.system = system
        self._guard = guard

    async def write(
        self,
        name: str,
        codes: Sequence[CodeMeaning],
        attempt: Callable[[Sending], Awaitable[Answer | Outcome]],
        observe: Callable[[], Awaitable[Observation]],
    ) -> Outcome:
        """The outcome of `attempt`, which calls its argument when the write leaves; `observe` is the read-back.

        An attempt that finds the matter decided before it sends gives the outcome itself. Raises no AdapterError.
        """
        closed_until = self.system.closed_until()
        if closed_until is not None:
            return Outcome.not_now(Reason.MAINTENANCE, not_before=closed_until)
        sending = Sending()
        try:
            answer = await self._guard.call(Operation(name, is_idempotent=False), lambda: attempt(sending))
        except AdapterError as error:
            return _outcome_of(error, codes, has_left=sending.has_left)
        return answer if isinstance(answer, Outcome) else await _understood(answer, codes, observe)


@dataclass(frozen=True, slots=True)
class SystemWrite(Generic[C]):
    """A `LegacyWrite` of one operation of a system.

    Attributes:
        knowledge: see the protocol.
        operation: as the system calls it.
        writer: of the system.
        send: one attempt, with the operation and its values; an outcome is our own, the system was not asked.
        values: of a command and its reference, by element; None stands for an element that is left out.
        read_back: how the command's wish stands.
        objection: why a command is not even sent.
    """

    knowledge: Knowledge
    operation: str
    writer: Writer
    send: Callable[[Sending, str, Values], Awaitable[Answer | Outcome]]
    values: Callable[[C, str], Values]
    read_back: Callable[[C], Awaitable[Observation]]
    objection: Callable[[C], Reason | None] = lambda _command: None

    async def observe(self, command: C) -> Observation:
        """See the protocol."""
        reason = self.objection(command)
        if reason is not None:
            return Observation(Standing.IMPOSSIBLE, None, self.writer.system.provenance(), reason)
        return await self.read_back(command)

    async def write(self, command: C, reference: str) -> Outcome:
        """See the protocol."""
        if not _REFERENCE.fullmatch(reference):
            raise ValueError("a reference is 1 to 40 ASCII letters, digits and hyphens")
        reason = self.objection(command)
        if reason is not None:
            return Outcome.refused(reason)
        values = self.values(command, reference)
        if not all(is_sendable(value) for _, value in values if value is not None):
            return Outcome.refused(Reason.REQUEST_INVALID)

        async def attempt(sending: Sending) -> Answer | Outcome:
            return await self.send(sending, self.operation, values)

        async def observe() -> Observation:
            return await self.observe(command)

        return await self.writer.write(self.operation, self.knowledge.codes, attempt, observe)


def as_lines(entries: Iterable[str]) -> str:
    """Several entries as the systems take them: one a line; a line break inside an entry becomes a blank."""
    return "\n".join(" ".join(entry.split()) for entry in entries)


async def _understood(
    answer: Answer, codes: Sequence[CodeMeaning], observe: Callable[[], Awaitable[Observation]]
) -> Outcome:
    meaning = _meaning(answer.raw_code, codes)
    if meaning.kind is None:
        return await _confirmed(answer, observe)
    return Outcome(meaning.kind, answer.raw_code, meaning.reason, receipt=answer.receipt)


def _meaning(raw_code: str, codes: Sequence[CodeMeaning]) -> CodeMeaning:
    unknown = CodeMeaning(raw_code, OutcomeKind.REFUSED, Reason.OTHER)
    return next((each for each in codes if each.raw_code == raw_code), unknown)


async def _confirmed(answer: Answer, observe: Callable[[], Awaitable[Observation]]) -> Outcome:
    # It was answered `already so`: what the read-back shows is the outcome.
    try:
        after = await observe()
    except AdapterError:
        return Outcome.unknown(Reason.UNCONFIRMED, answer.raw_code)
    if after.standing in (Standing.IN_EFFECT, Standing.PENDING):
        return Outcome.already(answer.raw_code, answer.receipt or after.receipt)
    return Outcome.refused(Reason.CLAIM_UNCONFIRMED, answer.raw_code)


def _outcome_of(error: AdapterError, codes: Sequence[CodeMeaning], *, has_left: bool) -> Outcome:
    match error:
        case SystemInMaintenance():
            return Outcome.not_now(Reason.MAINTENANCE, error.raw_code, error.closed_until)
        case SystemBusy():
            return Outcome.not_now(Reason.BUSY, error.raw_code)
        case SystemRefused():
            return Outcome.refused(Reason.ACCESS_REFUSED, error.raw_code)
        case BusinessError():
            # Of the login, or of a read that the write needs: the same codes, and no effect.
            meaning = _meaning(error.business_code, codes)
            kind = OutcomeKind.NOT_NOW if meaning.kind is OutcomeKind.NOT_NOW else OutcomeKind.REFUSED
            return Outcome(kind, meaning.raw_code, meaning.reason or Reason.OTHER)
        case _ if not has_left:
            return Outcome.not_now(Reason.UNREACHABLE, error.raw_code)
        case SystemTimeout():
            return Outcome.unknown(Reason.TIMED_OUT)
        case AnswerMalformed():
            return Outcome.unknown(Reason.UNREADABLE)
        case _:
            return Outcome.unknown(Reason.BROKEN_OFF)
