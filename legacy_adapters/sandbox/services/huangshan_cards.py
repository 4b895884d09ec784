"""Huangshan's card service: Axis RPC/encoded in GBK, text with starred tags. The description says what it answers."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Callable
from importlib.resources import files
from xml.sax.saxutils import escape

from lxml import etree

from legacy_adapters.clock import Clock
from legacy_adapters.sandbox.clock import stamp
from legacy_adapters.sandbox.databases.hangzhou import BANK_STATUS_LETTERS, CARD_STATUS_CODES, LIFE_CODES, SEX_CODES
from legacy_adapters.sandbox.databases.hangzhou import digits as compact
from legacy_adapters.sandbox.databases.huangshan import person_number
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import Card, CardFunction, Person, Register
from legacy_adapters.sandbox.services.card_file import Application, CardFile, CardResult, CardWrite
from legacy_adapters.sandbox.services.card_making import making_of
from legacy_adapters.sandbox.services.envelope import ENVELOPE_NAMESPACE, read_body
from legacy_adapters.sandbox.services.names import is_same_name
from legacy_adapters.sandbox.services.service import Call, SoapFaultError
from legacy_adapters.sandbox.services.starred_text import element, read_flat, row
from legacy_adapters.sandbox.services.write_log import Changes, Effect, Write, WriteLog, memory_log

NAMESPACE = "http://server.ck.hs"
UNKNOWN_PERSON = "身份证号不存在(或发卡城市不符)"
_POSITIONAL = {
    "getAC01": ("用户名", "密码", "社会保障号码", "姓名", "所属城市"),
    "getBank": ("用户名", "密码", "社会保障号码", "姓名", "所属城市"),
    "getAZ03": ("用户名", "密码", "社保卡号", "社会保障号码", "姓名", "所属城市"),
}
_WRITE_TAGS = ("社保卡号", "社会保障号码", "姓名")
_APPLICATION = "申请社保卡"
_WRITES = {
    "临时挂失": CardWrite.TEMPORARY_LOSS,
    "正式挂失": CardWrite.FORMAL_LOSS,
    "解除挂失": CardWrite.RELEASE,
    "领卡启用": CardWrite.ACTIVATION,
}
_RESULT_TEXTS = {
    CardResult.DONE: "00",
    CardResult.ALREADY: "01",
    CardResult.CANCELLED: "卡已注销",
    CardResult.SEALED: "卡未启用",
    CardResult.LOCKED: "卡已锁定",
    CardResult.LOST: "卡已挂失",
    CardResult.REPLACED: "已申请补卡",
    CardResult.NOT_MADE: "卡未制成",
    CardResult.OTHER_STATE: "卡状态异常",
}
_TAGS = {
    "查询卡信息": ("社会保障号码",),
    "按卡号查询": ("社会保障卡卡号",),
    "获取领卡地信息": ("社会保障号码",),
    _APPLICATION: (*_WRITE_TAGS, "申领类型", "领卡城市", "身份核验城市"),
} | dict.fromkeys(_WRITES, _WRITE_TAGS)
"""What each operation of allDsjk must be asked with, besides credentials and city."""


class HuangshanCardService:
    """The state of the service: its people's cards."""

    name = "huangshan_card_service"
    path = "/services/CardService"
    charset = "GBK"
    encoding = "gb18030"
    """It says GBK and sends what GBK lacks as GB 18030, as everybody here does."""

    def __init__(
        self, register: Register, credentials: tuple[str, str], clock: Clock, writes: WriteLog | None = None
    ) -> None:
        self.wsdl = files("legacy_adapters.huangshan_card_service").joinpath("card_service.wsdl").read_bytes()
        self.writes = writes or memory_log(self.name)
        self._user, self._password = credentials
        self._city = register.city
        self._clock = clock
        self._cards = CardFile(register.place, register.cards, clock, self.writes)
        self._people: dict[str, list[Person]] = defaultdict(list)
        for person in register.people:
            if not person.deleted:
                self._people[normalise_id_number(person.id_number)].append(person)
        self._handlers: dict[str, Callable[[dict[str, str]], str]] = {
            "getAC01": self._get_person,
            "getBank": self._get_bank,
            "getAZ03": self._get_progress,
            "查询卡信息": self._query_cards,
            "按卡号查询": self._query_by_number,
            "获取领卡地信息": self._query_counter,
        }

    def read(self, body: bytes, charset: str | None) -> Call:
        """Read the envelope; arguments count by position, those of allDsjk stand in its text."""
        root = read_body(body, charset)
        name = etree.QName(root)
        values = [child.text or "" for child in root]
        if name.namespace == NAMESPACE and name.localname == "allDsjk" and len(values) == 1:
            arguments = read_flat(values[0]) or {}
            return Call(arguments.get("操作", "allDsjk"), arguments)
        expected = _POSITIONAL.get(name.localname, ())
        if name.namespace != NAMESPACE or not expected or len(expected) != len(values):
            raise SoapFaultError("java.lang.NoSuchMethodException: No such operation, or wrong number of parameters")
        return Call(name.localname, dict(zip(expected, values, strict=True)))

    def answer(self, call: Call) -> str:
        """ERR first; then what the operation gives."""
        error = self._refusal(call)
        if error is not None:
            return _envelope(call.operation, _error(error))
        if call.operation in _WRITES or call.operation == _APPLICATION:
            return _envelope(call.operation, self._write(call))
        return _envelope(call.operation, self._handlers[call.operation](call.arguments))

    def business_error(self, call: Call, text: str | None) -> str:
        """ERR with a text."""
        return _envelope(call.operation, _error(text or "数据交换失败"))

    def maintenance(self, call: Call) -> str:
        """ERR says it."""
        return _envelope(call.operation, _error("系统维护中，请稍后再试"))

    def busy(self, call: Call) -> str:
        """ERR says it."""
        return _envelope(call.operation, _error("系统繁忙，请稍后再试"))

    def expired_token(self, call: Call) -> str:
        """There are no tokens here, but the shared password is changed too."""
        return _envelope(call.operation, _error("用户名或密码错误"))

    def _refusal(self, call: Call) -> str | None:
        arguments = call.arguments
        right = hmac.compare_digest(arguments.get("密码", "").encode(), self._password.encode())
        if arguments.get("用户名") != self._user or not right:
            return "用户名或密码错误"
        if arguments.get("所属城市") != self._city:
            return "城市代码错误"
        if call.operation in _POSITIONAL:
            return None
        if call.operation not in _TAGS:
            return "操作不存在"
        missing = [tag for tag in _TAGS[call.operation] if not arguments.get(tag)]
        return f"{missing[0]}不能为空" if missing else None

    def _find_cards(self, arguments: dict[str, str]) -> list[Card]:
        cards = self._cards.of_person(arguments["社会保障号码"])
        name = arguments.get("姓名", "")
        return [card for card in cards if not name or is_same_name(card.name, name)]

    def _query_cards(self, arguments: dict[str, str]) -> str:
        return self._list([_card_row(card, self._city, _FIRST_TAGS, "*") for card in self._find_cards(arguments)])

    def _query_by_number(self, arguments: dict[str, str]) -> str:
        card = self._cards.get(arguments["社会保障卡卡号"].strip())
        return _error("卡号不存在") if card is None else self._list([_card_row(card, self._city, _SECOND_TAGS, "")])

    def _get_bank(self, arguments: dict[str, str]) -> str:
        return self._list([_bank_row(card, self._city) for card in self._find_cards(arguments)])

    def _list(self, rows: list[str]) -> str:
        if not rows:
            return _error(UNKNOWN_PERSON)
        return f"{_error('OK')}{element('数量', str(len(rows)))}{self._time()}{''.join(rows)}"

    def _get_person(self, arguments: dict[str, str]) -> str:
        people = self._people.get(normalise_id_number(arguments["社会保障号码"]), [])
        person = next(
            (each for each in people if not arguments["姓名"] or is_same_name(each.name, arguments["姓名"])), None
        )
        if person is None:
            return _error(UNKNOWN_PERSON)
        values = (
            ("AAC001", person_number(person.number)),
            ("AAC002", person.id_number),
            ("AAC003", person.name),
            ("AAC004", SEX_CODES[person.sex]),
            ("AAC006", compact(person.birth_date)),
            ("AAC060", LIFE_CODES[person.life_status]),
        )
        return f"{_error('OK')}{self._time()}{''.join(element(tag, text) for tag, text in values)}"

    def _get_progress(self, arguments: dict[str, str]) -> str:
        card = self._cards.get(arguments["社保卡号"].strip())
        if card is None:
            return _error("卡号不存在")
        values = making_of(self._cards, card)
        return f"{_error('OK')}{self._time()}{''.join(element(tag, text) for tag, text in values)}"

    def _query_counter(self, arguments: dict[str, str]) -> str:
        people = self._people.get(normalise_id_number(arguments["社会保障号码"]), [])
        if not people:
            return _error(UNKNOWN_PERSON)
        counter = people[0].number % 7 + 1
        values = (
            ("领卡地", f"第{counter}服务网点"),
            ("领卡地址", f"迎宾大道{counter}号"),
            ("联系电话", f"0559-000000{counter}"),
        )
        return f"{_error('OK')}{''.join(element(tag, text) for tag, text in values)}"

    def _write(self, call: Call) -> str:
        """The text under ERR, behind it the number of an application that has been made."""
        number, id_number, name = (call.arguments[tag].strip() for tag in _WRITE_TAGS)
        card = self._cards.get(number)
        changes: Changes = ()
        if card is None:
            text = "卡号不存在"
        elif normalise_id_number(card.id_number) != normalise_id_number(id_number) or not is_same_name(card.name, name):
            text = "姓名与社会保障号码不符"
        elif call.operation == _APPLICATION:
            result, changes = self._cards.apply(card, call.arguments["申领类型"], call.arguments["领卡城市"])
            text = "已经有批次号" if result is CardResult.ALREADY else _RESULT_TEXTS[result]
        else:
            result, changes = self._cards.change(_WRITES[call.operation], card)
            text = _RESULT_TEXTS[result]
        effect = {"00": Effect.DONE, "01": Effect.ALREADY, "已经有批次号": Effect.ALREADY}.get(text, Effect.REFUSED)
        self.writes.append(Write(stamp(self._clock()), call.operation, number, "", effect), *changes)
        self._cards.keep(changes)
        receipts = [value.number for _, value in changes if isinstance(value, Application)]
        is_application = call.operation == _APPLICATION and receipts
        return _error(text) + (element("申请编号", receipts[0]) if is_application else "")

    def _time(self) -> str:
        return element("时间", f"{self._clock():%Y%m%d%H%M%S}")


_FIRST_TAGS = ("社保卡号", "社会保障号码")
_SECOND_TAGS = ("社会保障卡卡号", "社会保障号")


def _card_row(card: Card, city: str, tags: tuple[str, str], star: str) -> str:
    bank = card.bank
    return row(
        (
            (f"{tags[0]}{star}", card.number),
            (f"{tags[1]}{star}", card.id_number),
            (f"姓名{star}", card.name),
            (f"卡状态{star}", CARD_STATUS_CODES[card.social.status]),
            ("卡状态时间", compact(card.social.since)),
            ("临时挂失到期", _expiry(card.social)),
            ("银行代码", card.bank_code or ""),
            ("银行卡状态", "" if bank is None else BANK_STATUS_LETTERS[bank.status]),
            ("银行状态时间", "" if bank is None else compact(bank.since)),
            ("银行挂失到期", "" if bank is None else _expiry(bank)),
            ("发卡日期", compact(card.issued_on)),
            ("有效期", "99991231" if card.expires_on is None else compact(card.expires_on)),
            ("AAB301", city),
        )
    )


def _bank_row(card: Card, city: str) -> str:
    return row(
        (
            ("AAZ500", card.number),
            ("AAC002", card.id_number),
            ("AAC003", card.name),
            ("AAZ502", CARD_STATUS_CODES[card.social.status]),
            ("AAE008", card.bank_code or ""),
            ("AAB301", city),
        )
    )


def _expiry(function: CardFunction) -> str:
    return "" if function.expires_at is None else compact(function.expires_at)


def _error(text: str) -> str:
    return element("ERR", text)


def _envelope(operation: str, text: str) -> str:
    name = operation if operation in _POSITIONAL else "allDsjk"
    return (
        '<?xml version="1.0" encoding="GBK"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE_NAMESPACE}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
        f'<ns1:{name}Response soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
        f' xmlns:ns1="{NAMESPACE}"><{name}Return xsi:type="soapenc:string"'
        f' xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/">{escape(text)}</{name}Return>'
        f"</ns1:{name}Response></soapenv:Body></soapenv:Envelope>"
    )
