"""The root fields and entities of the domain `cooperation`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, cast

import strawberry

from cooperation.calendar.working_days import MAX_WORKING_DAYS
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.states.machine import Duty, Machine, Office, Side
from cooperation.states.machines import MACHINES
from cooperation.store.operations import find_operation
from cooperation.store.queries import (
    ListOrder,
    OperationQuery,
    Position,
    list_operations,
)
from cooperation.store.rows import OperationRow
from cooperation.webhooks.registry import read_webhooks
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.operations.commands import CardFunction
from subgraphs.cooperation.arguments import city_filter, list_filter, optional, person_filter, states_filter
from subgraphs.cooperation.caseload import CaseloadCount, caseload
from subgraphs.cooperation.context import CooperationContext, CooperationInfo
from subgraphs.cooperation.inputs import OperationFilter
from subgraphs.cooperation.mutations import Mutation
from subgraphs.cooperation.operations import OPERATION_TYPES, Card, Operation, Person, operation_of
from subgraphs.cooperation.parts import Webhook, webhook_of
from subgraphs.cooperation.subscriptions import ChangePage, Subscription, changes
from subgraphs.cooperation.tasks import TaskConnection, TaskCount, task_counts, tasks
from subgraphs.shared.entities import EntityResolver, Representation, by_key, key_text
from subgraphs.shared.errors import UserInputError
from subgraphs.shared.paging import forward_page_info, is_selected, page_size
from subgraphs.shared.person_key import TokenKind
from subgraphs.shared.subgraph import Domain, FederationQuery
from subgraphs.shared.types import City, PageInfo

DEFAULT_PAGE = 20
LARGEST_PAGE = 200


@strawberry.type
class OperationEdge:
    """An operation with its cursor."""

    cursor: str
    node: Operation


@strawberry.type
class OperationConnection:
    """A page of operations."""

    edges: list[OperationEdge]
    nodes: list[Operation]
    page_info: PageInfo
    total_count: int


@strawberry.type
class MachineState:
    """A state."""

    name: str
    label: str
    is_final: bool


@strawberry.type
class MachineTransition:
    """A row of a machine's table."""

    action: str
    label: str
    from_state: str
    to_state: str
    side: Side
    duty: Duty | None
    needs: list[str]
    second_person_for: str | None
    limit: int | None


@strawberry.type
class StateMachine:
    """How a kind of operation goes on."""

    name: strawberry.ID
    label: str
    kinds: list[OperationKind]
    requester_offices: list[Office]
    addressee_offices: list[Office]
    initial_state: str
    states: list[MachineState]
    transitions: list[MachineTransition]


@strawberry.type
class Capability:
    """Whether a city's systems do something on request."""

    operation: str
    city: City
    is_offered: bool
    missing_because: str | None
    functions: list[CardFunction]
    closed: list[str]


async def _operation(info: CooperationInfo, number: strawberry.ID) -> Operation | None:
    if not number.isprintable():
        return None
    row = await info.context.read(lambda connection: find_operation(connection, number))
    return None if row is None else operation_of(info.context, row)


async def _operations(
    info: CooperationInfo,
    filter: OperationFilter | None = strawberry.UNSET,  # noqa: A002  (the contract's word)
    order: ListOrder | None = ListOrder.NEWEST,
    first: int | None = DEFAULT_PAGE,
    after: str | None = strawberry.UNSET,
) -> OperationConnection:
    context, cursor, order = info.context, optional(after), order or ListOrder.NEWEST
    size, position = page_size(first, DEFAULT_PAGE, LARGEST_PAGE), _position_after(context, order, cursor)
    query = _query(context, filter or OperationFilter())
    is_counted = is_selected(info.selected_fields, "totalCount")
    page = await context.read(
        lambda connection: list_operations(connection, query, size, position, is_counted=is_counted, order=order)
    )
    nodes = [operation_of(context, row) for row in page.operations]
    cursors = [_cursor(context, order, row) for row in page.operations]
    return OperationConnection(
        edges=[OperationEdge(cursor=one, node=node) for one, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=forward_page_info(cursors, has_next=page.has_next, is_first=cursor is None),
        total_count=page.total,
    )


def _state_machines() -> list[StateMachine]:
    return [_machine(machine) for machine in MACHINES.values()]


def _capabilities(info: CooperationInfo, city: str | None = strawberry.UNSET) -> list[Capability]:
    context, wanted = info.context, city_filter("city", city)
    return [
        Capability(
            operation=one.operation.value,
            city=context.place(code),
            is_offered=one.is_offered,
            missing_because=one.missing_because,
            functions=list(one.functions),
            closed=list(one.closed),
        )
        for code, operations in context.office.desk.cities.items()
        if wanted in (None, code)
        for one in operations.capabilities()
    ]


async def _webhooks(info: CooperationInfo, city: str | None = strawberry.UNSET) -> list[Webhook]:
    wanted = city_filter("city", city)
    rows = await info.context.read(lambda connection: read_webhooks(connection, wanted))
    return [webhook_of(info.context, row) for row in rows]


@strawberry.type
class Query(FederationQuery):
    """The root fields: operations, tasks, machines, what cities can do."""

    operation: Operation | None = strawberry.field(resolver=_operation)
    operations: OperationConnection | None = strawberry.field(resolver=_operations)
    tasks: TaskConnection | None = strawberry.field(resolver=tasks)
    task_counts: list[TaskCount] | None = strawberry.field(resolver=task_counts)
    caseload: list[CaseloadCount] | None = strawberry.field(resolver=caseload)
    state_machines: list[StateMachine] | None = strawberry.field(resolver=_state_machines)
    capabilities: list[Capability] | None = strawberry.field(resolver=_capabilities)
    changes: ChangePage | None = strawberry.field(resolver=changes)
    webhooks: list[Webhook] | None = strawberry.field(resolver=_webhooks)


def _machine(machine: Machine) -> StateMachine:
    return StateMachine(
        name=strawberry.ID(machine.name),
        label=machine.label,
        kinds=[kind for kind, rule in KIND_RULES.items() if rule.machine is machine],
        requester_offices=list(machine.requesters),
        addressee_offices=list(machine.addressees),
        initial_state=machine.initial,
        states=[MachineState(name=one.name, label=one.label, is_final=one.is_final) for one in machine.states],
        transitions=[
            MachineTransition(
                action=one.action,
                label=one.label,
                from_state=one.source,
                to_state=one.target,
                side=one.side,
                duty=one.duty,
                needs=[need.value for need in one.needs],
                second_person_for=one.checks,
                limit=one.limit,
            )
            for one in machine.transitions
        ],
    )


def _query(context: CooperationContext, wanted: OperationFilter) -> OperationQuery:
    today = context.now.astimezone(CITY_ZONE).date()
    return OperationQuery(
        today=today,
        kinds=list_filter(wanted.kinds),
        states=states_filter("states", wanted.states),
        requester_city=city_filter("requesterCity", wanted.requester_city),
        addressee_city=city_filter("addresseeCity", wanted.addressee_city),
        waits_for_city=city_filter("waitsForCity", wanted.waits_for_city),
        person_ids=person_filter(context, "personId", wanted.person_id),
        due_by=_due_by(context, today, wanted),
        is_overdue=optional(wanted.is_overdue),
        is_closed=optional(wanted.is_closed),
        created_from=datetime.fromisoformat(wanted.created_from) if wanted.created_from else None,
        created_before=datetime.fromisoformat(wanted.created_before) if wanted.created_before else None,
    )


def _due_by(context: CooperationContext, today: date, wanted: OperationFilter) -> date | None:
    """The earlier one of both days that may be asked for."""
    days = [date.fromisoformat(wanted.due_by)] if wanted.due_by else []
    number = wanted.due_in_working_days
    if isinstance(number, int):
        if not 0 <= number <= MAX_WORKING_DAYS:
            raise UserInputError(f"dueInWorkingDays must be 0 to {MAX_WORKING_DAYS}.")
        days.append(context.office.desk.calendar.due_day(today, number).day if number else today)
    return min(days, default=None)


def _cursor(context: CooperationContext, order: ListOrder, row: OperationRow) -> str:
    key = row.created_at if order is ListOrder.NEWEST or row.due_on is None else row.due_on
    return context.cursor(f"operations-{order} {key.isoformat()} {row.number}")


def _position_after(context: CooperationContext, order: ListOrder, cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    parts = (context.keys.open(TokenKind.CURSOR, cursor) or "").split(" ")
    if len(parts) != 3 or parts[0] != f"operations-{order}":
        raise UserInputError("after must be a cursor of this list, in the same order.")
    read_key = datetime.fromisoformat if order is ListOrder.NEWEST else date.fromisoformat
    return Position(read_key(parts[1]), parts[2])


async def _people(_: CooperationContext, representations: Sequence[Representation]) -> Sequence[object]:
    ids = [key_text(representation, "id") for representation in representations]
    return [None if known is None else Person(id=strawberry.ID(known)) for known in ids]


async def _cards(context: CooperationContext, representations: Sequence[Representation]) -> Sequence[object]:
    keys = [(key_text(one, "city", "code"), key_text(one, "number")) for one in representations]
    return [
        None if code is None or number is None else Card(city=context.place(code), number=strawberry.ID(number))
        for code, number in keys
    ]


def _operation_of(context: Any, _: object, row: OperationRow | None) -> Operation | None:
    return None if row is None else operation_of(context, row)


def _entities() -> Mapping[str, EntityResolver]:
    resolvers: dict[str, Any] = {"Person": _people, "Card": _cards}
    by_number = by_key(lambda _, one: key_text(one, "number"), attrgetter("operations"), _operation_of)
    resolvers |= {kind.__name__: by_number for kind in OPERATION_TYPES}
    # Entity resolvers are typed for a city's context; these are asked with ours.
    return cast("Mapping[str, EntityResolver]", resolvers)


def _no_loaders(*_: object) -> None:
    """Loaders are made with the context: there are no sources to make them of."""


COOPERATION = Domain(
    "cooperation",
    Query,
    OPERATION_TYPES,
    _entities(),
    _no_loaders,
    mutation=Mutation,
    subscription=Subscription,
)
