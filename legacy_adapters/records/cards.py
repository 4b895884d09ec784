"""Records of social security cards. A card has two functions, each with a state of its own."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from legacy_adapters.records.provenance import NationalId, Provenance


class CardFunctionStatus(StrEnum):
    """AAZ502, and the letters banks use."""

    SEALED = "SEALED"
    NORMAL = "NORMAL"
    TEMPORARY_LOSS = "TEMPORARY_LOSS"
    LOSS = "LOSS"
    LOCKED = "LOCKED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class CardFunctionRecord(Struct, frozen=True):
    """The state of one function; times are ISO 8601 with offset, `loss_expires_at` only for a temporary loss."""

    status: CardFunctionStatus
    status_raw: str | None
    since: str | None
    loss_expires_at: str | None


class BankRecord(Struct, frozen=True):
    """AAE008: the bank's code and, where the source's list knows it, its name."""

    code: str
    name: str | None


class CardRecord(Struct, frozen=True):
    """One card of one person, issued by the provenance's city; a card without an account has no `bank_function`."""

    national_id: NationalId
    number: str
    issued_on: str | None
    expires_on: str | None
    social_function: CardFunctionRecord
    bank_function: CardFunctionRecord | None
    bank: BankRecord | None
    provenance: Provenance


class CardStep(StrEnum):
    """The steps of making a card, in their order; the last one reached is how far it has come."""

    APPLIED = "APPLIED"
    AT_BANK = "AT_BANK"
    BANK_DONE = "BANK_DONE"
    AT_INSURANCE = "AT_INSURANCE"
    INSURANCE_DONE = "INSURANCE_DONE"
    AT_PROVINCE = "AT_PROVINCE"
    AT_CITY = "AT_CITY"
    PICKED_UP = "PICKED_UP"


class ReplacementProgress(Struct, frozen=True):
    """How far the making of a new card has come; `reached` is `(step, moment)` in the steps' order.

    `new_card_number` is None until it is known, `batch_number` until the card stands in a batch.
    """

    application_number: str | None
    batch_number: str | None
    bank: BankRecord | None
    new_card_number: str | None
    pick_up_city: str | None
    pick_up_place: str | None
    reached: tuple[tuple[CardStep, str], ...]
    provenance: Provenance
