"""Lists of what people have to do, and how much of it there is."""

from __future__ import annotations

from datetime import datetime

import strawberry

from cooperation.store.queries import Position, count_tasks, list_tasks, open_task_counts
from cooperation.store.rows import TaskRow
from cooperation.store.tasks import TaskKind
from subgraphs.cooperation.arguments import city_filter, optional
from subgraphs.cooperation.context import CooperationContext, CooperationInfo
from subgraphs.cooperation.parts import Task, task_of
from subgraphs.shared.errors import UserInputError
from subgraphs.shared.paging import forward_page_info, is_selected, page_size
from subgraphs.shared.person_key import TokenKind
from subgraphs.shared.types import City, PageInfo

DEFAULT_TASKS = 50
MOST_TASKS = 200


@strawberry.type
class TaskEdge:
    """A task with its cursor."""

    cursor: str
    node: Task


@strawberry.type
class TaskConnection:
    """A page of tasks."""

    edges: list[TaskEdge]
    nodes: list[Task]
    page_info: PageInfo
    total_count: int


@strawberry.type
class TaskCount:
    """Open tasks of one kind in one city."""

    city: City
    kind: TaskKind
    count: int


async def tasks(
    info: CooperationInfo,
    city: str | None = strawberry.UNSET,
    include_done: bool | None = False,
    first: int | None = DEFAULT_TASKS,
    after: str | None = strawberry.UNSET,
) -> TaskConnection:
    """Tasks, oldest first."""
    context, wanted, includes_done = info.context, city_filter("city", city), bool(include_done)
    size, position = page_size(first, DEFAULT_TASKS, MOST_TASKS), _position(context, optional(after))
    rows = await context.read(
        lambda connection: list_tasks(connection, wanted, size + 1, includes_done=includes_done, after=position)
    )
    total = 0
    if is_selected(info.selected_fields, "totalCount"):
        total = await context.read(lambda connection: count_tasks(connection, wanted, includes_done=includes_done))
    edges = [TaskEdge(cursor=_cursor(context, row), node=task_of(context, row)) for row in rows[:size]]
    return TaskConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=forward_page_info(
            [edge.cursor for edge in edges], has_next=len(rows) > size, is_first=position is None
        ),
        total_count=total,
    )


async def task_counts(info: CooperationInfo, city: str | None = strawberry.UNSET) -> list[TaskCount]:
    """How many are open."""
    context, wanted = info.context, city_filter("city", city)
    counts = await context.read(lambda connection: open_task_counts(connection, wanted))
    return [TaskCount(city=context.place(code), kind=TaskKind(kind), count=count) for code, kind, count in counts]


def _cursor(context: CooperationContext, row: TaskRow) -> str:
    return context.cursor(f"tasks {row.opened_at.isoformat()} {row.id}")


def _position(context: CooperationContext, cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    parts = (context.keys.open(TokenKind.CURSOR, cursor) or "").split(" ")
    if len(parts) != 3 or parts[0] != "tasks":
        raise UserInputError("after must be a cursor of this list.")
    return Position(datetime.fromisoformat(parts[1]), parts[2])
