"""What is asked of Huangshan's labour database: disputes and inspections in one statement, told apart by `kind`."""

from __future__ import annotations

from sqlalchemy import CHAR, VARCHAR, Integer, bindparam, cast, literal, null, select, union_all

from legacy_adapters.huangshan_labour_database.tables import disputes, inspections

NATIONAL_ID_WIDTH = 20
"""`sqr_sfzh` is blank padded to this."""

DISPUTE, INSPECTION = 0, 1

_DISPUTES = select(
    disputes.c.sqr_sfzh.label("applicant"),
    literal(DISPUTE, Integer).label("kind"),
    disputes.c.ajbh.label("number"),
    disputes.c.bsqr_mc.label("employer"),
    disputes.c.bsqr_xydm.label("credit_code"),
    cast(disputes.c.ay_dm, VARCHAR(40)).label("subject"),
    cast(null(), Integer).label("workers"),
    disputes.c.larq.label("opened"),
    disputes.c.jarq.label("closed"),
    disputes.c.ajzt.label("status"),
)

_INSPECTIONS = select(
    cast(null(), CHAR(NATIONAL_ID_WIDTH)).label("applicant"),
    literal(INSPECTION, Integer).label("kind"),
    inspections.c.ajbh.label("number"),
    inspections.c.dwmc.label("employer"),
    inspections.c.dw_xydm.label("credit_code"),
    inspections.c.wflx.label("subject"),
    inspections.c.sjrs.label("workers"),
    inspections.c.larq.label("opened"),
    inspections.c.jarq.label("closed"),
    inspections.c.ajzt.label("status"),
)

CASES_OF_PEOPLE = _DISPUTES.where(disputes.c.sqr_sfzh.in_(bindparam("ids", expanding=True))).order_by(
    disputes.c.larq.desc(), disputes.c.ajbh
)
"""Inspections name no workers."""

CASES_OF_EMPLOYERS = union_all(
    _DISPUTES.where(disputes.c.bsqr_xydm.in_(bindparam("codes", expanding=True))),
    _INSPECTIONS.where(inspections.c.dw_xydm.in_(bindparam("codes", expanding=True))),
).order_by("number")

CASES_BY_NUMBER = union_all(
    _DISPUTES.where(disputes.c.ajbh.in_(bindparam("numbers", expanding=True))),
    _INSPECTIONS.where(inspections.c.ajbh.in_(bindparam("numbers", expanding=True))),
)
