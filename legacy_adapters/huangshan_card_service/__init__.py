"""Huangshan's card service: in, id numbers and card numbers; out, cards; and the writes of a card's life.

Axis 1.x, SOAP 1.1 RPC/encoded in GBK (`card_service.wsdl`), SOAPAction empty. The notation,
the ERR texts and 查询卡信息 are those of card services in use; the texts of the other operations are our assumption.

The bytes of an answer are GB18030 while header and XML declaration say GBK; requests are decoded the same way. The
one argument that matters is text: tags in Chinese, mostly ending in `*`, so it is no XML; several roots.
The answer `…Return` is such a text, escaped once. `ERR` is the only code: its text says what is wrong.

S1, positional strings (all must be there, '' allowed): `getAC01(user, password, id number, name, city)`,
`getBank(user, password, id number, name, city)`, `getAZ03(user, password, card number, id number, name, city)`.

S2, `allDsjk(text)`. Every text has 操作*, 用户名*, 密码*, 所属城市* (341000); further tags by operation; a tag is
known with and without its `*`:

| 操作 | asks with | success |
|---|---|---|
| 查询卡信息 | 社会保障号码*, 姓名 (may be empty) | OK |
| 按卡号查询 | 社会保障卡卡号* | OK |
| 临时挂失, 正式挂失, 解除挂失 | 社保卡号*, 社会保障号码*, 姓名* | 00 |
| 领卡启用 | 社保卡号*, 社会保障号码*, 姓名* | 00 |
| 申请社保卡 | the same, 申领类型* (ACA017 2 补卡, 3 换卡), 领卡城市*, 身份核验城市* | 00, 申请编号 |
| 获取领卡地信息 | 社会保障号码* | OK |

Answers. Reads: `<ERR>OK</ERR><数量>2</数量><时间>20261123084500</时间>` then one `<ROW>…</ROW>` per card (none for
数量 0). 查询卡信息's ROW: 社保卡号*, 社会保障号码*, 姓名*, 卡状态* (AAZ502 0 封存 1 正常 2 挂失 3 应用锁定 4
临时挂失 9 注销), 卡状态时间 yyyyMMddHHmmss, 临时挂失到期 (same, empty unless 4), 银行代码 (95588 …, empty: no
account), 银行卡状态 (A 激活 K 口头挂失 L 正式挂失 G 注销 T 被换过的卡, empty: no account), 银行状态时间,
银行挂失到期, 发卡日期 yyyyMMdd, 有效期 yyyyMMdd (99991231: unlimited), AAB301. 按卡号查询's ROW says the same with
other tags: 社会保障卡卡号, 社会保障号 instead of the first two, no stars. getBank's ROW: AAZ500, AAC002, AAC003,
AAZ502, AAE008, AAB301. getAC01: ERR, 时间, then AAC001, AAC002, AAC003, AAC004, AAC006 beside them, no ROW.
getAZ03: ERR, 时间, then AAZ500, AAC002, CARDTYPE, TRANSACTTYPE, BATCHNO, AAB301, AAE008, APPLYTIME and the times of
the further steps of making a card beside them; an empty element is a step not reached. For a card
in whose place another was applied for, of that application: TRANSACTTYPE 2 or 3, APPLYNO, GETCITY, and NEWCARD and
GETADDR once the new card has come to the city. 获取领卡地信息: 领卡地,
领卡地址, 联系电话 beside ERR.

Id numbers come as stored: lower `x`, full-width digits, 15 digits; asking finds all forms of one number. If 姓名 is
given in a read and matches nobody of that number, the answer is as for an unknown number.

ERR texts: `身份证号不存在(或发卡城市不符)` no such person or no card, an ordinary empty answer · `卡号不存在` ·
`用户名或密码错误` · `城市代码错误` · `操作不存在` · `姓名与社会保障号码不符` · `卡已注销` · `卡未启用` · `卡已锁定`
· `卡已挂失` (领卡启用) · `卡未制成` (领卡启用 of a card that has not come yet) · `已申请补卡` (解除挂失) ·
`卡状态异常` · `社保卡号不能为空` (or another tag) · `系统维护中，请稍后再试` · `系统繁忙，请稍后再试` ·
`数据交换失败` (how far it got, nobody knows). Writes: `00` done; `01` 之前已经是这个状态 (临时挂失 of a card lost
temporarily or formally, 正式挂失 of one lost formally, 解除挂失 of a normal one, 领卡启用 of a normal one); the
state must be read back, for elsewhere 01 is a failure. A temporary loss lasts 7 days for the social function;
临时挂失 and 正式挂失 reach the social function only. 申请社保卡 of a card formally lost (换卡: of a normal one too)
is taken again as long as the application stands in no batch; then it answers `已经有批次号`. 领卡启用 of the new
card cancels the old one. The service keeps no reference of the caller.
"""
