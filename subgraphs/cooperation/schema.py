"""The root fields and entities of the domain `cooperation`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

import strawberry

from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.states.machine import Duty, Machine, Side
from cooperation.states.machines import MACHINES
from cooperation.store.queries import (
    OperationQuery,
    Position,
    find_operation,
    list_operations,
    list_tasks,
)
from cooperation.store.rows import OperationRow
from cooperation.webhooks.registry import read_webhooks
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.operations.commands import CardFunction
from subgraphs.cooperation.context import CooperationContext, CooperationInfo
from subgraphs.cooperation.inputs import OperationFilter
from subgraphs.cooperation.mutations import Mutation
from subgraphs.cooperation.operations import OPERATION_TYPES, Card, Operation, Person, operation_of
from subgraphs.cooperation.parts import Task, Webhook, task_of, webhook_of
from subgraphs.cooperation.subscriptions import ChangePage, Subscription, changes
from subgraphs.shared.entities import EntityResolver, Representation, key_text
from subgraphs.shared.errors import UserInputError
from subgraphs.shared.paging import is_selected, page_size
from subgraphs.shared.person_key import TokenKind
from subgraphs.shared.subgraph import Domain, FederationQuery
from subgraphs.shared.types import City, PageInfo

DEFAULT_PAGE = 20
DEFAULT_TASKS = 50
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
    row = await info.context.read(lambda connection: find_operation(connection, number))
    return None if row is None else operation_of(info.context, row)


async def _operations(
    info: CooperationInfo,
    filter: OperationFilter | None = strawberry.UNSET,  # noqa: A002  (the contract's word)
    first: int | None = DEFAULT_PAGE,
    after: str | None = strawberry.UNSET,
) -> OperationConnection:
    context, cursor = info.context, after or None
    size, position = page_size(first, DEFAULT_PAGE, LARGEST_PAGE), _position_after(context, cursor)
    query = _query(context, filter or OperationFilter())
    is_counted = is_selected(info.selected_fields, "totalCount")
    page = await context.read(
        lambda connection: list_operations(connection, query, size, position, is_counted=is_counted)
    )
    nodes = [operation_of(context, row) for row in page.operations]
    cursors = [_cursor(context, row) for row in page.operations]
    return OperationConnection(
        edges=[OperationEdge(cursor=one, node=node) for one, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=cursor is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        total_count=page.total,
    )


async def _tasks(
    info: CooperationInfo,
    city: str | None = strawberry.UNSET,
    include_done: bool | None = False,
    first: int | None = DEFAULT_TASKS,
) -> list[Task]:
    size = page_size(first, DEFAULT_TASKS, LARGEST_PAGE)
    rows = await info.context.read(
        lambda connection: list_tasks(connection, city or None, size, includes_done=bool(include_done))
    )
    return [task_of(info.context, row) for row in rows]


def _state_machines() -> list[StateMachine]:
    return [_machine(machine) for machine in MACHINES.values()]


def _capabilities(info: CooperationInfo, city: str | None = strawberry.UNSET) -> list[Capability]:
    context = info.context
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
        if not city or code == city
        for one in operations.capabilities()
    ]


async def _webhooks(info: CooperationInfo, city: str | None = strawberry.UNSET) -> list[Webhook]:
    rows = await info.context.read(lambda connection: read_webhooks(connection, city or None))
    return [webhook_of(info.context, row) for row in rows]


@strawberry.type
class Query(FederationQuery):
    """The root fields: operations, tasks, machines, what cities can do."""

    operation: Operation | None = strawberry.field(resolver=_operation)
    operations: OperationConnection | None = strawberry.field(resolver=_operations)
    tasks: list[Task] | None = strawberry.field(resolver=_tasks)
    state_machines: list[StateMachine] | None = strawberry.field(resolver=_state_machines)
    capabilities: list[Capability] | None = strawberry.field(resolver=_capabilities)
    changes: ChangePage | None = strawberry.field(resolver=changes)
    webhooks: list[Webhook] | None = strawberry.field(resolver=_webhooks)


def _machine(machine: Machine) -> StateMachine:
    return StateMachine(
        name=strawberry.ID(machine.name),
        label=machine.label,
        kinds=[kind for kind, rule in KIND_RULES.items() if rule.machine is machine],
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
    return OperationQuery(
        today=context.now.astimezone(CITY_ZONE).date(),
        kinds=tuple(wanted.kinds or ()),
        states=tuple(wanted.states or ()),
        requester_city=wanted.requester_city or None,
        addressee_city=wanted.addressee_city or None,
        person_id=wanted.person_id or None,
        due_by=date.fromisoformat(wanted.due_by) if wanted.due_by else None,
        is_overdue=_flag(wanted.is_overdue),
        is_closed=_flag(wanted.is_closed),
        created_from=datetime.fromisoformat(wanted.created_from) if wanted.created_from else None,
        created_before=datetime.fromisoformat(wanted.created_before) if wanted.created_before else None,
    )


def _flag(value: bool | None) -> bool | None:
    return value if isinstance(value, bool) else None


def _cursor(context: CooperationContext, row: OperationRow) -> str:
    return context.cursor(f"operations {row.created_at.isoformat()} {row.number}")


def _position_after(context: CooperationContext, cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    parts = (context.keys.open(TokenKind.CURSOR, cursor) or "").split(" ")
    if len(parts) != 3 or parts[0] != "operations":
        raise UserInputError("after must be a cursor of this list.")
    return Position(datetime.fromisoformat(parts[1]), parts[2])


async def _people(_: CooperationContext, representations: Sequence[Representation]) -> Sequence[object]:
    ids = [key_text(representation, "id") for representation in representations]
    return [None if known is None else Person(id=strawberry.ID(known)) for known in ids]


async def _cards(context: CooperationContext, representations: Sequence[Representation]) -> Sequence[object]:
    keys = [(key_text(one, "city", "code"), key_text(one, "number")) for one in representations]
    return [
        None if code is None or number is None else Card(city=context.place(code), number=strawberry.ID(number))
        for code, number in keys
    ]


async def _by_number(context: CooperationContext, representations: Sequence[Representation]) -> Sequence[object]:
    numbers = [key_text(representation, "number") for representation in representations]
    rows = await context.loaders.operations.load_all([number for number in numbers if number is not None])
    found = {row.number: operation_of(context, row) for row in rows if isinstance(row, OperationRow)}
    return [None if number is None else found.get(number) for number in numbers]


def _entities() -> Mapping[str, EntityResolver]:
    resolvers: dict[str, Any] = {"Person": _people, "Card": _cards}
    resolvers |= {kind.__name__: _by_number for kind in OPERATION_TYPES}
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
