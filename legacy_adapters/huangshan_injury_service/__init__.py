"""Huangshan's injury service: in, id numbers, credit codes, case numbers; out, work-injury cases; and the letters of
entrusted investigation (委托协查) that this city sends and gets.

SOAP 1.1 document/literal with one operation `nh_pipe(xml)` whose argument and answer are XML in a string
(`injury_pipe.wsdl`), UTF-8 outside, SOAPAction empty. The names of its fields are our
assumption.

Request text (declaration optional, its encoding is ignored since the text is characters already):
```
<?xml version="1.0" encoding="GBK"?>
<message><head><functionNo>C020001</functionNo><targetOrg>341000</targetOrg><identity>graph</identity>
<password>…</password></head><body><D507_01>id number</D507_01></body></message>
```
| functionNo | body | finds |
|---|---|---|
| C020001 | D507_01 id number (15 or 18, any x) | cases of an injured worker, newest first |
| C020002 | D507_11 credit code | cases of an employer, newest first |
| C020003 | gsrdbh case number | one case |
| C030001 | a letter's fields, see below | enters it, tells its xcbh in a row |
| C030002 | xcbh, slr 受理人 (one a line), slrq | takes it up |
| C030003 | xcbh, fkqd 反馈清单, qzr 签字人, fkrq, zjzy 证据摘要 | answers it |
| C030004 | xcbh, or qqcs and lwbh | one letter |

Answer text: a declaration (GBK for C020001, UTF-8 otherwise), then
`<message><head><functionNo/><returnCode>0000</returnCode><returnMsg>成功</returnMsg><rowCount>2</rowCount></head>
<body>…</body></message>`. Two or more rows stand in `<rows><row>…</row><row>…</row></rows>`, a single row stands as
`<row>…</row>` directly in the body.

returnCode: 0000 done · 1001 未查到记录, an ordinary empty answer · 2001 用户名或密码错误 · 2002 机构无权限
(targetOrg is not 341000) · 3001 报文格式错误 · 3002 功能号不存在 · 9001 系统维护中 · 9002 系统繁忙 · 4001
来文已登记 (C030001: the letter's number stands there) · 4002 已办理 (it was taken up, or answered, before) · 4003
当前状态不允许 (answered before it is taken up).

A letter: lwbh 来文编号 (the requesting city's), qqcs 请求城市, qqdw, xbcs 协办城市, xbdw, xcsx 因工受伤 or
待遇享受, D507_01, D507_02, gsrdbh (may be missing), wtqd 问题清单 (one a line), flyj 法律依据, qxrq 期限, fjzy
附件摘要 (one a line, may be missing). fkqd has a line a question, `属实|text`, 不属实, 无法查实. A row of C030004:
xcbh, lwbh, qqcs, xbcs, D507_01, qxrq, djrq 登记日期, xczt 已登记, 已受理, 已反馈, slrq, fkrq. Days are ISO 8601. No
serial of the caller is known here.

A row: gsrdbh 工伤认定编号, D507_01 身份证号 (as stored), D507_02 姓名, D507_10 单位名称, D507_11 统一社会信用代码
(may be empty or missing), sgsj 事故时间 `2026-03-05 14:30`, shbw 伤害部位, sqrq 申请日期 `2026-03-10`, slrq
受理日期, rdjl 认定结论 (认定工伤, 视同工伤, 不予认定; empty before), rdrq 认定日期, scdj 伤残等级 (七级, or 7,
未达等级; empty before the appraisal), jdsbh 鉴定书号, ajzt 案件状态 (申请, 已受理, 调查中, 已中止, 已认定, 已办结,
不予受理, 已撤回; others occur), jarq 结案日期, gxsj 更新时间 `2026-10-31 08:00:00`. Empty elements stand for null.
"""
