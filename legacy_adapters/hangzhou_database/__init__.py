"""Hangzhou's core database: in, id numbers and credit codes; out, people, insurances, employers and cards.

Read-only views in indicator codes, as on Oracle (`tables.py`); SQLite by default, MariaDB when a URL is given.

Habits of this system:
- `AAC002 CHAR(18)` holds what was once typed: 18 characters, `x` also in lower case, or an old 15-digit number padded
  with blanks. `AAZ500 CHAR(12)` (card number, 9 characters) and `AAB998 CHAR(18)` are blank padded too. SQLite stores
  the blanks and compares them; MariaDB hides them.
- `AAC001` is a number above 2^53. People may have several rows (one per registration), and one number may stand in
  rows of two people.
- `AAE100 = '0'` marks a logically deleted row in V_AC01, V_AC02, V_AZ23 and V_IC10; it must not be shown.
- Days are `yyyyMMdd` text: `00000000` and `19000101` stand for unknown, `99991231` for open; impossible days occur
  (`19900229`). Moments are `yyyyMMddHHmmss` text in city time. Months are numbers `yyyymm`, 999999 for open.
- `V_AC02.AAE031` (end) holds `99991231`, `999999` or blank while the insurance goes on.
- An employer may have no `AAB998` (null), only the 9-character `AAB003`.

Code lists: AAC004 1 男, 2 女, 0/9 unknown. AAC060 1 and 3 alive, 2 dead, 9 missing. AAC031 0 正常, 1 冻结, 2 暂停,
3 中止, 9 未参保 (insured count: 0). AAE140 110 职工养老, 120 机关养老, 150 城乡居民养老, 210 失业, 410 工伤; others
occur (310). AAZ502 0 封存, 1 正常, 2 挂失, 3 应用锁定, 4 临时挂失, 9 注销. V_AZ24.BAZ502 (bank function) A 激活,
K 口头挂失, L 正式挂失, G 注销, T 被换过的卡. AAE008 95588 工商银行, 95599 农业银行, 95533 建设银行, 95566 中国银行.
AAB301 (residence) is a city code such as 330100, or blank.
"""
