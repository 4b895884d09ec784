"""What one request to a cards subgraph may load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from legacy_adapters.records.cards import CardRecord
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.sources import CardsSource
from subgraphs.cards.types import Card, card_of
from subgraphs.shared.context import RequestContext
from subgraphs.shared.loaders import RecordLoader
from subgraphs.shared.sources import first_found, in_one_list


@dataclass(frozen=True, slots=True)
class CardsLoaders:
    """Attributes:
    cards: all cards of a citizen.
    cards_by_number: the card with a number, or None.
    """

    cards: RecordLoader[NationalId, Sequence[CardRecord], list[Card]]
    cards_by_number: RecordLoader[str, CardRecord, Card | None]


def cards_loaders(context: RequestContext[CardsLoaders], sources: Sequence[CardsSource]) -> CardsLoaders:
    """The loaders of one request, over the city's sources."""
    convert = partial(card_of, context)

    def convert_all(records: Sequence[CardRecord]) -> list[Card]:
        return [convert(record) for record in records]

    return CardsLoaders(
        cards=RecordLoader(in_one_list([source.cards for source in sources]), convert_all, list),
        cards_by_number=RecordLoader(first_found([s.cards_by_number for s in sources]), convert, lambda: None),
    )
