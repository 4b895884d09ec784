"""One JSON line per request: what was asked by name, how it ended, how long it took. Never a value of anybody's.

    {"time": "2026-03-02T08:15:30.120Z", "event": "request", "requestId": "5f0c…", "operation": "JointView",
     "kind": "query", "status": 200, "milliseconds": 41.7, "errorCodes": [], "subgraphCalls": 7}

A subscription has its line when it is over: `"event": "subscription"`, with `"protocol": "websocket"`,
`"events": 12`, and how it ended, `"end": "client-gone"`; so does an answer in parts, which are its events.

Neither variables nor the document nor the query string of the URL are at hand here.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol

import orjson

from federation.gateway.errors import error_codes

_LOGGER = logging.getLogger("bureaugraph.gateway")

# A client chooses the operation's name, and may have put an id number in it.
_ID_NUMBER = re.compile(r"[0-9]{15,}[0-9Xx]*")


# A long subscription may meet every code there is, and subgraphs make up their own.
_MAX_CODES = 20


class StreamEnd(StrEnum):
    """How a subscription ended."""

    COMPLETE = "complete"
    FAILED = "failed"
    UNSUBSCRIBED = "unsubscribed"
    CLIENT_GONE = "client-gone"
    CLIENT_STUCK = "client-stuck"
    SERVER_STOPS = "server-stops"


class CountedResult(Protocol):
    """What is counted of a result in a stream."""

    @property
    def errors(self) -> tuple[Mapping[str, Any], ...]: ...

    @property
    def subgraph_calls(self) -> int: ...


@dataclass(slots=True)
class StreamRecord:
    """What is logged of a subscription besides."""

    protocol: str
    events: int = 0
    end: StreamEnd = StreamEnd.FAILED


@dataclass(slots=True)
class RequestRecord:
    """What is logged of one request; filled while it is answered."""

    request_id: str
    operation_name: str | None = None
    operation_kind: str | None = None
    status: int = 0
    milliseconds: float = 0.0
    error_codes: tuple[str, ...] = ()
    subgraph_calls: int = 0
    stream: StreamRecord | None = None

    def begin_stream(self, protocol: str) -> None:
        """A subscription begins to be answered."""
        self.status = 200
        self.stream = StreamRecord(protocol)

    def count_event(self, result: CountedResult) -> None:
        """An event was completed."""
        if self.stream is not None:
            self.stream.events += 1
        self.subgraph_calls += result.subgraph_calls
        if result.errors:
            self._add_codes(result.errors)

    def end_stream(self, end: StreamEnd, errors: Iterable[Mapping[str, Any]] = ()) -> None:
        """The subscription is over."""
        if self.stream is not None:
            self.stream.end = end
        self._add_codes(errors)

    def _add_codes(self, errors: Iterable[Mapping[str, Any]]) -> None:
        self.error_codes = tuple(dict.fromkeys((*self.error_codes, *error_codes(errors))))[:_MAX_CODES]


def log_request(record: RequestRecord) -> None:
    """Write the line of a finished request."""
    if not _LOGGER.isEnabledFor(logging.INFO):
        return
    stream = record.stream
    of_stream = {"protocol": stream.protocol, "events": stream.events, "end": stream.end} if stream is not None else {}
    _write(
        logging.INFO,
        {
            "event": "subscription" if stream is not None and record.operation_kind == "subscription" else "request",
            "requestId": record.request_id,
            "operation": record.operation_name and _ID_NUMBER.sub("…", record.operation_name),
            "kind": record.operation_kind,
            "status": record.status,
            "milliseconds": round(record.milliseconds, 1),
            "errorCodes": record.error_codes,
            "subgraphCalls": record.subgraph_calls,
            **of_stream,
        },
    )


def log_event(event: str, **fields: str | float | None) -> None:
    """Write a line about the gateway itself, e.g. its start."""
    _write(logging.INFO, {"event": event, **fields})


def log_defect(request_id: str, error: BaseException) -> None:
    """Write a line about a defect of ours: the exception's type and places, not its message, which may quote data."""
    places = _places(error.__traceback__)
    _write(logging.ERROR, {"event": "defect", "requestId": request_id, "exception": type(error).__name__, "at": places})


class LineFormatter(logging.Formatter):
    """Gives our lines as they are, and of other libraries' records where they come from.

    Their messages may hold anything, also before their arguments are put in: some libraries format first.
    """

    def format(self, record: logging.LogRecord) -> str:
        if record.name == _LOGGER.name:
            return record.getMessage()
        place = f"{record.pathname}:{record.lineno} {record.funcName}"
        fields: dict[str, object] = {
            "event": "log",
            "logger": record.name,
            "level": record.levelname,
            "loggedAt": place,
        }
        if record.exc_info and record.exc_info[0] is not None:
            fields |= {"exception": record.exc_info[0].__name__, "at": _places(record.exc_info[2])}
        return _line(fields)


def configure_logging() -> None:
    """Send everything that is logged to standard error, one JSON object per line."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _LOGGER.setLevel(logging.INFO)


def _write(level: int, fields: dict[str, object]) -> None:
    # A record made by hand does not look through the stack for its caller, which its line does not name.
    if _LOGGER.isEnabledFor(level):
        _LOGGER.handle(_LOGGER.makeRecord(_LOGGER.name, level, __file__, 0, _line(fields), (), None))


def _line(fields: dict[str, object]) -> str:
    time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return orjson.dumps({"time": time, **fields}).decode()


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
