"""How much waits for whom: the board's numbers."""

from __future__ import annotations

import strawberry

from cooperation.kinds import OperationKind, machine_of
from cooperation.store.caseload import CaseloadRow, count_caseload
from legacy_adapters.clock import CITY_ZONE
from subgraphs.cooperation.arguments import city_filter
from subgraphs.cooperation.context import CooperationContext, CooperationInfo
from subgraphs.shared.types import City


@strawberry.type
class CaseloadCount:
    """Open operations of one kind that wait in one state for one city."""

    city: City
    kind: OperationKind
    state: str
    state_label: str
    count: int
    overdue: int


async def caseload(info: CooperationInfo, city: str | None = strawberry.UNSET) -> list[CaseloadCount]:
    """What is open, by city, kind and state."""
    context = info.context
    today = context.now.astimezone(CITY_ZONE).date()
    wanted = city_filter("city", city)
    rows = await context.read(lambda connection: count_caseload(connection, today, wanted))
    return [_count_of(context, row) for row in rows]


def _count_of(context: CooperationContext, row: CaseloadRow) -> CaseloadCount:
    kind = OperationKind(row.kind)
    return CaseloadCount(
        city=context.place(row.city),
        kind=kind,
        state=row.state,
        state_label=machine_of(kind).state(row.state).label,
        count=row.count,
        overdue=row.overdue,
    )
