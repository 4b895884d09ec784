"""Calls of the card service's universal operation: text with starred tags in, text with tags out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from lxml import etree

from legacy_adapters.errors import (
    AnswerMalformed,
    BusinessError,
    SystemBusy,
    SystemInMaintenance,
    SystemRefused,
)
from legacy_adapters.operations.writing import Answer, Values, Writer
from legacy_adapters.resilience import Guard, Operation, SystemHealth
from legacy_adapters.soap.answer import returned_text
from legacy_adapters.soap.description import ServiceDescription, load_description
from legacy_adapters.soap.endpoint import SoapEndpoint
from legacy_adapters.soap.starred_tags import Document, NotationMalformed, Tagged, read_tags, write_tags
from legacy_adapters.soap.xml import XmlMalformed
from legacy_adapters.system import LegacySystem

WSDL = Path(__file__).with_name("card_service.wsdl")

UNIVERSAL = "allDsjk"
PROGRESS = Operation("getAZ03")
_PROGRESS_PARAMETERS = tuple(f"in{place}" for place in range(6))
READ = "OK"
NOTHING_FOUND = frozenset({"身份证号不存在(或发卡城市不符)", "卡号不存在"})
"""ERR texts that are ordinary empty answers."""
LOGIN_REFUSED, CITY_REFUSED = "用户名或密码错误", "城市代码错误"
MAINTENANCE = "系统维护中"
BUSY = "系统繁忙"
MISSING_VALUE = "不能为空"
UNKNOWN_ERROR = "其他"
KNOWN_CODES = NOTHING_FOUND | {
    "00",
    "01",
    "操作不存在",
    "姓名与社会保障号码不符",
    "卡已注销",
    "卡未启用",
    "卡未挂失",
    "卡已挂失",
    "卡已锁定",
    "卡状态异常",
    "卡未制成",
    "已申请补卡",
    "已经有批次号",
    "数据交换失败",
}
"""Every other ERR that the service is known to give. A text outside may quote what it was asked: it is not told."""


class CardService:
    """The service behind its guard. Every call carries user and password in its text."""

    def __init__(self, system: LegacySystem, description: ServiceDescription) -> None:
        self._system = system
        # The service reads what GBK lacks as GB 18030; a character reference is read by any service.
        self._envelope = description.prepare(UNIVERSAL, ("in0",), encoding="gbk")
        self._progress = description.prepare(PROGRESS.name, _PROGRESS_PARAMETERS, encoding="gbk")
        self._endpoint = SoapEndpoint(system, "GBK")
        self._guard = Guard(system)

    async def rows(self, operation: Operation, *values: tuple[str, str]) -> tuple[Tagged, ...]:
        """The ROWs of a reading 操作, none where the service knows of nothing.

        Raises BusinessError with the ERR text as its code, SystemInMaintenance, SystemBusy, SystemRefused (login,
        city), AnswerMalformed and what guard and endpoint raise.
        """
        envelope = self._fill(operation.name, values)

        async def attempt() -> tuple[Tagged, ...]:
            return self._read(self._document(await self._endpoint.call(envelope)))

        return await self._guard.call(operation, attempt)

    async def progress(self, card_number: str, national_id: str) -> Document | None:
        """What getAZ03 tells of the newest application for this card; None where the service knows of nothing.

        Raises as `rows` does.
        """
        config = self._system.config
        envelope = self._progress.fill(
            config.username, config.password, card_number, national_id, "", self._system.city
        )

        async def attempt() -> Document | None:
            document = self._document(await self._endpoint.call(envelope))
            error = document.value("ERR")
            if error in NOTHING_FOUND:
                return None
            self._check(error)
            return document

        return await self._guard.call(PROGRESS, attempt)

    async def send(self, sending: Callable[[], None], operation: str, values: Values) -> Answer:
        """One attempt of a writing 操作, outside the guard: its code, and the number of an application.

        Raises SystemRefused (login, city), AnswerMalformed and what the endpoint raises.
        """
        envelope = self._fill(operation, [(tag, value) for tag, value in values if value is not None])
        document = self._document(await self._endpoint.call_once(envelope, sending))
        error = document.value("ERR")
        if error is None or error in (LOGIN_REFUSED, CITY_REFUSED):
            self._check(error)
        return Answer(_tellable(error), document.value("申请编号"))

    def writer(self) -> Writer:
        """Makes writes under the guard that the reads have too."""
        return Writer(self._system, self._guard)

    def health(self) -> SystemHealth:
        """How the service has fared."""
        return self._guard.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    def _fill(self, operation: str, values: Iterable[tuple[str, str]]) -> bytes:
        config = self._system.config
        text = write_tags(
            (
                ("操作*", operation),
                ("用户名*", config.username),
                ("密码*", config.password),
                ("所属城市*", self._system.city),
                *values,
            )
        )
        return self._envelope.fill(text)

    def _document(self, body: etree._Element) -> Document:
        try:
            return read_tags(returned_text(body))
        except (NotationMalformed, XmlMalformed) as error:
            raise self._system.error(AnswerMalformed, str(error)) from None

    def _read(self, document: Document) -> tuple[Tagged, ...]:
        error = document.value("ERR")
        if error in NOTHING_FOUND:
            return ()
        self._check(error)
        rows, count = document.all("ROW"), document.value("数量")
        if count is not None and count != str(len(rows)):
            raise self._system.error(AnswerMalformed, "the answer has not as many ROWs as it says")
        return rows

    def _check(self, error: str | None) -> None:
        if error == READ:
            return
        if error is None:
            raise self._system.error(AnswerMalformed, "the answer has no ERR")
        if error.startswith(MAINTENANCE):
            raise self._system.error(SystemInMaintenance, "the service says that it is closed", MAINTENANCE)
        if error.startswith(BUSY):
            raise self._system.error(SystemBusy, "the service says that it is busy", BUSY)
        if error == LOGIN_REFUSED:
            raise self._system.login_refused(f"the service answered {error}", error)
        if error == CITY_REFUSED:
            raise self._system.error(SystemRefused, f"the service answered {error}", error)
        code = _tellable(error)
        raise BusinessError(self._system.name, self._system.city, f"the service answered {code}", code)


def _tellable(error: str | None) -> str:
    if error is None:
        return UNKNOWN_ERROR
    for start in (MAINTENANCE, BUSY):
        if error.startswith(start):
            return start
    if error.endswith(MISSING_VALUE):
        return MISSING_VALUE
    return error if error in KNOWN_CODES else UNKNOWN_ERROR


async def open_service(system: LegacySystem) -> CardService:
    """The service of `system`, its description read from the package; no connection is made yet."""
    return CardService(system, await load_description(WSDL))
