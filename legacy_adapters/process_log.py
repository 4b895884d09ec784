"""The log of a process that handles citizens' data: our own words, and of all others who spoke and where.

In: every record of every logger, and what the event loop reports. Out: lines on standard error. Messages of libraries
and of asyncio quote arguments and whole exceptions, so they are left out; our own never hold a value of anybody's.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from types import TracebackType
from typing import Any

OWN_LOGGERS = "bureaugraph"
"""Loggers of this name and below it are ours."""

_LOG = logging.getLogger(f"{OWN_LOGGERS}.process")


class PrivateFormatter(logging.Formatter):
    """One line per record: a message only if it is ours, of an exception its class and the places it passed."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s")

    def format(self, record: logging.LogRecord) -> str:
        pieces = [f"{self.formatTime(record, self.datefmt)} {record.levelname} {record.name}"]
        if record.name.partition(".")[0] == OWN_LOGGERS:
            pieces.append(record.getMessage())
        if record.exc_info and record.exc_info[0] is not None:
            pieces.append(f"{record.exc_info[0].__name__}{_places(record.exc_info[2])}")
        return " ".join(pieces)


def configure_logging() -> None:
    """Send warnings and worse to standard error in the form of `PrivateFormatter`."""
    handler = logging.StreamHandler()
    handler.setFormatter(PrivateFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def report_loop_error(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An event loop's exception handler: what no request took note of, without words that may quote its data."""
    error = context.get("exception")
    _LOG.error("The event loop met an error%s", f": {describe_defect(error)}" if error is not None else "")


def describe_defect(error: BaseException) -> str:
    """The class of an exception and the places it passed; its own text may hold a citizen's data."""
    return f"{type(error).__name__}{_places(error.__traceback__)}"


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return " at " + ", ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames) if frames else ""
