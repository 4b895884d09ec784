"""A SOAP service on a port: WSDL, call counts, faults."""

from __future__ import annotations

import asyncio
import contextlib
from random import Random
from typing import assert_never

from starlette.types import Receive, Scope, Send

from legacy_adapters.clock import Clock
from legacy_adapters.closing_hours import closed_until
from legacy_adapters.sandbox.calls import CallBook, CallCounts
from legacy_adapters.sandbox.faults import Fault, FaultKind
from legacy_adapters.sandbox.listener import Listener
from legacy_adapters.sandbox.services.envelope import fault_envelope
from legacy_adapters.sandbox.services.http import Reply, header, read_request_body, send_reply
from legacy_adapters.sandbox.services.service import Call, SoapFaultError, SoapService
from legacy_adapters.sandbox.services.write_log import WriteEntry

_HTML_PAGE = "<html><head><title>提示</title></head><body><h1>系统维护中</h1></body></html>"
_JAVA_FAULT = "java.sql.SQLException: ORA-01034: ORACLE not available"
_PROBE_SECONDS = 1.0
_OTHER_CHARSETS = {"utf-8": "gb18030", "gb18030": "utf-8"}


class ServiceHost:
    """One running SOAP service."""

    def __init__(self, service: SoapService, host: str, port: int, clock: Clock) -> None:
        self._service = service
        self._clock = clock
        self._host = host
        self._listener = Listener(self._handle, service.name, host, port)
        self._book = CallBook()
        self._random = Random(0)  # noqa: S311  (latency)
        self._fault: Fault | None = None
        self._left: int | None = None
        self._cleared = asyncio.Event()

    @property
    def name(self) -> str:
        """The system's name."""
        return self._service.name

    @property
    def location(self) -> str:
        """Its URL."""
        return f"http://{self._host}:{self._listener.port}{self._service.path}"

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it now."""
        return self._fault

    async def start(self) -> None:
        """Listen. Raises PortTaken."""
        await self._listener.open()

    async def set_fault(self, fault: Fault | None) -> None:
        """Replace the present fault; calls that hang in it are let go. Refusing without a count closes the port."""
        self._cleared.set()
        self._cleared = asyncio.Event()
        self._fault = fault
        self._left = None if fault is None else fault.count
        if fault is not None and fault.kind is FaultKind.REFUSE and fault.count is None and not fault.effect_done:
            await self._listener.refuse()
        else:
            await self._listener.open()

    async def probe(self) -> None:
        """Fetch the WSDL over the port."""
        async with asyncio.timeout(_PROBE_SECONDS):
            reader, writer = await asyncio.open_connection(self._host, self._listener.port)
            try:
                writer.write(f"GET {self._service.path}?wsdl HTTP/1.0\r\n\r\n".encode())
                status = await reader.readline()
            finally:
                writer.close()
        if b" 200 " not in status:
            raise ConnectionError(f"{self.name} answers {status.decode(errors='replace').strip()}")

    def calls(self) -> CallCounts:
        """What was asked of it."""
        return self._book.counts()

    def reset_calls(self) -> None:
        """Count from nothing."""
        self._book.reset()

    def written(self) -> list[WriteEntry]:
        """What it has written."""
        return self._service.writes.entries

    async def close(self) -> None:
        """Let hanging calls go and close the port."""
        self._cleared.set()
        self._fault = None
        await self._listener.close()

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != self._service.path:
            return await send_reply(send, Reply(404, "text/plain", b"not found"))
        if scope["method"] != "POST":
            return await send_reply(send, self._describe(scope["query_string"]))
        body = await read_request_body(receive)
        reply = await self._serve(scope, receive, body)
        if reply is None:
            self._listener.reset(scope)
            # The transport tells uvicorn on the loop's next turn that the connection is gone.
            await asyncio.sleep(0)
            return None
        return await send_reply(send, reply)

    def _describe(self, query: bytes) -> Reply:
        if query.lower() != b"wsdl":
            return Reply(405, "text/plain", b"POST a SOAP 1.1 envelope, or GET ?wsdl")
        start = self._service.wsdl.index(b'location="http://127.0.0.1:') + len(b'location="')
        end = self._service.wsdl.index(b'"', start)
        wsdl = self._service.wsdl[:start] + self.location.encode() + self._service.wsdl[end:]
        return Reply(200, "text/xml; charset=UTF-8", wsdl)

    async def _serve(self, scope: Scope, receive: Receive, body: bytes) -> Reply | None:
        """The answer to one call, or None when the connection is to be reset instead."""
        try:
            call = self._service.read(body, _charset(scope))
        except SoapFaultError as error:
            return self._soap_fault(str(error))
        with self._book.running(call.operation):
            fault = self._take_fault(call.operation)
            if fault is None:
                return self._answer(call)
            return await self._answer_badly(call, fault, receive)

    def _take_fault(self, operation: str) -> Fault | None:
        fault = self._fault
        if fault is None or (fault.operations and operation not in fault.operations) or not self._applies(fault):
            return None
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self._fault = None
        return fault

    def _applies(self, fault: Fault) -> bool:
        if fault.hours is not None:
            return closed_until((fault.hours,), self._clock()) is not None
        return fault.kind is not FaultKind.BUSY or self._book.now > fault.at_once

    def _answer(self, call: Call) -> Reply:
        try:
            return self._envelope(self._service.answer(call), self._service.encoding)
        except SoapFaultError as error:
            return self._soap_fault(str(error))

    async def _answer_badly(self, call: Call, fault: Fault, receive: Receive) -> Reply | None:
        match fault.kind:
            case FaultKind.LATENCY | FaultKind.HANG | FaultKind.REFUSE:
                return await self._answer_late_or_never(call, fault, receive)
            case FaultKind.HTML:
                return Reply(200, "text/html; charset=UTF-8", _HTML_PAGE.encode())
            case FaultKind.SOAP_FAULT:
                return self._soap_fault(fault.text or _JAVA_FAULT)
            case FaultKind.WRONG_CHARSET:
                return self._envelope(self._service.answer(call), _OTHER_CHARSETS[self._service.encoding])
            case FaultKind.BUSINESS_ERROR:
                envelope = self._service.business_error(call, fault.text)
            case FaultKind.EXPIRED_TOKEN:
                # A login gives a token as ever; it is the token's use that fails.
                envelope = (
                    self._service.answer(call) if call.operation == "login" else self._service.expired_token(call)
                )
            case FaultKind.MAINTENANCE:
                envelope = self._service.maintenance(call)
            case FaultKind.BUSY:
                envelope = self._service.busy(call)
            case FaultKind.DOUBLED:
                # The second delivery's answer is lost.
                envelope = self._service.answer(call)
                self._service.answer(call)
            case _:
                assert_never(fault.kind)
        return self._envelope(envelope, self._service.encoding)

    async def _answer_late_or_never(self, call: Call, fault: Fault, receive: Receive) -> Reply | None:
        reply = self._answer(call) if fault.effect_done else None
        if fault.kind is FaultKind.REFUSE:
            return None
        if fault.kind is FaultKind.LATENCY:
            await asyncio.sleep(fault.delay_seconds(self._random))
            return reply or self._answer(call)
        await self._hang(receive)
        return None

    async def _hang(self, receive: Receive) -> None:
        """Wait until the fault is cleared or the client gives up."""
        waits = [asyncio.create_task(self._cleared.wait()), asyncio.ensure_future(_disconnected(receive))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await wait

    def _envelope(self, envelope: str, encoding: str) -> Reply:
        return Reply(200, f"text/xml; charset={self._service.charset}", envelope.encode(encoding))

    def _soap_fault(self, text: str) -> Reply:
        envelope = fault_envelope(self._service.charset, text)
        return Reply(500, f"text/xml; charset={self._service.charset}", envelope.encode(self._service.encoding))


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _charset(scope: Scope) -> str | None:
    _, _, charset = header(scope, b"content-type").partition("charset=")
    return charset.split(";")[0].strip() or None
