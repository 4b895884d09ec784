"""The contract `schema/subgraphs/pensions.graphql` as Strawberry types, and how records become them."""

from __future__ import annotations

from operator import attrgetter

import strawberry

from legacy_adapters.records.pensions import (
    PaymentRecord,
    PaymentStatus,
    PensionRecord,
    PensionScheme,
    PensionStatus,
)
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.sources import Page
from subgraphs.pensions.certification import Certification, certification_of
from subgraphs.pensions.money import Money, money
from subgraphs.shared.batching import SubgraphInfo, batched
from subgraphs.shared.context import RequestContext
from subgraphs.shared.directives import DAY_SECONDS, Merge, MergeRule, PartitionKey, StaleWhileUnavailable
from subgraphs.shared.paging import PageLimits, PageRequest, page_info, read_page_arguments
from subgraphs.shared.scalars import Date, YearMonth, optional_date
from subgraphs.shared.types import City, PageInfo, Source

for _enumeration in (PensionScheme, PensionStatus, PaymentStatus):
    strawberry.enum(_enumeration)

PAYMENT_PAGES = PageLimits(default=12, largest=120)
"""One year of months, ten at most."""


@strawberry.federation.type(keys=["id"])
class Person:
    """A person, as far as pensions know one: by identifier."""

    national_id: strawberry.Private[NationalId]
    id: strawberry.ID
    pensions: list[Pension] | None = batched(
        attrgetter("pensions"), attrgetter("national_id"), [StaleWhileUnavailable(max_age=DAY_SECONDS)]
    )

    @classmethod
    def of(cls, national_id: NationalId, person_id: strawberry.ID) -> Person:
        """The person with this identifier."""
        return cls(national_id=national_id, id=person_id)


@strawberry.type
class Payment:
    """One month's payment."""

    month: YearMonth
    amount: Money
    status: PaymentStatus
    status_raw: str | None


@strawberry.type
class PaymentEdge:
    """A payment in a list."""

    cursor: str
    node: Payment


@strawberry.type
class PaymentConnection:
    """A page of payments."""

    edges: list[PaymentEdge]
    nodes: list[Payment]
    page_info: PageInfo
    total_count: int


@strawberry.federation.type(keys=["city { code } pensionNumber"], directives=[PartitionKey(field="city.code")])
class Pension:
    """A pension that the city pays or has paid."""

    city: City
    pension_number: strawberry.ID
    scheme: PensionScheme
    scheme_raw: str | None
    status: PensionStatus
    status_raw: str | None
    started_on: Date | None
    ended_on: Date | None
    monthly_amount: Money | None
    certification: Certification
    person: Person
    source: Source

    @strawberry.field
    async def payments(
        self,
        info: SubgraphInfo,
        first: int | None = PAYMENT_PAGES.default,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> PaymentConnection | None:
        """The pension's payments, newest first. Each pension's pages are its source's own, so this is one call each."""
        request = read_page_arguments(info.context, PAYMENT_PAGES, first, after, last, before)
        page = await info.context.loaders.source.payments(
            self.pension_number, request.size, request.position, is_backward=request.is_backward
        )
        return _payment_connection(info.context, page, request)


@strawberry.type
class PensionEdge:
    """A pension in a list."""

    cursor: str
    node: Pension


@strawberry.type
class PensionConnection:
    """A page of pensions."""

    edges: list[PensionEdge]
    nodes: list[Pension]
    page_info: PageInfo
    total_count: int = strawberry.field(directives=[Merge(rule=MergeRule.SUM)])


def pension_of(context: RequestContext[object], record: PensionRecord) -> Pension:
    """The pension that a record tells of."""
    amount = record.monthly_amount_fen
    return Pension(
        city=context.city,
        pension_number=strawberry.ID(record.pension_number),
        scheme=record.scheme,
        scheme_raw=record.scheme_raw,
        status=record.status,
        status_raw=record.status_raw,
        started_on=optional_date(record.started_on),
        ended_on=optional_date(record.ended_on),
        monthly_amount=None if amount is None else money(amount),
        certification=certification_of(record, context.now.date()),
        person=Person.of(record.national_id, context.person_id(record.national_id)),
        source=context.source(record.provenance),
    )


def pension_connection(
    context: RequestContext[object], page: Page[PensionRecord], request: PageRequest
) -> PensionConnection:
    """A page of pensions with its cursors."""
    nodes = [pension_of(context, record) for record in page.records]
    cursors = [context.cursor(position) for position in page.positions]
    return PensionConnection(
        edges=[PensionEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(context, page, cursors, request),
        total_count=page.total,
    )


def _payment_connection(
    context: RequestContext[object], page: Page[PaymentRecord], request: PageRequest
) -> PaymentConnection:
    nodes = [_payment_of(record) for record in page.records]
    cursors = [context.cursor(position) for position in page.positions]
    return PaymentConnection(
        edges=[PaymentEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(context, page, cursors, request),
        total_count=page.total,
    )


def _payment_of(record: PaymentRecord) -> Payment:
    return Payment(
        month=YearMonth(record.month),
        amount=money(record.amount_fen),
        status=record.status,
        status_raw=record.status_raw,
    )
