"""Records of entrusted investigations (委托协查) between two cities."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from legacy_adapters.records.provenance import CityCode, NationalId, Provenance


class AssistState(StrEnum):
    """How far a letter has come in one city's system."""

    REGISTERED = "REGISTERED"
    ACCEPTED = "ACCEPTED"
    REPLIED = "REPLIED"
    UNKNOWN = "UNKNOWN"


class AssistRecord(Struct, frozen=True):
    """One letter as one city's system has it: `number` is that system's, `letter_number` the requesting city's."""

    number: str
    letter_number: str
    national_id: NationalId | None
    requesting_city: CityCode | None
    addressed_city: CityCode | None
    state: AssistState
    state_raw: str | None
    registered_on: str | None
    due_on: str | None
    accepted_on: str | None
    replied_on: str | None
    provenance: Provenance
