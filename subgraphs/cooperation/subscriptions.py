"""The subscriptions and the change feed: what changes, told as it happens or asked for behind a cursor."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

import strawberry

from cooperation.changes.feed import ChangeQuery, last_cursor, read_page
from cooperation.changes.watch import ListenerTooSlow
from cooperation.errors import ChangesNotKept
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.states.machine import Machine
from cooperation.states.machines import CARD_REPLACEMENT, CARD_SERVICE, ENTRUSTED_INVESTIGATION
from cooperation.store.counters import is_registered
from cooperation.store.rows import ChangeRow, OperationRow
from subgraphs.cooperation.arguments import (
    cities_filter,
    city_filter,
    list_filter,
    optional,
    people_filter,
    person_filter,
    text_filter,
)
from subgraphs.cooperation.context import CooperationContext, CooperationInfo
from subgraphs.cooperation.errors import store_errors
from subgraphs.cooperation.operations import EntrustedInvestigation, Operation, ServiceRequest, operation_of
from subgraphs.cooperation.parts import moment
from subgraphs.shared.errors import ClientError, UserInputError
from subgraphs.shared.paging import page_size
from subgraphs.shared.person_key import TokenKind
from subgraphs.shared.scalars import DateTime
from subgraphs.shared.types import City

O = TypeVar("O", bound=Operation)  # noqa: E741  (operations of one type)

DEFAULT_CHANGES = 100
MOST_CHANGES = 500

_CURSOR = "changes"
_SUBSCRIBE_AGAIN = "subscribe again, and ask changes for what was missed."


class ChangesForgotten(ClientError):
    """`ChangesNotKept`, in `errors` of an answer."""

    code = ChangesNotKept.code


class SubscriptionTooSlow(ClientError):
    """The client was too far behind: subscribe again, and ask `changes` for what was missed."""

    code = "COOPERATION_SUBSCRIPTION_TOO_SLOW"


@strawberry.type
class Change:
    """That an operation changed."""

    cursor: str
    operation_number: strawberry.ID
    kind: OperationKind
    action: str
    state: str
    requester_city: City
    addressee_city: City
    at: DateTime

    @strawberry.field
    async def operation(self, info: CooperationInfo) -> Operation | None:
        """The operation as it is now."""
        row = await info.context.loaders.operations.load_value(self.operation_number)
        return None if row is None else operation_of(info.context, row)


@strawberry.type
class ChangePage:
    """Changes behind a cursor."""

    changes: list[Change]
    end_cursor: str
    has_more: bool


def change_of(context: CooperationContext, row: ChangeRow) -> Change:
    """An entry of the feed."""
    return Change(
        cursor=change_cursor(context, row.cursor),
        operation_number=strawberry.ID(row.operation_number),
        kind=OperationKind(row.kind),
        action=row.action,
        state=row.state,
        requester_city=context.place(row.requester_city),
        addressee_city=context.place(row.addressee_city),
        at=moment(row.happened_at),
    )


def change_cursor(context: CooperationContext, cursor: int) -> str:
    """A place in the feed as clients keep it."""
    return context.cursor(f"{_CURSOR} {cursor}")


async def changes(  # noqa: PLR0913, PLR0917  (the contract's arguments)
    info: CooperationInfo,
    after: str | None = strawberry.UNSET,
    first: int | None = DEFAULT_CHANGES,
    cities: list[str] | None = strawberry.UNSET,
    kinds: list[OperationKind] | None = strawberry.UNSET,
    person_ids: list[strawberry.ID] | None = strawberry.UNSET,
) -> ChangePage:
    """Changes behind a cursor; without one, from now on."""
    context, size = info.context, page_size(first, DEFAULT_CHANGES, MOST_CHANGES)
    people = people_filter(context, "personIds", person_ids)
    query = ChangeQuery(cities_filter("cities", cities), list_filter(kinds), people)
    cursor = optional(after)
    if cursor is None:
        end = await context.read(last_cursor)
        return ChangePage(changes=[], end_cursor=change_cursor(context, end), has_more=False)
    position = _position(context, cursor)
    try:
        page = await context.read(lambda connection: read_page(connection, query, position, size))
    except ChangesNotKept as error:
        raise ChangesForgotten(str(error)) from error
    return ChangePage(
        changes=[change_of(context, row) for row in page.changes],
        end_cursor=change_cursor(context, page.end),
        has_more=page.has_more,
    )


def _position(context: CooperationContext, after: str) -> int:
    name, _, cursor = (context.keys.open(TokenKind.CURSOR, after) or "").partition(" ")
    if name != _CURSOR:
        raise UserInputError("after must be a cursor of this list.")
    return int(cursor)


@dataclass(frozen=True, slots=True)
class _Wanted:
    machines: tuple[Machine, ...]
    number: str | None
    city: str | None
    person_ids: tuple[str, ...] | None

    def may_be_met_by(self, change: ChangeRow) -> bool:
        """Whether what has changed could be wanted, as far as the change itself says."""
        return (
            KIND_RULES[OperationKind(change.kind)].machine in self.machines
            and self.city in {None, change.requester_city, change.addressee_city}
            and (
                self.number in {None, change.operation_number}
                # The deciding city's number, which only the operation tells.
                or is_registered(self.number or "", "R", change.addressee_city)
            )
        )

    def is_met_by(self, row: OperationRow) -> bool:
        """The same of what the operation alone tells."""
        return self.number in {None, row.number, row.addressee_number} and (
            self.person_ids is None or row.person_id in self.person_ids
        )


async def _updated(context: CooperationContext, wanted: _Wanted, kind: type[O]) -> AsyncGenerator[O, None]:
    """Operations whenever they change, each as it is then."""
    office = context.office
    async with aclosing(office.watch.changes()) as changes:
        try:
            with store_errors(_SUBSCRIBE_AGAIN):
                async for change in changes:
                    if not wanted.may_be_met_by(change):
                        continue
                    # What was loaded for the event before is old now.
                    context.renew()
                    row = await office.watch.load_once(change.operation_number, office.operation)
                    if not wanted.is_met_by(row):
                        continue
                    operation = operation_of(context, row)
                    if isinstance(operation, kind):
                        yield operation
        except ListenerTooSlow:
            raise SubscriptionTooSlow(f"The client was too far behind: {_SUBSCRIBE_AGAIN}") from None


def _wanted(
    context: CooperationContext,
    machines: tuple[Machine, ...],
    number: str | None,
    city: str | None,
    person_id: str | None,
) -> _Wanted:
    people = person_filter(context, "personId", person_id)
    return _Wanted(machines, text_filter("number", number), city_filter("city", city), people)


@strawberry.type
class Subscription:
    """What changes, as it happens."""

    @strawberry.subscription
    async def service_request_updated(
        self,
        info: CooperationInfo,
        number: strawberry.ID | None = strawberry.UNSET,
        city: str | None = strawberry.UNSET,
        person_id: strawberry.ID | None = strawberry.UNSET,
    ) -> AsyncGenerator[ServiceRequest | None, None]:
        """Service requests whenever they change."""
        wanted = _wanted(info.context, (CARD_SERVICE, CARD_REPLACEMENT), number, city, person_id)
        async with aclosing(_updated(info.context, wanted, ServiceRequest)) as updates:
            async for operation in updates:
                yield operation

    @strawberry.subscription
    async def investigation_updated(
        self,
        info: CooperationInfo,
        number: strawberry.ID | None = strawberry.UNSET,
        city: str | None = strawberry.UNSET,
        person_id: strawberry.ID | None = strawberry.UNSET,
    ) -> AsyncGenerator[EntrustedInvestigation | None, None]:
        """Entrusted investigations whenever they change."""
        wanted = _wanted(info.context, (ENTRUSTED_INVESTIGATION,), number, city, person_id)
        async with aclosing(_updated(info.context, wanted, EntrustedInvestigation)) as updates:
            async for operation in updates:
                yield operation
