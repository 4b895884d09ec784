"""Libraries that log values keep them to themselves, whatever level the process logs at."""

from __future__ import annotations

import logging


class _Threshold(logging.Filter):
    """Lets records of at least `level` pass. A filter, because whoever configures logging resets levels."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self._level = level

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= self._level


def quieten(logger: str, level: int = logging.WARNING) -> None:
    """Drop every record of `logger` below `level`. Doing it twice is the same as doing it once."""
    filters = logging.getLogger(logger).filters
    if not any(isinstance(each, _Threshold) for each in filters):
        filters.append(_Threshold(level))
