"""Hangzhou's core service: typed document/literal SOAP behind a token. The description says what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from xml.sax.saxutils import escape

from lxml import etree

from legacy_adapters.clock import Clock
from legacy_adapters.records.cases import CaseStatus, InjuryConclusion
from legacy_adapters.sandbox.databases.hangzhou import digits, personal_number
from legacy_adapters.sandbox.population.world import Employer, Injury, Pension, Register
from legacy_adapters.sandbox.services.assist_file import AssistFile
from legacy_adapters.sandbox.services.card_file import CardFile
from legacy_adapters.sandbox.services.envelope import ENVELOPE_NAMESPACE, read_body
from legacy_adapters.sandbox.services.hangzhou_answers import (
    BAD_ARGUMENT,
    NAMESPACE,
    NO_CASE,
    NO_PERSON,
    NONE_IS_FINE,
    Handler,
    all_rows,
    head,
    read_elements,
)
from legacy_adapters.sandbox.services.hangzhou_assist_desk import ASSIST_OPERATIONS, AssistDesk
from legacy_adapters.sandbox.services.hangzhou_card_desk import CARD_OPERATIONS, CardDesk
from legacy_adapters.sandbox.services.hangzhou_pension_desk import PENSION_OPERATIONS, PensionDesk
from legacy_adapters.sandbox.services.hangzhou_pensions import PensionFile
from legacy_adapters.sandbox.services.hangzhou_serials import Serials
from legacy_adapters.sandbox.services.hangzhou_sessions import Sessions
from legacy_adapters.sandbox.services.hangzhou_transfer_desk import TRANSFER_OPERATIONS, TransferDesk
from legacy_adapters.sandbox.services.injury_file import InjuryFile
from legacy_adapters.sandbox.services.service import Call, SoapFaultError
from legacy_adapters.sandbox.services.transfer_file import TransferFile
from legacy_adapters.sandbox.services.write_log import WriteLog, memory_log

_LOGIN = ("user", "digest", "nonce")
_INJURY_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "queryInjury": ("token", "AAC147"),
    "queryInjuryByEmployer": ("token", "AAB998"),
    "queryInjuryByNumber": ("token", "AAZ127"),
}
_OPERATIONS = {
    "login": _LOGIN,
    **PENSION_OPERATIONS,
    **_INJURY_OPERATIONS,
    **CARD_OPERATIONS,
    **ASSIST_OPERATIONS,
    **TRANSFER_OPERATIONS,
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


class HangzhouCoreService:
    """The state of the service: sessions, pensions, injuries, cards, letters, cases handed over, receipts."""

    name = "hangzhou_core_service"
    path = "/services/CoreService"
    charset = "UTF-8"
    encoding = "utf-8"

    def __init__(
        self, register: Register, credentials: tuple[str, str], clock: Clock, writes: WriteLog | None = None
    ) -> None:
        self.wsdl = files("legacy_adapters.hangzhou_core_service").joinpath("core_service.wsdl").read_bytes()
        self.writes = writes or memory_log(self.name)
        self._sessions = Sessions(*credentials, clock)
        self._injuries = InjuryFile(register, injury_row)
        serials = Serials(clock, self.writes)
        pensions = PensionFile(register.pensions, self.writes.changed(Pension))
        cards = CardFile(register.place, register.cards, clock, self.writes)
        self._handlers: Mapping[str, Handler] = {
            **PensionDesk(register.city, pensions, serials, clock).handlers,
            "queryInjury": self._query_injury,
            "queryInjuryByEmployer": self._query_injury_by_employer,
            "queryInjuryByNumber": self._query_injury_by_number,
            **CardDesk(cards, serials).handlers,
            **AssistDesk(AssistFile(register.place, clock, self.writes), serials).handlers,
            **TransferDesk(TransferFile(register.place, clock, self.writes), serials).handlers,
        }

    def read(self, body: bytes, charset: str | None) -> Call:
        """Read a request; every element must stand where the WSDL has it."""
        root = read_body(body, charset)
        operation = etree.QName(root)
        expected = _OPERATIONS.get(operation.localname) if operation.namespace == NAMESPACE else None
        if expected is None:
            raise SoapFaultError("Unmarshalling Error: unexpected element in the SOAP Body")
        return Call(operation.localname, read_elements(root, expected))

    def answer(self, call: Call) -> str:
        """The answer of an operation; all but login need a living token."""
        if call.operation == "login":
            token = self._sessions.login(*(call.arguments[name] for name in _LOGIN))
            if token is None:
                return _envelope("login", head("E1002", "用户名或密码错误"))
            return _envelope("login", f"{head('0', '')}<token>{token}</token>")
        if not self._sessions.is_alive(call.arguments["token"]):
            return self.expired_token(call)
        return _envelope(call.operation, self._handlers[call.operation](call.arguments))

    def business_error(self, call: Call, text: str | None) -> str:
        """E3001 with another text if one is given."""
        return _envelope(call.operation, head(BAD_ARGUMENT[0], text or BAD_ARGUMENT[1]))

    def maintenance(self, call: Call) -> str:
        """E9001."""
        return _envelope(call.operation, head("E9001", "系统日终处理中"))

    def busy(self, call: Call) -> str:
        """E9002."""
        return _envelope(call.operation, head("E9002", "并发超限"))

    def expired_token(self, call: Call) -> str:
        """E1001; the token is worth nothing from now on."""
        self._sessions.drop(call.arguments.get("token", ""))
        return _envelope(call.operation, head("E1001", "token失效"))

    def _query_injury(self, arguments: dict[str, str]) -> str:
        return all_rows(self._injuries.of_person(arguments["AAC147"]), NO_PERSON)

    def _query_injury_by_employer(self, arguments: dict[str, str]) -> str:
        return all_rows(self._injuries.of_employer(arguments["AAB998"]), NONE_IS_FINE)

    def _query_injury_by_number(self, arguments: dict[str, str]) -> str:
        return all_rows(self._injuries.by_number(arguments["AAZ127"]), NO_CASE)


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


def _envelope(operation: str, content: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="{ENVELOPE_NAMESPACE}"><soap:Body>'
        f'<{operation}Response xmlns="{NAMESPACE}">{content}</{operation}Response></soap:Body></soap:Envelope>'
    )
