"""Huangshan's job that takes up the certifications which other bureaus have put into zgrz_jk."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from legacy_adapters.clock import Clock
from legacy_adapters.huangshan_database.tables import certification_requests, certifications, pensions, people
from legacy_adapters.records.pensions import PensionStatus
from legacy_adapters.sandbox.clock import stamp
from legacy_adapters.sandbox.databases.huangshan import PENSION_STATUS_WORDS, dotted
from legacy_adapters.sandbox.databases.legacy_database import LegacyDatabase
from legacy_adapters.sandbox.population.days import years_later
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.services.write_log import Effect, Write, WriteLog
from legacy_adapters.sql.connections import SqlRow

HANDLING_SECONDS = 5
"""A request lies at least so long, on the city's clock."""
_POLL_SECONDS = 0.25
_WAITING, _DONE, _RETURNED = "0未处理", "1已处理", "2退回"
_SUSPENDED, _PAYING = PENSION_STATUS_WORDS[PensionStatus.SUSPENDED], PENSION_STATUS_WORDS[PensionStatus.PAYING]
_TERMINATED = PENSION_STATUS_WORDS[PensionStatus.TERMINATED]


class CertificationJob:
    """Certifies what lies there, each request once, and enters it in the write log."""

    def __init__(self, database: LegacyDatabase, clock: Clock, writes: WriteLog) -> None:
        self._database = database
        self._clock = clock
        self._writes = writes
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look there from now on, again and again."""
        self._task = asyncio.create_task(self._run(), name="certification job")

    async def close(self) -> None:
        """Stop; what lies there is taken up by the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                for write in await self._database.transact(self._work):
                    self._writes.append(write)
            except (SQLAlchemyError, OSError):
                # It has a fault now, which will pass.
                pass
            await asyncio.sleep(_POLL_SECONDS)

    def _work(self, connection: Connection) -> list[Write]:
        now = self._clock()
        lying = select(certification_requests).where(
            certification_requests.c.clbz == _WAITING,
            certification_requests.c.tjsj <= stamp(now - timedelta(seconds=HANDLING_SECONDS)),
        )
        return [_take_up(connection, request, stamp(now)) for request in connection.execute(lying).all()]


def _take_up(connection: Connection, request: SqlRow, now: str) -> Write:
    found = connection.execute(
        select(pensions.c.rybh, pensions.c.dyzt, people.c.sfzh)
        .select_from(pensions.join(people, people.c.rybh == pensions.c.rybh))
        .where(pensions.c.dybh == request.dybh)
    ).first()
    refusal = _refusal(found, request.sfzh)
    if found is not None and refusal is None:
        _certify(connection, request, found, now)
    end = {"clbz": _DONE if refusal is None else _RETURNED, "thyy": refusal, "clsj": now}
    connection.execute(update(certification_requests).where(certification_requests.c.lsh == request.lsh).values(end))
    effect = Effect.DONE if refusal is None else Effect.REFUSED
    return Write(now, "zgrz_jk", request.dybh, request.lsh, effect)


def _refusal(found: SqlRow | None, id_number: str) -> str | None:
    if found is None:
        return "待遇编号不存在"
    if normalise_id_number(found.sfzh) != normalise_id_number(id_number):
        return "待遇编号与身份证号不符"
    return "待遇已注销" if found.dyzt == _TERMINATED else None


def _certify(connection: Connection, request: SqlRow, found: SqlRow, now: str) -> None:
    day = date.fromisoformat(request.rzrq.replace(".", "-"))
    connection.execute(
        insert(certifications).values(
            rybh=found.rybh,
            rzrq=datetime(day.year, day.month, day.day, 12),  # noqa: DTZ001  (city time, as the table has it)
            rzfs=request.rzfs,
            rzdd=request.xzqh,
            jg="通过",
        )
    )
    changed = {"rzdqr": dotted(years_later(day.isoformat(), 1)), "gxsj": now}
    if found.dyzt == _SUSPENDED:
        changed["dyzt"] = _PAYING
    connection.execute(update(pensions).where(pensions.c.dybh == request.dybh).values(changed))
