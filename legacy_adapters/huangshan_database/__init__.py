"""Huangshan's database of people and pensions: in, id numbers and credit codes; out, people, insurances, employers,
pensions, payments.

Tables in pinyin (`tables.py`); SQLite by default, PostgreSQL when a URL is given.

Habits of this system:
- `sfzh varchar(20)` is not padded but holds what was typed: `x` in lower case, full-width digits (`３４１０９９…`), old
  15-digit numbers. One number may stand in rows of two people, one person may have two rows.
- Days are text `1958.05.12`, empty where unknown; an open end is `''` or `9999.12.31`. Months are `2026-10`, an open
  end is `''` or `999999`. Amounts are text in yuan with thousands commas, `3,215.40`. `gxsj` is text
  `2026-10-31 08:00:00` in city time. `zgrz.rzrq` is a real timestamp in city time.
- Codes are a letter with its word: `cb_xx.cbzt` Z正常, T停保, X注销 (insured count: Z正常). `ylj_dy.dyzt` and
  `ylj_ff.ffzt` Z正常, T停发, X注销 (of a payment: X returned by the bank). `ry_jbxx.zt` Z在册, S死亡, W失踪.
- Schemes are words: `cb_xx.xz` 职工养老, 机关养老, 居民养老, 失业, 工伤, others occur (补充养老);
  `ylj_dy.dylb` 职工养老, 机关养老, 居民养老.
- `jzd` (residence) is a district or county, 341002 or 330106; empty where unknown.
- `ylj_dy.rzdqr` (certification due) is empty where none is due. The certification itself is the newest row of `zgrz`
  with `jg = '通过'`; `rzfs` names the method, `rzdd` the place: 本市, or another city's name.
- An employer may have no `xydm` (null), only the 9-character `zzjgdm`.
- `zgrz_jk` is where other bureaus put certifications (`clbz` 0未处理), each under a serial `lsh` of theirs, which is
  unique. A job of the bureau takes them up some seconds later: 1已处理 with a row in `zgrz`, or 2退回 with `thyy`
  待遇编号不存在, 待遇编号与身份证号不符, 待遇已注销. It is the only table that others may insert into.
- `*_his` tables hold what was before; current questions must not read them.
"""
