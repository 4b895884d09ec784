"""What is asked of Huangshan's database. The `*_his` tables hold what was before and are never read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, and_, bindparam, distinct, func, insert, select

from legacy_adapters.huangshan_database.codes import INSURED
from legacy_adapters.huangshan_database.tables import (
    certification_requests,
    certifications,
    employers,
    insurances,
    payments,
    pensions,
    people,
)
from legacy_adapters.sql.listing import SortedList
from legacy_adapters.sql.people import citizen_of

NATIONAL_ID_WIDTH = 18
"""`sfzh` is wider than a number but not padded."""

_IDS: BindParameter[str] = bindparam("ids", expanding=True)

PERSON_COLUMNS = (
    people.c.sfzh,
    people.c.rybh,
    people.c.xm,
    people.c.xb,
    people.c.csrq,
    people.c.zt,
    people.c.jzd,
    people.c.gxsj,
)

PEOPLE = select(*PERSON_COLUMNS).where(people.c.sfzh.in_(_IDS)).order_by(people.c.rybh)

PEOPLE_LIST = SortedList(
    columns=PERSON_COLUMNS,
    source=people,
    day=people.c.csrq,
    number=people.c.rybh,
    separator=".",
    counted=citizen_of(people.c.sfzh),
)

INSURANCES = (
    select(
        people.c.sfzh,
        insurances.c.xz,
        insurances.c.cbzt,
        insurances.c.ksrq,
        insurances.c.jsrq,
        employers.c.dwmc,
        employers.c.xydm,
    )
    .select_from(
        people.join(insurances, insurances.c.rybh == people.c.rybh).outerjoin(
            employers, employers.c.dwbh == insurances.c.dwbh
        )
    )
    .where(people.c.sfzh.in_(_IDS))
    .order_by(insurances.c.rybh, insurances.c.xz)
)

EMPLOYERS = (
    select(employers.c.xydm, employers.c.dwmc)
    .where(employers.c.xydm.in_(bindparam("codes", expanding=True)))
    .order_by(employers.c.dwbh)
)

INSURED_COUNTS = (
    select(employers.c.xydm, func.count(distinct(insurances.c.rybh)))
    .select_from(
        employers.outerjoin(insurances, and_(insurances.c.dwbh == employers.c.dwbh, insurances.c.cbzt == INSURED))
    )
    .where(employers.c.xydm.in_(bindparam("codes", expanding=True)))
    .group_by(employers.c.xydm)
)

_PASSED = "通过"


def _of_newest_pass(column: Column[Any]) -> ColumnElement[Any]:
    """A column of the newest passed certification.

    Not a join: passes of the same second would show their pension several times. All columns come of one row, for
    they are chosen by one order, in which only equal rows are equal.
    """
    return (
        select(column)
        .where(
            certifications.c.rybh == pensions.c.rybh, certifications.c.jg == _PASSED, certifications.c.rzrq.is_not(None)
        )
        .order_by(certifications.c.rzrq.desc(), certifications.c.rzfs, certifications.c.rzdd)
        .limit(1)
        .correlate(pensions)
        .scalar_subquery()
        .label(column.name)
    )


PENSION_SOURCE = pensions.join(people, people.c.rybh == pensions.c.rybh)

PENSION_COLUMNS = (
    people.c.sfzh,
    pensions.c.dybh,
    pensions.c.dylb,
    pensions.c.dyzt,
    pensions.c.ksny,
    pensions.c.zzny,
    pensions.c.je,
    pensions.c.rzdqr,
    _of_newest_pass(certifications.c.rzrq),
    _of_newest_pass(certifications.c.rzfs),
    _of_newest_pass(certifications.c.rzdd),
)

_PENSIONS = select(*PENSION_COLUMNS).select_from(PENSION_SOURCE).order_by(pensions.c.dybh)

PENSIONS = _PENSIONS.where(people.c.sfzh.in_(_IDS))

PENSIONS_BY_NUMBER = _PENSIONS.where(pensions.c.dybh.in_(bindparam("numbers", expanding=True)))

CERTIFICATION_REQUESTS = (
    select(certification_requests.c.lsh, certification_requests.c.clbz, certification_requests.c.tjsj)
    .where(certification_requests.c.dybh == bindparam("number"), certification_requests.c.rzrq >= bindparam("day"))
    .order_by(certification_requests.c.tjsj.desc(), certification_requests.c.lsh)
)
"""Certifications of one pension that other bureaus have put there, newest first."""

REQUEST_CERTIFICATION = insert(certification_requests)

PENSION_LIST = SortedList(
    columns=PENSION_COLUMNS,
    source=PENSION_SOURCE,
    day=pensions.c.rzdqr,
    number=pensions.c.dybh,
    separator=".",
)

_payment_total = (
    select(func.count()).select_from(payments).where(payments.c.dybh == bindparam("number")).scalar_subquery()
)

PAYMENTS = (
    select(payments.c.ffny, payments.c.ffje, payments.c.ffzt, _payment_total.label("total"))
    .where(payments.c.dybh == bindparam("number"), payments.c.ffny <= bindparam("month"))
    .order_by(payments.c.ffny.desc(), payments.c.ffzt, payments.c.ffje)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
"""Payments of one pension from `month` on backwards."""

PAYMENT_COUNT = select(func.count()).select_from(payments).where(payments.c.dybh == bindparam("number"))

LATER_PAYMENT_COUNT = PAYMENT_COUNT.where(payments.c.ffny > bindparam("month"))
