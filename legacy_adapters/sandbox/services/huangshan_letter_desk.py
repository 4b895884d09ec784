"""Huangshan's injury service, its functions on letters of entrusted investigation. It knows no serial of the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias
from xml.sax.saxutils import escape

from legacy_adapters.clock import Clock
from legacy_adapters.records.assists import AssistState
from legacy_adapters.sandbox.clock import stamp
from legacy_adapters.sandbox.services.assist_file import Assist, AssistFile, AssistResult
from legacy_adapters.sandbox.services.starred_text import element
from legacy_adapters.sandbox.services.write_log import Effect, Write, WriteLog

Body: TypeAlias = dict[str, str]
Answer: TypeAlias = tuple[str, str, list[str]]
"""returnCode, returnMsg and rows."""

_LETTER = ("lwbh", "qqcs", "qqdw", "xbcs", "xbdw", "xcsx", "D507_01", "D507_02", "wtqd", "flyj", "qxrq")
ASSIST_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "C030001": _LETTER,
    "C030002": ("xcbh", "slr", "slrq"),
    "C030003": ("xcbh", "fkqd", "qzr", "fkrq"),
    "C030004": (),
}
"""What each must be asked with."""
_SUBJECTS = ("因工受伤", "待遇享受")
_VERDICTS = ("属实", "不属实", "无法查实")
_STATES = {AssistState.REGISTERED: "已登记", AssistState.ACCEPTED: "已受理", AssistState.REPLIED: "已反馈"}
_DONE = ("0000", "成功")
_NOTHING = ("1001", "未查到记录")
_MALFORMED = ("3001", "报文格式错误")
_KNOWN = ("4001", "来文已登记")
_ALREADY = ("4002", "已办理")
_WRONG_STATE = ("4003", "当前状态不允许")


class LetterDesk:
    """Answers for the letters."""

    def __init__(self, assists: AssistFile, clock: Clock, writes: WriteLog) -> None:
        self._assists = assists
        self._clock = clock
        self._writes = writes

    def answer(self, function: str, body: Body) -> Answer:
        """One function; a write tells the letter's number in a row."""
        match function:
            case "C030001":
                return self._register(body)
            case "C030002":
                return self._advance(function, body, self._accept)
            case "C030003":
                return self._advance(function, body, self._reply)
            case _:
                return self._query(body)

    def _query(self, body: Body) -> Answer:
        number = body.get("xcbh", "")
        found = self._assists.get(number) if number else None
        if not number:
            found = self._assists.by_letter(body.get("qqcs", ""), body.get("lwbh", ""))
        return (*_NOTHING, []) if found is None else (*_DONE, [_assist_row(found)])

    def _register(self, body: Body) -> Answer:
        if body["xcsx"] not in _SUBJECTS or not body["lwbh"] or not body["wtqd"].strip():
            return self._entered("C030001", body["lwbh"], _MALFORMED, None)
        if self._assists.by_letter(body["qqcs"], body["lwbh"]) is not None:
            return self._entered("C030001", body["lwbh"], _KNOWN, None)
        assist = Assist(
            number=self._assists.next_number(),
            letter_number=body["lwbh"],
            requesting_city=body["qqcs"],
            requesting_office=body["qqdw"],
            addressed_city=body["xbcs"],
            addressed_office=body["xbdw"],
            subject=body["xcsx"],
            id_number=body["D507_01"],
            name=body["D507_02"],
            case_number=body.get("gsrdbh", ""),
            questions=body["wtqd"],
            legal_basis=body["flyj"],
            due_on=body["qxrq"],
            digests=body.get("fjzy", ""),
            registered_on=self._assists.today(),
        )
        return self._entered("C030001", body["lwbh"], _DONE, assist)

    def _accept(self, assist: Assist, body: Body) -> Assist | AssistResult | None:
        return self._assists.accept(assist, body["slr"], body["slrq"])

    def _reply(self, assist: Assist, body: Body) -> Assist | AssistResult | None:
        findings = body["fkqd"].splitlines()
        is_complete = len(findings) == len(assist.questions.splitlines())
        if not is_complete or any(finding.partition("|")[0] not in _VERDICTS for finding in findings):
            return None
        return self._assists.reply(assist, body["fkqd"], body["qzr"], body["fkrq"])

    def _advance(
        self, function: str, body: Body, advance: Callable[[Assist, Body], Assist | AssistResult | None]
    ) -> Answer:
        number = body["xcbh"].strip()
        assist = self._assists.get(number)
        if assist is None:
            return self._entered(function, number, _NOTHING, None)
        match advance(assist, body):
            case Assist() as advanced:
                return self._entered(function, number, _DONE, advanced)
            case AssistResult.ALREADY:
                return self._entered(function, number, _ALREADY, None)
            case AssistResult.WRONG_STATE:
                return self._entered(function, number, _WRONG_STATE, None)
            case None:
                return self._entered(function, number, _MALFORMED, None)

    def _entered(self, function: str, subject: str, result: tuple[str, str], assist: Assist | None) -> Answer:
        effect = {_DONE: Effect.DONE, _KNOWN: Effect.ALREADY, _ALREADY: Effect.ALREADY}.get(result, Effect.REFUSED)
        changes = [] if assist is None else [(assist.number, assist)]
        self._writes.append(Write(stamp(self._clock()), function, subject, "", effect), *changes)
        if assist is None:
            return *result, []
        self._assists.keep(assist)
        return *result, [element("row", element("xcbh", assist.number))]


def _assist_row(assist: Assist) -> str:
    values = (
        ("xcbh", assist.number),
        ("lwbh", assist.letter_number),
        ("qqcs", assist.requesting_city),
        ("xbcs", assist.addressed_city),
        ("D507_01", assist.id_number),
        ("qxrq", assist.due_on),
        ("djrq", assist.registered_on),
        ("xczt", _STATES[assist.state]),
        ("slrq", assist.accepted_on),
        ("fkrq", assist.replied_on),
    )
    return element("row", "".join(element(tag, escape(text)) for tag, text in values))
