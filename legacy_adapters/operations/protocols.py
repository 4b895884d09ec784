"""What an adapter offers a caller who wants an effect exactly once, and what it declares about it.

```python
operations = open_operations(config, city)
write = operations.card_temporary_loss          # None where the city lacks it: `capabilities()` says why
before = await write.observe(command)           # AdapterError when the system cannot be read
outcome = await write.write(command, reference) # never raises an AdapterError
```
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from legacy_adapters.operations.commands import (
    AssistAcceptance,
    AssistCreation,
    AssistReply,
    CardCommand,
    CardFunction,
    CertificationCommand,
    OperationName,
    ReplacementCommand,
    TransferRegistration,
)
from legacy_adapters.operations.outcomes import Observation, Outcome, OutcomeKind, Reason
from legacy_adapters.records.assists import AssistRecord
from legacy_adapters.records.cards import ReplacementProgress
from legacy_adapters.records.pensions import PensionRecord
from legacy_adapters.records.provenance import CityCode, NationalId

C_contra = TypeVar("C_contra", contravariant=True)

MAX_REFERENCE_CHARACTERS = 40


class Repeat(StrEnum):
    """What a second request with the same command and reference does.

    HARMLESS: nothing, for the state is so already.
    DEDUPLICATED: nothing, for the system knows the reference and gives the first receipt again.
    DUPLICATES: the effect comes about twice. Never repeat before a read-back after `settling_seconds` showed it OPEN.
    """

    HARMLESS = "HARMLESS"
    DEDUPLICATED = "DEDUPLICATED"
    DUPLICATES = "DUPLICATES"


class CodeMeaning(Struct, frozen=True):
    """What one of the system's codes or texts means. `kind` None: the state must be read back to know (`01`)."""

    raw_code: str
    kind: OutcomeKind | None
    reason: Reason | None = None


class Knowledge(Struct, frozen=True):
    """What is known of one operation of one system: declared, and proved against the sandbox.

    Attributes:
        system: whose operation it is.
        codes: its answers; any other is REFUSED with OTHER.
        repeat: what a repetition does.
        keeps_reference: whether the system stores the caller's reference; if not, it is told to nobody.
        is_immediate: whether DONE means in effect; if not, DONE means accepted, and observing shows PENDING until then.
        compensation: the operation that undoes it; None: nothing does, a person must be asked.
        longest_seconds: how long a write takes at most until it is broken off: its wait for a place, and its call.
        settling_seconds: how long after a broken-off write its effect may still come about.
    """

    system: str
    codes: tuple[CodeMeaning, ...]
    repeat: Repeat
    keeps_reference: bool
    is_immediate: bool
    compensation: OperationName | None
    longest_seconds: float
    settling_seconds: float


class LegacyWrite(Protocol[C_contra]):
    """One operation of one city's system. Its calls go one at a time through the system's limits; none is repeated."""

    @property
    def knowledge(self) -> Knowledge:
        """What is known of it."""

    async def observe(self, command: C_contra) -> Observation:
        """How the command's wish stands now: the pre-read, and the read-back.

        Raises AdapterError when the system does not tell: that is no answer, least of all `not so`.
        """

    async def write(self, command: C_contra, reference: str) -> Outcome:
        """Ask for the effect, once. Never raises an AdapterError: what went wrong is an outcome.

        `reference` is the caller's own, the same for every attempt of one intent and for no other: 1 to 40 ASCII
        letters, digits and hyphens, else ValueError; no citizen's data. `01` is read back before it is told.
        """


class AssistSource(Protocol):
    """Letters of entrusted investigation in one city's system."""

    async def assist_by_number(self, number: str) -> AssistRecord | None:
        """The letter with this system's own number."""

    async def assist_by_letter(self, requesting_city: CityCode, letter_number: str) -> AssistRecord | None:
        """The letter with this number of the requesting city's."""


class ReplacementSource(Protocol):
    """How far the making of a new card has come."""

    async def replacement_progress(self, card_number: str, national_id: NationalId) -> ReplacementProgress | None:
        """The newest application in place of this card; None where there is none."""


class Capability(Struct, frozen=True):
    """Whether a city offers an operation, and how.

    Attributes:
        missing_because: a sentence for people, with the way that is left; None where it is offered.
        functions: of a card's operation, the functions it reaches.
        expires_after_days: of a temporary loss, by function, the city's rule.
        closed: of the system, `22:30-06:00` on the city's clock, in the order of the configuration.
        knowledge: None where it is missing.
    """

    operation: OperationName
    city: CityCode
    missing_because: str | None
    functions: tuple[CardFunction, ...]
    expires_after_days: dict[CardFunction, int]
    closed: tuple[str, ...]
    knowledge: Knowledge | None

    @property
    def is_offered(self) -> bool:
        """Whether the city has it."""
        return self.knowledge is not None


class BenefitsSource(Protocol):
    """Benefits that a city pays; for a notice of death, which writes nothing."""

    async def benefits_paying(self, national_id: NationalId) -> Sequence[PensionRecord]:
        """The pensions in payment now, newest first. Raises AdapterError when one system of them does not tell."""


@dataclass(frozen=True, slots=True)
class AdapterOperations:
    """What one adapter offers of the operations that its system is configured for."""

    writes: Mapping[OperationName, LegacyWrite[Any]]
    replacements: ReplacementSource | None = None
    assists: AssistSource | None = None


@dataclass(frozen=True, slots=True)
class CityOperations:
    """What one city's systems do on request; None stands for what they do not.

    Operations that no system of any city takes yet stand in the matrix only.

    Attributes:
        replacements, assists: the reads beside the writes; None where the writes are.
        benefits: never missing, perhaps without any system to ask.
    """

    code: CityCode
    card_temporary_loss: LegacyWrite[CardCommand] | None
    card_formal_loss: LegacyWrite[CardCommand] | None
    card_release: LegacyWrite[CardCommand] | None
    card_replacement: LegacyWrite[ReplacementCommand] | None
    card_activation: LegacyWrite[CardCommand] | None
    pension_certification: LegacyWrite[CertificationCommand] | None
    assist_creation: LegacyWrite[AssistCreation] | None
    assist_acceptance: LegacyWrite[AssistAcceptance] | None
    assist_reply: LegacyWrite[AssistReply] | None
    dispute_transfer: LegacyWrite[TransferRegistration] | None
    inspection_transfer: LegacyWrite[TransferRegistration] | None
    replacements: ReplacementSource | None
    assists: AssistSource | None
    benefits: BenefitsSource
    matrix: tuple[Capability, ...]

    def capabilities(self) -> tuple[Capability, ...]:
        """One entry an operation, in the order of `OperationName`."""
        return self.matrix
