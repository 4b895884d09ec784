"""The root fields and entities of the domain `cards`."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

import strawberry

from subgraphs.cards.loaders import CardsLoaders, cards_loaders
from subgraphs.cards.types import Card, Person
from subgraphs.shared.context import RequestContext
from subgraphs.shared.directives import Route
from subgraphs.shared.entities import EntityResolver, by_key, number_in_city, people_by_id
from subgraphs.shared.subgraph import Domain, FederationQuery


async def _card(info: strawberry.Info[RequestContext[CardsLoaders], None], city: str, number: str) -> Card | None:
    if city != info.context.city.code:
        return None
    return await info.context.loaders.cards_by_number.load_value(number)


@strawberry.type
class Query(FederationQuery):
    """The root field: a card by its number, in the city that issued it."""

    card: Card | None = strawberry.field(resolver=_card, directives=[Route(argument="city")])


ENTITIES: Mapping[str, EntityResolver] = {
    "Person": people_by_id(Person.of),
    "Card": by_key(number_in_city("number"), attrgetter("cards_by_number")),
}

CARDS = Domain("cards", Query, (), ENTITIES, cards_loaders)
