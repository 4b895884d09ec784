"""Hangzhou's core service: in, id numbers, pension numbers, credit codes; out, pensions, payments, work injuries; and
the writes of certifications, cards, letters of entrusted investigation (委托协查) and cases handed over (移送案件).

SOAP 1.1 document/literal in UTF-8 (`core_service.wsdl`), SOAPAction empty. Elements are
indicator codes; which of them make up a row is our assumption.

Conversation: `login(user, digest, nonce)` gives a token; `digest` is the lower-case hex SM3 of the UTF-8 bytes of
password + nonce, a nonce (8 to 64 characters) serves once. A token lives 20 minutes after its last use, two hours at
the most. Every other operation carries it as its first element. Any number of tokens may be alive.

Every answer starts with `head`: `retcode`, `retmsg`, `total` (rows on all pages, as text), `rows` (of this page). The
HTTP status is 200 whatever the retcode; a broken envelope, an unknown operation or an element outside the WSDL is a
SOAP Fault with status 500.

| retcode | meaning |
|---|---|
| 0 | done |
| E1001 | token失效: log in again |
| E1002 | 用户名或密码错误 |
| E2003 | 查无此人: an ordinary empty answer |
| E2004 | 查无此待遇 (queryPensionByNumber, queryPayments, certify) |
| E2005 | 查无此案件 (queryInjuryByNumber, queryTransfer) |
| E3001 | 参数错误 |
| E2006 | 查无此卡 |
| E2007 | 查无此函 |
| E3002 | 证件号码与姓名不符 |
| E4001 | 当前状态不允许 |
| E5001 | 流水号重复: a write has been done under this serial; the answer carries the receipt of that time |
| E5002 | 已是该状态: done before under another serial |
| E5003 | 来函已登记: a letter, or a case handed over, of that number of the other city stands there |
| E9001 | 系统日终处理中: closed |
| E9002 | 并发超限: too many calls at once |

A query by employer, and a list, that finds nothing answers 0 with no rows. `AAC147` of a query matches 15 and 18
digits, upper and lower `x` alike; rows carry the number as stored (15 digits, lower `x`).

Paging: pageNo from 1, pageSize 1 to 200. `queryPensionList`: AAB301 residence (city code), BAE098 due by (yyyyMMdd,
inclusive), AAE116, each optional; ordered by BAE098, then AAZ257, pensions without a due date last.
`queryPayments`: newest month first.

Rows. PensionRow: AAC001 个人编号, AAC147 证件号码, AAC003 姓名, AAZ257 待遇编号, AAE140 110/120/150, AIC161
离退休类别, AIC162 离退休日期 yyyyMMdd (00000000 unknown), AIC142 养老金额 (decimal yuan), AAE116 1 发放 2 暂停 3
终止 (others occur), AAE041/AAE042 yyyymm (999999 open), AAB301 居住地 (city code or empty), BAE097 上次认证日期,
BAE098 认证截止日期 (yyyyMMdd; element left out, or empty, where there is none), BAE099 认证方式 1 刷脸 2 窗口 3
上门 4 静默比对, AAA080 异地认证 1/0, AAE036 经办时间 yyyyMMddHHmmss. PaymentRow: AAZ257, AAE003 yyyymm, AAE019
发放金额 (decimal yuan), BAE118 1 已发 2 停发 3 退回. InjuryRow: AAZ127 工伤认定编号, AAC001, AAC147, AAC003,
AAB998, AAB004, ALC020 工伤时间, ALC022 伤害部位, ALC026 申报日期, ALC017 受理日期, ALC029 1 认定工伤 2 视同工伤 3
不予认定 (left out before), ALC031 认定日期, ALC035 鉴定书号, ALA040 01 to 10, 11 未达等级 (left out before the
appraisal), BLC001 案件状态 01 申报 02 受理 03 调查 04 中止 05 认定 06 结案 07 不予受理 08 撤销 (others occur),
BLC002 结案日期, AAE036. Days are yyyyMMdd. `certify`: AAC001, AAZ257, AAE001 年度, BAE099, AAB301 of the helping
bureau, serial; answers `receipt`. It sets BAE097 to today, BAE098 to twelve months later and starts a suspended
pension again. It takes the present year only, and compares AAC001, not the id number.

Writes carry a serial of the caller, at most 40 characters, which has its effect once, and answer `receipt`.
`reportCardLoss`: AAZ500, AAC147, AAC003, BAZ500 功能 1 社保 2 金融, BAZ501 1 临时挂失 (10 days of the social
function, 5 of the bank's) 2 正式挂失. `releaseCard`: the same without BAZ501. `activateCard` of the social
function; of a card that another is made for, it cancels the old one. `applyCard`: ACA017 2 补卡 3 换卡, AAB301
领卡城市, BAB301 身份核验城市; `queryCardProgress` tells its steps with the tags of getAZ03. `queryCard`: CardRow,
whose AAE036 and BAE036 are the moments of the two functions' states, AAZ165 and BAZ165 the ends of their temporary
losses. The database's views show the same cards, later.

Letters. `createAssist`: BLC101 来函编号, BLC102 请求城市, BLC103 office, BLC104 协办城市, BLC105 office, BLC106 1
因工受伤 2 待遇享受, AAC147, AAC003, AAZ127 (optional), BLC107 问题清单 (one a line), BLC108 法律依据, BLC109 期限,
BLC110 附件摘要 (one a line, optional); its receipt is the letter's own number BLC100. `acceptAssist`: BLC100,
BLC111 经办人 (one a line), BLC112 受理日期. `replyAssist`: BLC100, BLC113 反馈清单 (a line a question, `1|text`, 1
属实 2 不属实 3 无法查实), BLC114 签字人, BLC115 反馈日期, BLC116 证据摘要. `queryAssist` by BLC100, or by BLC101
and BLC102: AssistRow with BLC117 登记日期, BLC118 1 已登记 2 已受理 3 已反馈.

Cases that another city hands over. `registerTransfer` (移送案件立案): BLC201 移送编号 and BLC202 移送城市, under which
a case is registered once, BLC203 原案件编号, BLC204 1 劳动争议 2 劳动保障监察, AAC147 of the worker or AAB998 of the
employer (or both), BLC205 移送理由; its receipt is the case's number here, BLC200. `queryTransfer` by BLC200, or by
BLC201 and BLC202: TransferRow with BLC206 立案日期 and BLC001. The service keeps no other dispute and no inspection.
"""
