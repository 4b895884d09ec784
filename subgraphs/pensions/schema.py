"""The root fields and entities of the domain `pensions`."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

import strawberry

from legacy_adapters.records.pensions import PensionStatus
from legacy_adapters.sources import PensionsQuery
from subgraphs.pensions.loaders import PensionsLoaders, pensions_loaders
from subgraphs.pensions.types import PensionConnection, Person, pension_connection
from subgraphs.shared.context import RequestContext
from subgraphs.shared.directives import Merge, MergeRule, Route
from subgraphs.shared.entities import EntityResolver, by_key, number_in_city, people_by_id
from subgraphs.shared.paging import EMPTY_PAGE, PageLimits, read_page_arguments
from subgraphs.shared.scalars import Date
from subgraphs.shared.subgraph import Domain, FederationQuery

PAGES = PageLimits(default=20, largest=200)


async def _pensions(  # noqa: PLR0913, PLR0917  (the contract's arguments)
    info: strawberry.Info[RequestContext[PensionsLoaders], None],
    paying_city: str | None = strawberry.UNSET,
    residence_city: str | None = strawberry.UNSET,
    certification_due_by: Date | None = strawberry.UNSET,
    status: PensionStatus | None = strawberry.UNSET,
    first: int | None = PAGES.default,
    after: str | None = strawberry.UNSET,
    last: int | None = strawberry.UNSET,
    before: str | None = strawberry.UNSET,
) -> PensionConnection | None:
    context = info.context
    request = read_page_arguments(context, PAGES, first, after, last, before)
    if paying_city and paying_city != context.city.code:
        return pension_connection(context, EMPTY_PAGE, request)
    query = PensionsQuery(residence_city or None, certification_due_by or None, status or None)
    source = context.loaders.source
    page = await source.list_pensions(query, request.size, request.position, is_backward=request.is_backward)
    return pension_connection(context, page, request)


@strawberry.type
class Query(FederationQuery):
    """The root field: this city's pensions by the day their certification is due."""

    pensions: PensionConnection | None = strawberry.field(
        resolver=_pensions,
        directives=[Merge(rule=MergeRule.CONNECTION, by="certification.dueOn"), Route(argument="payingCity")],
    )


ENTITIES: Mapping[str, EntityResolver] = {
    "Person": people_by_id(Person.of),
    "Pension": by_key(number_in_city("pensionNumber"), attrgetter("pensions_by_number")),
}

PENSIONS = Domain("pensions", Query, (), ENTITIES, pensions_loaders, has_one_source=True)
