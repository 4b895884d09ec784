"""One JSON line per request: what was asked by name, how it ended, how long it took. Never a value of anybody's.

    {"time": "2026-03-02T08:15:30.120Z", "event": "request", "requestId": "5f0c…", "operation": "JointView",
     "kind": "query", "status": 200, "milliseconds": 41.7, "errorCodes": [], "subgraphCalls": 7}

Neither variables nor the document nor the query string of the URL are at hand here.
"""

from __future__ import annotations

import logging
import re
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType

import orjson

_LOGGER = logging.getLogger("bureaugraph.gateway")

# A client chooses the operation's name, and may have put an id number in it.
_ID_NUMBER = re.compile(r"[0-9]{15,}[0-9Xx]*")


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


def log_request(record: RequestRecord) -> None:
    """Write the line of a finished request."""
    if not _LOGGER.isEnabledFor(logging.INFO):
        return
    _write(
        logging.INFO,
        {
            "event": "request",
            "requestId": record.request_id,
            "operation": record.operation_name and _ID_NUMBER.sub("…", record.operation_name),
            "kind": record.operation_kind,
            "status": record.status,
            "milliseconds": round(record.milliseconds, 1),
            "errorCodes": record.error_codes,
            "subgraphCalls": record.subgraph_calls,
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
    _LOGGER.log(level, _line(fields))


def _line(fields: dict[str, object]) -> str:
    time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return orjson.dumps({"time": time, **fields}).decode()


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
