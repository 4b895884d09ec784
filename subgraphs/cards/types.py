"""The contract `schema/subgraphs/cards.graphql` as Strawberry types, and how records become them."""

from __future__ import annotations

from operator import attrgetter

import strawberry

from legacy_adapters.records.cards import BankRecord, CardFunctionRecord, CardFunctionStatus, CardRecord
from legacy_adapters.records.provenance import NationalId
from subgraphs.shared.batching import batched
from subgraphs.shared.context import RequestContext
from subgraphs.shared.directives import PartitionKey
from subgraphs.shared.scalars import Date, DateTime, optional_date, optional_date_time
from subgraphs.shared.types import City, Source

strawberry.enum(CardFunctionStatus)


@strawberry.federation.type(keys=["id"])
class Person:
    """A person, as far as cards know one: by identifier."""

    national_id: strawberry.Private[NationalId]
    id: strawberry.ID
    cards: list[Card] | None = batched(attrgetter("cards"), attrgetter("national_id"))

    @classmethod
    def of(cls, national_id: NationalId, person_id: strawberry.ID) -> Person:
        """The person with this identifier."""
        return cls(national_id=national_id, id=person_id)


@strawberry.federation.type(shareable=True)
class Bank:
    """A bank that keeps cards' accounts."""

    code: strawberry.ID
    name: str | None


@strawberry.type
class SocialFunction:
    """The social security function of a card."""

    status: CardFunctionStatus
    status_raw: str | None
    since: DateTime | None
    loss_expires_at: DateTime | None


@strawberry.type
class BankFunction:
    """The bank function of a card."""

    status: CardFunctionStatus
    status_raw: str | None
    since: DateTime | None
    loss_expires_at: DateTime | None
    bank: Bank | None


@strawberry.federation.type(keys=["city { code } number"], directives=[PartitionKey(field="city.code")])
class Card:
    """A social security card."""

    city: City
    number: strawberry.ID
    issued_on: Date | None
    expires_on: Date | None
    social_function: SocialFunction
    bank_function: BankFunction | None
    holder: Person
    source: Source


def card_of(context: RequestContext[object], record: CardRecord) -> Card:
    """The card that a record tells of."""
    return Card(
        city=context.city,
        number=strawberry.ID(record.number),
        issued_on=optional_date(record.issued_on),
        expires_on=optional_date(record.expires_on),
        social_function=_social_function(record.social_function),
        bank_function=_bank_function(record.bank_function, record.bank),
        holder=Person.of(record.national_id, context.person_id(record.national_id)),
        source=context.source(record.provenance),
    )


def _social_function(record: CardFunctionRecord) -> SocialFunction:
    return SocialFunction(
        status=record.status,
        status_raw=record.status_raw,
        since=optional_date_time(record.since),
        loss_expires_at=optional_date_time(record.loss_expires_at),
    )


def _bank_function(record: CardFunctionRecord | None, bank: BankRecord | None) -> BankFunction | None:
    if record is None:
        return None
    return BankFunction(
        status=record.status,
        status_raw=record.status_raw,
        since=optional_date_time(record.since),
        loss_expires_at=optional_date_time(record.loss_expires_at),
        bank=None if bank is None else Bank(code=strawberry.ID(bank.code), name=bank.name),
    )
