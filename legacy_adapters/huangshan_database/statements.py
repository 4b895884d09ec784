"""What is asked of Huangshan's database. The `*_his` tables hold what was before and are never read."""

from __future__ import annotations

from sqlalchemy import BindParameter, and_, bindparam, distinct, func, select

from legacy_adapters.huangshan_database.codes import INSURED
from legacy_adapters.huangshan_database.tables import certifications, employers, insurances, payments, pensions, people
from legacy_adapters.sql.listing import SortedList

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

PEOPLE_LIST = SortedList(columns=PERSON_COLUMNS, source=people, day=people.c.csrq, number=people.c.rybh, separator=".")

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
_other = certifications.alias("other")
_newest_pass = (
    select(func.max(_other.c.rzrq))
    .where(_other.c.rybh == pensions.c.rybh, _other.c.jg == _PASSED)
    .correlate(pensions)
    .scalar_subquery()
)

PENSION_SOURCE = pensions.join(people, people.c.rybh == pensions.c.rybh)
_WITH_CERTIFICATION = PENSION_SOURCE.outerjoin(
    certifications,
    and_(
        certifications.c.rybh == pensions.c.rybh,
        certifications.c.jg == _PASSED,
        certifications.c.rzrq == _newest_pass,
    ),
)

PENSION_COLUMNS = (
    people.c.sfzh,
    pensions.c.dybh,
    pensions.c.dylb,
    pensions.c.dyzt,
    pensions.c.ksny,
    pensions.c.zzny,
    pensions.c.je,
    pensions.c.rzdqr,
    certifications.c.rzrq,
    certifications.c.rzfs,
    certifications.c.rzdd,
)

_PENSIONS = select(*PENSION_COLUMNS).select_from(_WITH_CERTIFICATION).order_by(pensions.c.dybh)

PENSIONS = _PENSIONS.where(people.c.sfzh.in_(_IDS))

PENSIONS_BY_NUMBER = _PENSIONS.where(pensions.c.dybh.in_(bindparam("numbers", expanding=True)))

PENSION_LIST = SortedList(
    columns=PENSION_COLUMNS,
    source=_WITH_CERTIFICATION,
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
