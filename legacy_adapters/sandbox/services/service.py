"""What a SOAP service is to the host that runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from legacy_adapters.sandbox.services.write_log import WriteLog


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read but not yet answered: the operation, and its arguments by name."""

    operation: str
    arguments: dict[str, str]


class SoapFaultError(Exception):
    """What is answered with a SOAP Fault and HTTP status 500: the envelope is not what the WSDL says."""


class SoapService(Protocol):
    """One legacy SOAP service: reads requests, answers them, and can say no in its own ways."""

    @property
    def name(self) -> str:
        """The system's name."""

    @property
    def path(self) -> str:
        """Where it is served."""

    @property
    def wsdl(self) -> bytes:
        """Its description."""

    @property
    def charset(self) -> str:
        """What header and declaration of its answers say."""

    @property
    def encoding(self) -> str:
        """What the bytes of its answers really are, as a Python codec."""

    @property
    def writes(self) -> WriteLog:
        """What it has written since it was started."""

    def read(self, body: bytes, charset: str | None) -> Call:
        """Read a request. Raises SoapFaultError."""

    def answer(self, call: Call) -> str:
        """The whole envelope; writes have had their effect. Raises SoapFaultError."""

    def business_error(self, call: Call, text: str | None) -> str:
        """The envelope that refuses with a code of its own."""

    def maintenance(self, call: Call) -> str:
        """The envelope that says it is closed."""

    def busy(self, call: Call) -> str:
        """The envelope that says it is asked too much at once."""

    def expired_token(self, call: Call) -> str:
        """The envelope that no longer accepts who asks; a token that it carries is dropped."""
