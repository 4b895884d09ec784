"""How far the making of a new card has come, as the issuing city's system tells it."""

from __future__ import annotations

import strawberry

from cooperation.content import CardContent
from cooperation.kinds import OperationKind
from cooperation.store.rows import OperationRow
from legacy_adapters.operations.protocols import ReplacementSource
from legacy_adapters.records.cards import BankRecord, CardStep, ReplacementProgress
from subgraphs.cooperation.context import CooperationContext
from subgraphs.shared.scalars import DateTime
from subgraphs.shared.types import Source

_TAKEN_UP = ("IN_PRODUCTION", "DONE")
"""In any other state an application that the city knows would be somebody else's."""


@strawberry.federation.type(shareable=True)
class Bank:
    """A bank that keeps cards' accounts."""

    code: strawberry.ID
    name: str | None


@strawberry.type
class CardMakingStep:
    """A step in the making of a card that is behind it."""

    step: CardStep
    at: DateTime


async def read_progress(context: CooperationContext, row: OperationRow, content: object) -> ReplacementProgress | None:
    """Ask the issuing city, with one call. None where it has taken up no application or tells of none.

    Raises AdapterError when its system does not tell.
    """
    if row.kind != OperationKind.REPLACEMENT or row.state not in _TAKEN_UP or not isinstance(content, CardContent):
        return None
    source = _source(context, row.addressee_city)
    return None if source is None else await source.replacement_progress(content.card_number, content.national_id)


def _source(context: CooperationContext, city: str) -> ReplacementSource | None:
    operations = context.office.desk.cities.get(city)
    return None if operations is None else operations.replacements


def bank_of(record: BankRecord | None) -> Bank | None:
    """A bank."""
    return None if record is None else Bank(code=strawberry.ID(record.code), name=record.name)


def steps_of(record: ReplacementProgress) -> list[CardMakingStep]:
    """The steps behind it, in their order."""
    return [CardMakingStep(step=step, at=DateTime(at)) for step, at in record.reached]


def source_of(record: ReplacementProgress) -> Source:
    """Who told it, and when."""
    return Source(system=record.provenance.system, as_of=DateTime(record.provenance.as_of))
