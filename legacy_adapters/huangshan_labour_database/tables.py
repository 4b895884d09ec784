"""The tables of Huangshan's labour database: disputes and inspections; their columns are our assumption."""

from __future__ import annotations

from sqlalchemy import CHAR, VARCHAR, Column, DateTime, Index, Integer, MetaData, Table

labour_metadata = MetaData()

disputes = Table(
    "zc_ajxx",
    labour_metadata,
    Column("ajbh", VARCHAR(20), nullable=False, comment="案件编号"),
    Column("sqr_xm", VARCHAR(50), comment="申请人姓名"),
    Column("sqr_sfzh", CHAR(20), comment="申请人身份证号, blank padded"),
    Column("bsqr_mc", VARCHAR(100), comment="被申请人名称"),
    Column("bsqr_xydm", VARCHAR(18), comment="被申请人统一社会信用代码"),
    Column("ay_dm", CHAR(2), comment="案由代码"),
    Column("larq", DateTime, comment="立案日期"),
    Column("jarq", DateTime, comment="结案日期, 1900-01-01 if open"),
    Column("ajzt", Integer, comment="案件状态"),
    Index("ix_zc_ajxx_ajbh", "ajbh"),
    Index("ix_zc_ajxx_sqr_sfzh", "sqr_sfzh"),
    Index("ix_zc_ajxx_bsqr_xydm", "bsqr_xydm"),
)

inspections = Table(
    "jc_ajxx",
    labour_metadata,
    Column("ajbh", VARCHAR(20), nullable=False, comment="案件编号"),
    Column("dwmc", VARCHAR(100), comment="单位名称"),
    Column("dw_xydm", VARCHAR(18), comment="单位统一社会信用代码"),
    Column("wflx", VARCHAR(40), comment="违法类型"),
    Column("sjrs", Integer, comment="涉及人数"),
    Column("larq", DateTime, comment="立案日期"),
    Column("jarq", DateTime, comment="结案日期, 1900-01-01 if open"),
    Column("ajzt", Integer, comment="案件状态"),
    Index("ix_jc_ajxx_ajbh", "ajbh"),
    Index("ix_jc_ajxx_dw_xydm", "dw_xydm"),
)
