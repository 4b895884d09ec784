"""A city's system that does what a script says: it holds a state, counts effects, and fails where it is told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from legacy_adapters.errors import AdapterError, SystemUnavailable
from legacy_adapters.operations.outcomes import Observation, Outcome, OutcomeKind, Reason, Standing
from legacy_adapters.operations.protocols import CityOperations, Knowledge, Repeat
from legacy_adapters.records.provenance import CityCode, Provenance

PROVENANCE = Provenance("scripted", CityCode("341000"), "2026-10-30T09:00:00+08:00")

KNOWLEDGE = Knowledge("scripted", (), Repeat.HARMLESS, True, True, None, longest_seconds=10, settling_seconds=30)


class Killed(BaseException):
    """The process dies here."""


@dataclass
class ScriptedSystem:
    """Attributes:
    standing: how the wish stands; a write that takes effect makes it `after_write`.
    answers: what the next writes are answered, one after the other; afterwards DONE.
    takes_effect: whether the next writes have their effect; afterwards they have.
    unreadable: how many of the next observations fail.
    effects: how often an effect came about.
    references: of every write that arrived.
    """

    standing: Standing = Standing.OPEN
    after_write: Standing = Standing.IN_EFFECT
    reason: Reason | None = None
    answers: list[Outcome | BaseException] = field(default_factory=list)
    takes_effect: list[bool] = field(default_factory=list)
    unreadable: list[AdapterError] = field(default_factory=list)
    effects: int = 0
    references: list[str] = field(default_factory=list)
    commands: list[Any] = field(default_factory=list)
    knowledge: Knowledge = KNOWLEDGE
    since: str = "2026-10-30T09:00:00+08:00"
    on_write: Callable[[], None] = lambda: None

    async def observe(self, command: Any) -> Observation:
        if self.unreadable:
            raise self.unreadable.pop(0)
        return Observation(self.standing, "4", PROVENANCE, self.reason, self.since)

    async def write(self, command: Any, reference: str) -> Outcome:
        self.references.append(reference)
        self.commands.append(command)
        self.on_write()
        answer = self.answers.pop(0) if self.answers else Outcome.done("00", "HS-1")
        takes_effect = (
            self.takes_effect.pop(0)
            if self.takes_effect
            else (not isinstance(answer, Outcome) or answer.kind in (OutcomeKind.DONE, OutcomeKind.UNKNOWN))
        )
        if takes_effect:
            self.effects += 1
            self.standing = self.after_write
        if isinstance(answer, BaseException):
            raise answer
        return answer


@dataclass
class CardWish(ScriptedSystem):
    """One write of a city whose cards are lost and found: what one write does is what another one sees.

    Attributes:
        lost: the cards that are lost, shared by the city's writes.
        is_loss: whether this write reports a loss; else it releases.
    """

    lost: set[str] = field(default_factory=set)
    is_loss: bool = True

    async def observe(self, command: Any) -> Observation:
        is_so = (command.card_number in self.lost) == self.is_loss
        self.standing = Standing.IN_EFFECT if is_so else Standing.OPEN
        return await super().observe(command)

    async def write(self, command: Any, reference: str) -> Outcome:
        effects = self.effects
        outcome = await super().write(command, reference)
        if self.effects > effects:
            (self.lost.add if self.is_loss else self.lost.discard)(command.card_number)
        return outcome


def unavailable() -> SystemUnavailable:
    return SystemUnavailable("scripted", "341000", "refused the connection")


class NoBenefits:
    async def benefits_paying(self, national_id: str) -> list[Any]:
        return []


def city(code: str, **writes: Any) -> CityOperations:
    """A city that offers the given writes."""
    fields = [name for name in CityOperations.__slots__ if name not in ("code", "benefits", "matrix")]
    return CityOperations(
        code=CityCode(code), benefits=NoBenefits(), matrix=(), **{name: writes.get(name) for name in fields}
    )
