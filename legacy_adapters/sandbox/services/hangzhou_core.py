"""Hangzhou's core service: typed document/literal SOAP behind a token. The description says what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from xml.sax.saxutils import escape

from lxml import etree

from legacy_adapters.clock import Clock
from legacy_adapters.records.cases import CaseStatus, InjuryConclusion
from legacy_adapters.sandbox.clock import stamp
from legacy_adapters.sandbox.databases.hangzhou import digits, personal_number
from legacy_adapters.sandbox.population.world import City, Employer, Injury, Register
from legacy_adapters.sandbox.services.envelope import ENVELOPE_NAMESPACE, read_body
from legacy_adapters.sandbox.services.hangzhou_pensions import METHOD_CODES, PensionFile
from legacy_adapters.sandbox.services.hangzhou_sessions import Sessions
from legacy_adapters.sandbox.services.injury_file import InjuryFile
from legacy_adapters.sandbox.services.service import Call, SoapFaultError
from legacy_adapters.sandbox.services.write_log import Effect, WriteLog

NAMESPACE = "urn:hangzhou:core"
_LOGIN = ("user", "digest", "nonce")
_OPERATIONS: dict[str, tuple[str, ...]] = {
    "login": _LOGIN,
    "queryPension": ("token", "AAC147"),
    "queryPensionByNumber": ("token", "AAZ257"),
    "queryPensionList": ("token", "AAB301?", "BAE098?", "AAE116?", "pageNo", "pageSize"),
    "queryPayments": ("token", "AAZ257", "pageNo", "pageSize"),
    "queryInjury": ("token", "AAC147"),
    "queryInjuryByEmployer": ("token", "AAB998"),
    "queryInjuryByNumber": ("token", "AAZ127"),
    "certify": ("token", "AAC001", "AAZ257", "AAE001", "BAE099", "AAB301", "serial"),
}
"""Elements of each request in the order of the WSDL; `?` marks one that may be left out."""
_CONCLUSION_CODES = {
    InjuryConclusion.WORK_INJURY: "1",
    InjuryConclusion.TREATED_AS_WORK_INJURY: "2",
    InjuryConclusion.NOT_WORK_INJURY: "3",
    InjuryConclusion.UNKNOWN: "9",
}
_STATUS_CODES = {
    CaseStatus.FILED: "01",
    CaseStatus.ACCEPTED: "02",
    CaseStatus.IN_PROGRESS: "03",
    CaseStatus.SUSPENDED: "04",
    CaseStatus.DECIDED: "05",
    CaseStatus.CLOSED: "06",
    CaseStatus.REJECTED: "07",
    CaseStatus.WITHDRAWN: "08",
    CaseStatus.UNKNOWN: "66",
}
_METHODS = {code: method for method, code in METHOD_CODES.items()}
_MAXIMAL_PAGE = 200
_NO_PERSON = ("E2003", "查无此人")
_NO_PENSION = ("E2004", "查无此待遇")
_NO_CASE = ("E2005", "查无此案件")
_BAD_ARGUMENT = ("E3001", "参数错误")


class HangzhouCoreService:
    """The state of the service: sessions, pensions, injuries, receipts."""

    name = "hangzhou_core_service"
    path = "/services/CoreService"
    charset = "UTF-8"
    encoding = "utf-8"

    def __init__(self, register: Register, credentials: tuple[str, str], clock: Clock) -> None:
        self.wsdl = files("legacy_adapters.hangzhou_core_service").joinpath("core_service.wsdl").read_bytes()
        self.writes = WriteLog()
        self._clock = clock
        self._sessions = Sessions(*credentials, clock)
        self._pensions = PensionFile(register.pensions)
        self._injuries = InjuryFile(register, injury_row)
        self._receipts: dict[str, str] = {}
        self._handlers: dict[str, Callable[[dict[str, str]], str]] = {
            "queryPension": self._query_pension,
            "queryPensionByNumber": self._query_pension_by_number,
            "queryPensionList": self._query_pension_list,
            "queryPayments": self._query_payments,
            "queryInjury": self._query_injury,
            "queryInjuryByEmployer": self._query_injury_by_employer,
            "queryInjuryByNumber": self._query_injury_by_number,
            "certify": self._certify,
        }

    def read(self, body: bytes, charset: str | None) -> Call:
        """Read a request; every element must stand where the WSDL has it."""
        root = read_body(body, charset)
        operation = etree.QName(root)
        expected = _OPERATIONS.get(operation.localname) if operation.namespace == NAMESPACE else None
        if expected is None:
            raise SoapFaultError("Unmarshalling Error: unexpected element in the SOAP Body")
        return Call(operation.localname, _read_elements(root, expected))

    def answer(self, call: Call) -> str:
        """The answer of an operation; all but login need a living token."""
        if call.operation == "login":
            token = self._sessions.login(*(call.arguments[name] for name in _LOGIN))
            if token is None:
                return _envelope("login", _head("E1002", "用户名或密码错误"))
            return _envelope("login", f"{_head('0', '')}<token>{token}</token>")
        if not self._sessions.is_alive(call.arguments["token"]):
            return self.expired_token(call)
        return _envelope(call.operation, self._handlers[call.operation](call.arguments))

    def business_error(self, call: Call, text: str | None) -> str:
        """E3001 with another text if one is given."""
        return _envelope(call.operation, _head(_BAD_ARGUMENT[0], text or _BAD_ARGUMENT[1]))

    def maintenance(self, call: Call) -> str:
        """E9001."""
        return _envelope(call.operation, _head("E9001", "系统日终处理中"))

    def expired_token(self, call: Call) -> str:
        """E1001; the token is worth nothing from now on."""
        self._sessions.drop(call.arguments.get("token", ""))
        return _envelope(call.operation, _head("E1001", "token失效"))

    def _query_pension(self, arguments: dict[str, str]) -> str:
        numbers = self._pensions.of_person(arguments["AAC147"])
        return _rows([self._pensions.row(number) for number in numbers], _NO_PERSON)

    def _query_pension_by_number(self, arguments: dict[str, str]) -> str:
        number = arguments["AAZ257"].strip()
        return _rows([] if self._pensions.get(number) is None else [self._pensions.row(number)], _NO_PENSION)

    def _query_pension_list(self, arguments: dict[str, str]) -> str:
        page = _page(arguments)
        if page is None:
            return _head(*_BAD_ARGUMENT)
        keys = self._pensions.due(arguments.get("AAB301", ""), arguments.get("BAE098", ""), arguments.get("AAE116", ""))
        rows = [self._pensions.row(number) for _, number in keys[page]]
        return f"{_head('0', '', len(keys), len(rows))}{''.join(rows)}"

    def _query_payments(self, arguments: dict[str, str]) -> str:
        page, number = _page(arguments), arguments["AAZ257"].strip()
        if page is None:
            return _head(*_BAD_ARGUMENT)
        if self._pensions.get(number) is None:
            return _head(*_NO_PENSION)
        rows = self._pensions.payment_rows(number, self._clock().date().isoformat())
        return f"{_head('0', '', len(rows), len(rows[page]))}{''.join(rows[page])}"

    def _query_injury(self, arguments: dict[str, str]) -> str:
        return _rows(self._injuries.of_person(arguments["AAC147"]), _NO_PERSON)

    def _query_injury_by_employer(self, arguments: dict[str, str]) -> str:
        return _rows(self._injuries.of_employer(arguments["AAB998"]), ("0", ""))

    def _query_injury_by_number(self, arguments: dict[str, str]) -> str:
        return _rows(self._injuries.by_number(arguments["AAZ127"]), _NO_CASE)

    def _certify(self, arguments: dict[str, str]) -> str:
        number, serial = arguments["AAZ257"].strip(), arguments["serial"]
        now = self._clock()
        if serial in self._receipts:
            self.writes.append(stamp(now), "certify", number, serial, Effect.ALREADY)
            return f"{_head('E5001', '流水号重复')}<receipt>{self._receipts[serial]}</receipt>"
        refusal = self._refusal(arguments, number, serial)
        if refusal is not None:
            self.writes.append(stamp(now), "certify", number, serial, Effect.REFUSED)
            return _head(*refusal)
        elsewhere = arguments["AAB301"] != City.HANGZHOU
        self._pensions.certify(number, now.date(), _METHODS[arguments["BAE099"]], elsewhere, stamp(now))
        self._receipts[serial] = f"RZ{now:%Y%m%d}{len(self._receipts) + 1:06d}"
        self.writes.append(stamp(now), "certify", number, serial, Effect.DONE)
        return f"{_head('0', '')}<receipt>{self._receipts[serial]}</receipt>"

    def _refusal(self, arguments: dict[str, str], number: str, serial: str) -> tuple[str, str] | None:
        """Why a certification is refused; of the right year, by a known method, for the pension's own person."""
        pension = self._pensions.get(number)
        if pension is None or str(personal_number(pension.person)) != arguments["AAC001"]:
            return _NO_PENSION
        right = (
            arguments["AAE001"] == str(self._clock().year)
            and arguments["BAE099"] in _METHODS
            and len(arguments["AAB301"]) == 6
            and 0 < len(serial) <= 40
        )
        return None if right else _BAD_ARGUMENT


def injury_row(injury: Injury, employer: Employer) -> str:
    """An InjuryRow; what is not known yet is left out."""
    grade = None if injury.grade is None else f"{injury.grade:02d}"
    conclusion = None if injury.conclusion is None else _CONCLUSION_CODES[injury.conclusion]
    elements = (
        ("AAZ127", injury.number),
        ("AAC001", str(personal_number(injury.person))),
        ("AAC147", injury.id_number),
        ("AAC003", escape(injury.name)),
        ("AAB998", employer.credit_code),
        ("AAB004", escape(employer.name)),
        ("ALC020", digits(injury.accident_at[:10])),
        ("ALC022", injury.part),
        ("ALC026", digits(injury.filed_on)),
        ("ALC017", injury.accepted_on and digits(injury.accepted_on)),
        ("ALC029", conclusion),
        ("ALC031", injury.concluded_on and digits(injury.concluded_on)),
        ("ALC035", injury.appraisal_number),
        ("ALA040", grade),
        ("BLC001", _STATUS_CODES[injury.status]),
        ("BLC002", injury.closed_on and digits(injury.closed_on)),
        ("AAE036", digits(injury.updated_at)),
    )
    return f"<row>{''.join(f'<{tag}>{text}</{tag}>' for tag, text in elements if text)}</row>"


def _read_elements(root: etree._Element, expected: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    children = iter(root)
    child = next(children, None)
    for name in expected:
        plain = name.removesuffix("?")
        if child is not None and child.tag == f"{{{NAMESPACE}}}{plain}":
            found[plain] = child.text or ""
            child = next(children, None)
        elif plain == name:
            raise SoapFaultError(f"Unmarshalling Error: element {name} is missing or stands in the wrong place")
    if child is not None:
        raise SoapFaultError("Unmarshalling Error: an element is not expected here")
    return found


def _page(arguments: dict[str, str]) -> slice | None:
    number, size = arguments["pageNo"], arguments["pageSize"]
    if not (number.isdigit() and size.isdigit() and int(number) >= 1 and 1 <= int(size) <= _MAXIMAL_PAGE):
        return None
    start = (int(number) - 1) * int(size)
    return slice(start, start + int(size))


def _rows(rows: list[str], none: tuple[str, str]) -> str:
    retcode, retmsg = ("0", "") if rows else none
    return f"{_head(retcode, retmsg, len(rows), len(rows))}{''.join(rows)}"


def _head(retcode: str, retmsg: str, total: int = 0, rows: int = 0) -> str:
    return (
        f"<head><retcode>{retcode}</retcode><retmsg>{escape(retmsg)}</retmsg>"
        f"<total>{total}</total><rows>{rows}</rows></head>"
    )


def _envelope(operation: str, content: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="{ENVELOPE_NAMESPACE}"><soap:Body>'
        f'<{operation}Response xmlns="{NAMESPACE}">{content}</{operation}Response></soap:Body></soap:Envelope>'
    )
