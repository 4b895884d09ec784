"""Huangshan's labour database: in, id numbers and credit codes; out, disputes and inspections.

Tables as on SQL Server (`tables.py`); SQLite by default, PostgreSQL when a URL is given.

Habits of this system:
- `sqr_sfzh char(20)` is blank padded (18 or 15 characters, `x` also in lower case). SQLite stores and compares the
  blanks; PostgreSQL returns them.
- `larq`, `jarq` are timestamps in city time; `jarq` 1900-01-01 or null means not closed.
- Older disputes name the employer only (`bsqr_xydm` empty or null).
- `zc_ajxx.ajzt` 0 申请, 1 已受理, 2 审理中, 3 中止, 4 已裁决, 5 结案, 6 不予受理, 7 撤诉; others occur (88).
- `zc_ajxx.ay_dm` 01 劳动报酬, 02 确认劳动关系, 03 解除劳动合同, 04 工伤待遇, 05 社会保险, 06 工作时间与休假.
- `jc_ajxx.ajzt` 10 登记, 11 受理, 20 立案, 30 调查, 40 限期改正, 50 处理决定, 60 结案, 70 移送, 80 撤销立案,
  90 不予受理.
- `jc_ajxx.wflx` is text (拖欠工资, 未签劳动合同, …).
"""
