"""The views of Hangzhou's core database. Columns are the ministry's indicator codes; the views are our assumption."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CHAR, NUMERIC, VARCHAR, BigInteger, Column, Index, Integer, MetaData, Table

# Bytewise comparison, as on Oracle: `x` and `X` differ.
_MARIADB: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}

hangzhou_metadata = MetaData()

people = Table(
    "V_AC01",
    hangzhou_metadata,
    Column("AAC001", BigInteger, nullable=False, comment="个人编号, NUMBER(16)"),
    Column("AAC002", CHAR(18), comment="公民身份号码, blank padded"),
    Column("AAC003", VARCHAR(50), comment="姓名"),
    Column("AAC004", CHAR(1), comment="性别"),
    Column("AAC006", VARCHAR(8), comment="出生日期 yyyyMMdd"),
    Column("AAC058", CHAR(2), comment="证件类型"),
    Column("AAC060", CHAR(1), comment="生存状态"),
    Column("AAB301", VARCHAR(6), comment="居住地行政区划"),
    Column("AAE036", VARCHAR(14), comment="经办时间 yyyyMMddHHmmss"),
    Column("AAE100", CHAR(1), comment="有效标志"),
    Index("IX_AC01_AAC001", "AAC001"),
    Index("IX_AC01_AAC002", "AAC002"),
    Index("IX_AC01_AAC006", "AAC006", "AAC001"),
    **_MARIADB,
)

insurances = Table(
    "V_AC02",
    hangzhou_metadata,
    Column("AAC001", BigInteger, nullable=False, comment="个人编号"),
    Column("AAE140", CHAR(3), comment="险种类型"),
    Column("AAB001", VARCHAR(12), comment="单位编号"),
    Column("AAC031", CHAR(1), comment="个人参保状态"),
    Column("AAC049", Integer, comment="首次参保年月 yyyymm"),
    Column("AAC030", VARCHAR(8), comment="本次参保日期 yyyyMMdd"),
    Column("AAE031", VARCHAR(8), comment="终止日期"),
    Column("AAE100", CHAR(1), comment="有效标志"),
    Index("IX_AC02_AAC001", "AAC001"),
    Index("IX_AC02_AAB001", "AAB001"),
    **_MARIADB,
)

contributions = Table(
    "V_AC43",
    hangzhou_metadata,
    Column("AAC001", BigInteger, nullable=False, comment="个人编号"),
    Column("AAE140", CHAR(3), comment="险种类型"),
    Column("AAE003", Integer, comment="对应费款所属期 yyyymm"),
    Column("AAE180", NUMERIC(16, 2), comment="缴费基数, yuan"),
    Column("AAE020", NUMERIC(16, 2), comment="个人缴费额, yuan"),
    Index("IX_AC43_AAC001", "AAC001"),
    **_MARIADB,
)

pensions = Table(
    "V_IC10",
    hangzhou_metadata,
    Column("AAC001", BigInteger, nullable=False, comment="个人编号"),
    Column("AAZ257", VARCHAR(12), comment="待遇编号"),
    Column("AAE140", CHAR(3), comment="险种类型"),
    Column("AIC161", CHAR(2), comment="离退休类别"),
    Column("AIC162", Integer, comment="离退休日期 yyyyMMdd"),
    Column("AIC142", NUMERIC(16, 2), comment="养老金额, yuan a month"),
    Column("AAE116", CHAR(1), comment="待遇发放状态"),
    Column("AAE041", Integer, comment="开始年月 yyyymm"),
    Column("AAE042", Integer, comment="终止年月 yyyymm, 999999 open"),
    Column("AAE100", CHAR(1), comment="有效标志"),
    Index("IX_IC10_AAC001", "AAC001"),
    **_MARIADB,
)

employers = Table(
    "V_AB01",
    hangzhou_metadata,
    Column("AAB001", VARCHAR(12), nullable=False, comment="单位编号"),
    Column("AAB004", VARCHAR(100), comment="单位名称"),
    Column("AAB998", CHAR(18), comment="统一社会信用代码"),
    Column("AAB003", CHAR(9), comment="组织机构代码"),
    Index("IX_AB01_AAB001", "AAB001"),
    Index("IX_AB01_AAB998", "AAB998"),
    **_MARIADB,
)

cards = Table(
    "V_AZ23",
    hangzhou_metadata,
    Column("AAC001", BigInteger, nullable=False, comment="个人编号"),
    Column("AAZ500", CHAR(12), nullable=False, comment="社保卡号, blank padded"),
    Column("AAZ502", CHAR(1), comment="卡状态 (social function)"),
    Column("AAZ503", VARCHAR(8), comment="发卡日期 yyyyMMdd"),
    Column("AAE031", VARCHAR(8), comment="有效期 yyyyMMdd"),
    Column("AAE036", VARCHAR(14), comment="状态变更时间 yyyyMMddHHmmss"),
    Column("AAZ165", VARCHAR(14), comment="临时挂失自动解除时间 yyyyMMddHHmmss"),
    Column("AAE100", CHAR(1), comment="有效标志"),
    Index("IX_AZ23_AAC001", "AAC001"),
    Index("IX_AZ23_AAZ500", "AAZ500"),
    **_MARIADB,
)

bank_functions = Table(
    "V_AZ24",
    hangzhou_metadata,
    Column("AAZ500", CHAR(12), nullable=False, comment="社保卡号, blank padded"),
    Column("AAE008", VARCHAR(5), comment="银行代码"),
    Column("BAZ502", CHAR(1), comment="金融功能状态 A/K/L/G/T"),
    Column("AAE036", VARCHAR(14), comment="状态变更时间 yyyyMMddHHmmss"),
    Column("AAZ165", VARCHAR(14), comment="口头挂失自动解除时间 yyyyMMddHHmmss"),
    Index("IX_AZ24_AAZ500", "AAZ500"),
    **_MARIADB,
)
