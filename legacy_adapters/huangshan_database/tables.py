"""The tables of Huangshan's database of people and pensions, named in pinyin; their columns are our assumption."""

from __future__ import annotations

from sqlalchemy import VARCHAR, Column, DateTime, Index, MetaData, Table

huangshan_metadata = MetaData()

people = Table(
    "ry_jbxx",
    huangshan_metadata,
    Column("rybh", VARCHAR(10), nullable=False, comment="人员编号"),
    Column("sfzh", VARCHAR(20), comment="身份证号"),
    Column("xm", VARCHAR(50), comment="姓名"),
    Column("xb", VARCHAR(2), comment="性别 男/女"),
    Column("csrq", VARCHAR(10), comment="出生日期 1958.05.12"),
    Column("dwbh", VARCHAR(8), comment="单位编号"),
    Column("zt", VARCHAR(10), comment="状态 Z在册/S死亡/W失踪"),
    Column("jzd", VARCHAR(6), comment="居住地"),
    Column("gxsj", VARCHAR(19), comment="更新时间 2026-10-31 08:00:00"),
    Index("ix_ry_jbxx_rybh", "rybh"),
    Index("ix_ry_jbxx_sfzh", "sfzh"),
    Index("ix_ry_jbxx_csrq", "csrq", "rybh"),
)

former_people = Table(
    "ry_jbxx_his",
    huangshan_metadata,
    *(Column(column.name, column.type) for column in people.columns),
    Column("bgsj", VARCHAR(19), comment="变更时间"),
)

employers = Table(
    "dw_jbxx",
    huangshan_metadata,
    Column("dwbh", VARCHAR(8), nullable=False, comment="单位编号"),
    Column("dwmc", VARCHAR(100), comment="单位名称"),
    Column("xydm", VARCHAR(18), comment="统一社会信用代码"),
    Column("zzjgdm", VARCHAR(9), comment="组织机构代码"),
    Index("ix_dw_jbxx_dwbh", "dwbh"),
    Index("ix_dw_jbxx_xydm", "xydm"),
)

insurances = Table(
    "cb_xx",
    huangshan_metadata,
    Column("rybh", VARCHAR(10), nullable=False, comment="人员编号"),
    Column("xz", VARCHAR(20), comment="险种"),
    Column("cbzt", VARCHAR(10), comment="参保状态 Z正常/T停保/X注销"),
    Column("ksrq", VARCHAR(10), comment="开始日期 2015.07.01"),
    Column("jsrq", VARCHAR(10), comment="结束日期"),
    Column("dwbh", VARCHAR(8), comment="单位编号"),
    Index("ix_cb_xx_rybh", "rybh"),
    Index("ix_cb_xx_dwbh", "dwbh"),
)

pensions = Table(
    "ylj_dy",
    huangshan_metadata,
    Column("dybh", VARCHAR(12), nullable=False, comment="待遇编号"),
    Column("rybh", VARCHAR(10), nullable=False, comment="人员编号"),
    Column("dylb", VARCHAR(20), comment="待遇类别"),
    Column("dyzt", VARCHAR(10), comment="待遇状态 Z正常/T停发/X注销"),
    Column("ksny", VARCHAR(7), comment="开始年月 2018-06"),
    Column("zzny", VARCHAR(7), comment="终止年月"),
    Column("je", VARCHAR(16), comment="月金额 3,215.40"),
    Column("jzd", VARCHAR(6), comment="居住地"),
    Column("rzdqr", VARCHAR(10), comment="认证到期日 2026.12.05"),
    Column("gxsj", VARCHAR(19), comment="更新时间"),
    Index("ix_ylj_dy_dybh", "dybh"),
    Index("ix_ylj_dy_rybh", "rybh"),
    Index("ix_ylj_dy_rzdqr", "rzdqr", "dybh"),
)

payments = Table(
    "ylj_ff",
    huangshan_metadata,
    Column("dybh", VARCHAR(12), nullable=False, comment="待遇编号"),
    Column("rybh", VARCHAR(10), nullable=False, comment="人员编号"),
    Column("ffny", VARCHAR(7), comment="发放年月 2026-10"),
    Column("ffje", VARCHAR(16), comment="发放金额 3,215.40"),
    Column("ffzt", VARCHAR(10), comment="发放状态 Z正常/T停发/X注销"),
    Column("yhkh", VARCHAR(19), comment="银行卡号"),
    Index("ix_ylj_ff_dybh", "dybh", "ffny"),
)

former_payments = Table(
    "ylj_ff_his",
    huangshan_metadata,
    *(Column(column.name, column.type) for column in payments.columns),
)

certifications = Table(
    "zgrz",
    huangshan_metadata,
    Column("rybh", VARCHAR(10), nullable=False, comment="人员编号"),
    Column("rzrq", DateTime, comment="认证日期"),
    Column("rzfs", VARCHAR(20), comment="认证方式"),
    Column("rzdd", VARCHAR(20), comment="认证地点"),
    Column("jg", VARCHAR(10), comment="结果 通过/不通过"),
    Index("ix_zgrz_rybh", "rybh", "rzrq"),
)

certification_requests = Table(
    "zgrz_jk",
    huangshan_metadata,
    Column("lsh", VARCHAR(40), nullable=False, comment="流水号, unique"),
    Column("dybh", VARCHAR(12), nullable=False, comment="待遇编号"),
    Column("sfzh", VARCHAR(20), nullable=False, comment="身份证号"),
    Column("rzrq", VARCHAR(10), nullable=False, comment="认证日期 2026.11.23"),
    Column("rzfs", VARCHAR(20), nullable=False, comment="认证方式"),
    Column("xzqh", VARCHAR(6), nullable=False, comment="协助认证地行政区划"),
    Column("tjsj", VARCHAR(19), nullable=False, comment="提交时间 2026-11-23 09:30:00"),
    Column("clbz", VARCHAR(10), nullable=False, comment="处理标志 0未处理/1已处理/2退回"),
    Column("thyy", VARCHAR(40), comment="退回原因"),
    Column("clsj", VARCHAR(19), comment="处理时间"),
    Index("ux_zgrz_jk_lsh", "lsh", unique=True),
    Index("ix_zgrz_jk_dybh", "dybh"),
    Index("ix_zgrz_jk_clbz", "clbz"),
)
