"""Calls of the card service's universal operation: text with starred tags in, text with tags out."""

from __future__ import annotations

from pathlib import Path

from legacy_adapters.errors import (
    AnswerMalformed,
    BusinessError,
    SystemInMaintenance,
    SystemRefused,
)
from legacy_adapters.resilience import Guard, Operation, SystemHealth
from legacy_adapters.soap.answer import returned_text
from legacy_adapters.soap.description import ServiceDescription, load_description
from legacy_adapters.soap.endpoint import SoapEndpoint
from legacy_adapters.soap.starred_tags import Document, NotationMalformed, Tagged, read_tags, write_tags
from legacy_adapters.soap.xml import XmlMalformed
from legacy_adapters.system import LegacySystem

WSDL = Path(__file__).with_name("card_service.wsdl")

UNIVERSAL = "allDsjk"
READ = "OK"
NOTHING_FOUND = frozenset({"身份证号不存在(或发卡城市不符)", "卡号不存在"})
"""ERR texts that are ordinary empty answers."""
LOGIN_REFUSED, CITY_REFUSED = "用户名或密码错误", "城市代码错误"
MAINTENANCE = "系统维护中"

# Every other ERR text that the service is known to give. A text outside may quote what it was asked: it is not told.
_KNOWN_ERRORS = frozenset({"操作不存在", "姓名与社会保障号码不符", "卡已注销", "卡未启用", "卡未挂失", "数据交换失败"})
_UNKNOWN_ERROR = "其他"


class CardService:
    """The service behind its guard. Every call carries user and password in its text."""

    def __init__(self, system: LegacySystem, description: ServiceDescription) -> None:
        self._system = system
        # The service reads what GBK lacks as GB 18030; a character reference is read by any service.
        self._envelope = description.prepare(UNIVERSAL, ("in0",), encoding="gbk")
        self._endpoint = SoapEndpoint(system, "GBK")
        self._guard = Guard(system)

    async def rows(self, operation: Operation, *values: tuple[str, str]) -> tuple[Tagged, ...]:
        """The ROWs of a reading 操作, none where the service knows of nothing.

        Raises BusinessError with the ERR text as its code, SystemInMaintenance, SystemRefused (login, city),
        AnswerMalformed and what guard and endpoint raise.
        """
        config = self._system.config
        text = write_tags(
            (
                ("操作*", operation.name),
                ("用户名*", config.username),
                ("密码*", config.password),
                ("所属城市*", self._system.city),
                *values,
            )
        )
        envelope = self._envelope.fill(text)

        async def attempt() -> tuple[Tagged, ...]:
            body = await self._endpoint.call(envelope)
            try:
                return self._read(read_tags(returned_text(body)))
            except (NotationMalformed, XmlMalformed) as error:
                raise self._system.error(AnswerMalformed, str(error)) from None

        return await self._guard.call(operation, attempt)

    def health(self) -> SystemHealth:
        """How the service has fared."""
        return self._guard.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

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
            raise self._system.error(SystemInMaintenance, "the service says that it is closed")
        if error == LOGIN_REFUSED:
            raise self._system.login_refused(f"the service answered {error}")
        if error == CITY_REFUSED:
            raise self._system.error(SystemRefused, f"the service answered {error}")
        code = error if error in _KNOWN_ERRORS else _UNKNOWN_ERROR
        raise BusinessError(self._system.name, self._system.city, f"the service answered {code}", code)


async def open_service(system: LegacySystem) -> CardService:
    """The service of `system`, its description read from the package; no connection is made yet."""
    return CardService(system, await load_description(WSDL))
