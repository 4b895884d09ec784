"""What can go wrong with a legacy system.

AdapterError                      (code, system, city, retryable; the message never holds a citizen's data)
├── SystemTimeout                 LEGACY_SYSTEM_TIMEOUT        no answer in time
├── SystemUnavailable             LEGACY_SYSTEM_UNAVAILABLE    refused, broken off, HTML page, SOAP Fault, no service
│   ├── SystemInMaintenance       LEGACY_SYSTEM_MAINTENANCE    closed for the night or for the month's end
│   └── SystemBusy                LEGACY_SYSTEM_BUSY           turned away: too many requests at once
├── CircuitOpen                   LEGACY_SYSTEM_CIRCUIT_OPEN   not asked: it failed too often just now
├── SystemRefused                 LEGACY_SYSTEM_REFUSED        credentials or rights refused
├── AnswerMalformed               LEGACY_ANSWER_MALFORMED      the answer is not what the system promises
├── PositionInvalid               LEGACY_POSITION_INVALID      `after` is no position that the list gave
└── BusinessError                 LEGACY_BUSINESS_ERROR        the system says no, with a code of its own
"""

from __future__ import annotations

from typing import ClassVar


class AdapterError(Exception):
    """A legacy system did not give what was asked; `reason` is plain words without a citizen's data.

    `raw_code` is the system's own code, where it gave one that holds no data of anybody. `unavailable_since` is
    filled in by the system's guard: since when this process has asked it again and again and had no answer, ISO 8601
    with its offset. It begins anew where nobody asked for a while (`resilience.UNASKED_SECONDS`).
    """

    code: ClassVar[str] = "LEGACY_SYSTEM_ERROR"
    retryable: ClassVar[bool] = False
    source_status: ClassVar[str] = "unavailable"

    def __init__(self, system: str, city: str, reason: str, raw_code: str | None = None) -> None:
        super().__init__(f"{system} ({city}): {reason}")
        self.system = system
        self.city = city
        self.reason = reason
        self.raw_code = raw_code
        self.unavailable_since: str | None = None


class SystemTimeout(AdapterError):
    """No answer in time."""

    code = "LEGACY_SYSTEM_TIMEOUT"
    retryable = True
    source_status = "timeout"


class SystemUnavailable(AdapterError):
    """The system cannot be reached or does not work."""

    code = "LEGACY_SYSTEM_UNAVAILABLE"
    retryable = True


class SystemInMaintenance(SystemUnavailable):
    """The system says that it is closed.

    `closed_until` is filled in by the system's guard: when its declared closing hours end, ISO 8601 with its offset;
    None outside of them, for no system says it itself.
    """

    code = "LEGACY_SYSTEM_MAINTENANCE"

    def __init__(self, system: str, city: str, reason: str, raw_code: str | None = None) -> None:
        super().__init__(system, city, reason, raw_code)
        self.closed_until: str | None = None


class SystemBusy(SystemUnavailable):
    """The system turned the request away: it has too many at once."""

    code = "LEGACY_SYSTEM_BUSY"


class CircuitOpen(AdapterError):
    """The system failed too often just now and is not asked until its pause is over."""

    code = "LEGACY_SYSTEM_CIRCUIT_OPEN"
    retryable = True


class SystemRefused(AdapterError):
    """The system does not accept our credentials, or not for this."""

    code = "LEGACY_SYSTEM_REFUSED"
    source_status = "refused"

    def __init__(
        self, system: str, city: str, reason: str, raw_code: str | None = None, *, is_login: bool = False
    ) -> None:
        super().__init__(system, city, reason, raw_code)
        self.is_login = is_login
        """The credentials themselves were refused: asked again and again, a system locks the account."""


class AnswerMalformed(AdapterError):
    """The answer cannot be read as what the system promises."""

    code = "LEGACY_ANSWER_MALFORMED"


class PositionInvalid(AdapterError):
    """A list was asked to go on behind a position that it never gave."""

    code = "LEGACY_POSITION_INVALID"
    source_status = "refused"


class BusinessError(AdapterError):
    """The system refused the request with a code of its own, told as `businessCode`."""

    code = "LEGACY_BUSINESS_ERROR"
    source_status = "refused"

    def __init__(self, system: str, city: str, reason: str, business_code: str) -> None:
        super().__init__(system, city, reason, business_code)
        self.business_code = business_code
