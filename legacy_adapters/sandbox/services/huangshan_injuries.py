"""Huangshan's injury service: one operation, XML in a string both ways. The description says what it answers."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from importlib.resources import files
from xml.sax.saxutils import escape

from lxml import etree

from legacy_adapters.clock import Clock
from legacy_adapters.records.cases import CaseStatus, InjuryConclusion
from legacy_adapters.sandbox.population.world import Employer, Injury, Register
from legacy_adapters.sandbox.services.assist_file import AssistFile
from legacy_adapters.sandbox.services.envelope import ENVELOPE_NAMESPACE, read_body
from legacy_adapters.sandbox.services.huangshan_letter_desk import ASSIST_FUNCTIONS, LetterDesk
from legacy_adapters.sandbox.services.injury_file import InjuryFile
from legacy_adapters.sandbox.services.service import Call, SoapFaultError
from legacy_adapters.sandbox.services.write_log import WriteLog, memory_log

NAMESPACE = "http://pipe.nh.hs/"
_GRADES = "一二三四五六七八九十"
_STATUS_WORDS = {
    CaseStatus.FILED: "申请",
    CaseStatus.ACCEPTED: "已受理",
    CaseStatus.IN_PROGRESS: "调查中",
    CaseStatus.SUSPENDED: "已中止",
    CaseStatus.DECIDED: "已认定",
    CaseStatus.CLOSED: "已办结",
    CaseStatus.REJECTED: "不予受理",
    CaseStatus.WITHDRAWN: "已撤回",
    CaseStatus.UNKNOWN: "待移交",
}
_CONCLUSION_WORDS = {
    InjuryConclusion.WORK_INJURY: "认定工伤",
    InjuryConclusion.TREATED_AS_WORK_INJURY: "视同工伤",
    InjuryConclusion.NOT_WORK_INJURY: "不予认定",
    InjuryConclusion.UNKNOWN: "另行处理",
}
_ARGUMENTS = {"C020001": ("D507_01",), "C020002": ("D507_11",), "C020003": ("gsrdbh",), **ASSIST_FUNCTIONS}
_NOTHING = ("1001", "未查到记录")
_MALFORMED = ("3001", "报文格式错误")


class HuangshanInjuryService:
    """The state of the service: its cases, and the letters from other cities and to them."""

    name = "huangshan_injury_service"
    path = "/services/InjuryPipe"
    charset = "UTF-8"
    encoding = "utf-8"

    def __init__(
        self, register: Register, credentials: tuple[str, str], clock: Clock, writes: WriteLog | None = None
    ) -> None:
        self.wsdl = files("legacy_adapters.huangshan_injury_service").joinpath("injury_pipe.wsdl").read_bytes()
        self.writes = writes or memory_log(self.name)
        self._user, self._password = credentials
        self._city = register.city
        injuries = InjuryFile(register, injury_row)
        self._finders: dict[str, Callable[[dict[str, str]], list[str]]] = {
            "C020001": lambda body: injuries.of_person(body["D507_01"]),
            "C020002": lambda body: injuries.of_employer(body["D507_11"]),
            "C020003": lambda body: injuries.by_number(body["gsrdbh"]),
        }
        self._letters = LetterDesk(AssistFile(register.place, clock, self.writes), clock, self.writes)

    def read(self, body: bytes, charset: str | None) -> Call:
        """Read the outer envelope, then the message inside; the operation is the message's functionNo."""
        root = read_body(body, charset)
        if root.tag != f"{{{NAMESPACE}}}nh_pipe" or [child.tag for child in root] != ["xml"]:
            raise SoapFaultError("Unmarshalling Error: nh_pipe with one element xml is expected")
        arguments = _read_message(root[0].text or "")
        return Call(arguments.get("functionNo", "nh_pipe"), arguments)

    def answer(self, call: Call) -> str:
        """Find the rows of the function's one argument."""
        arguments = call.arguments
        error = self._refusal(call)
        if error is not None:
            return _envelope(call.operation, *error, [])
        if call.operation in ASSIST_FUNCTIONS:
            return _envelope(call.operation, *self._letters.answer(call.operation, arguments))
        rows = self._finders[call.operation](arguments)
        return _envelope(call.operation, *(("0000", "成功") if rows else _NOTHING), rows)

    def business_error(self, call: Call, text: str | None) -> str:
        """3001 with another text if one is given."""
        return _envelope(call.operation, _MALFORMED[0], text or _MALFORMED[1], [])

    def maintenance(self, call: Call) -> str:
        """9001."""
        return _envelope(call.operation, "9001", "系统维护中", [])

    def busy(self, call: Call) -> str:
        """9002."""
        return _envelope(call.operation, "9002", "系统繁忙", [])

    def expired_token(self, call: Call) -> str:
        """2001: there are no tokens here, but passwords are changed too."""
        return _envelope(call.operation, "2001", "用户名或密码错误", [])

    def _refusal(self, call: Call) -> tuple[str, str] | None:
        arguments = call.arguments
        if not {"functionNo", "targetOrg", "identity", "password"} <= arguments.keys():
            return _MALFORMED
        right = hmac.compare_digest(arguments["password"].encode(), self._password.encode())
        if arguments["identity"] != self._user or not right:
            return "2001", "用户名或密码错误"
        if arguments["targetOrg"] != self._city:
            return "2002", "机构无权限"
        if call.operation not in _ARGUMENTS:
            return "3002", "功能号不存在"
        return None if arguments.keys() >= set(_ARGUMENTS[call.operation]) else _MALFORMED


def injury_row(injury: Injury, employer: Employer) -> str:
    """A row; what is not known yet is an empty element, an employer without a code has no element for it."""
    code = "" if employer.credit_code is None else f"<D507_11>{employer.credit_code}</D507_11>"
    conclusion = "" if injury.conclusion is None else _CONCLUSION_WORDS[injury.conclusion]
    return (
        f"<row><gsrdbh>{injury.number}</gsrdbh><D507_01>{injury.id_number}</D507_01>"
        f"<D507_02>{escape(injury.name)}</D507_02><D507_10>{escape(employer.name)}</D507_10>{code}"
        f"<sgsj>{injury.accident_at}</sgsj><shbw>{injury.part}</shbw><sqrq>{injury.filed_on}</sqrq>"
        f"<slrq>{injury.accepted_on or ''}</slrq><rdjl>{conclusion}</rdjl><rdrq>{injury.concluded_on or ''}</rdrq>"
        f"<scdj>{_grade(injury)}</scdj><jdsbh>{injury.appraisal_number or ''}</jdsbh>"
        f"<ajzt>{_STATUS_WORDS[injury.status]}</ajzt><jarq>{injury.closed_on or ''}</jarq>"
        f"<gxsj>{injury.updated_at}</gxsj></row>"
    )


def _grade(injury: Injury) -> str:
    """Most clerks write 七级, some 7."""
    if injury.grade is None:
        return ""
    if injury.grade > 10:
        return "未达等级"
    return str(injury.grade) if injury.person % 5 == 4 else f"{_GRADES[injury.grade - 1]}级"


def _read_message(text: str) -> dict[str, str]:
    """Head and body of a message as one mapping; {} when it is no such message."""
    _, declared, rest = text.lstrip().partition("?>")
    try:
        message = etree.fromstring(rest if declared else text, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return {}
    if message.tag != "message" or [part.tag for part in message] != ["head", "body"]:
        return {}
    return {str(element.tag): element.text or "" for part in message for element in part}


def _envelope(operation: str, code: str, text: str, rows: list[str]) -> str:
    encoding = "GBK" if operation == "C020001" else "UTF-8"
    content = "".join(rows) if len(rows) < 2 else f"<rows>{''.join(rows)}</rows>"
    message = (
        f'<?xml version="1.0" encoding="{encoding}"?><message><head><functionNo>{escape(operation)}</functionNo>'
        f"<returnCode>{code}</returnCode><returnMsg>{escape(text)}</returnMsg><rowCount>{len(rows)}</rowCount></head>"
        f"<body>{content}</body></message>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{ENVELOPE_NAMESPACE}"><soap:Body>'
        f'<ns2:nh_pipeResponse xmlns:ns2="{NAMESPACE}"><return>{escape(message)}</return></ns2:nh_pipeResponse>'
        "</soap:Body></soap:Envelope>"
    )
