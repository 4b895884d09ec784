"""Reads an event stream from its bytes.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One event; its data's lines joined by line feeds."""

    name: str
    data: str


class EventTooLarge(Exception):
    """An event is larger than the limit."""


class SseReader:
    """Takes bytes as they come, gives the events that are complete. Comments, ids and retry times are skipped."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._rest = b""
        self._ends_with_cr = False
        self._name = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[SseEvent]:
        """Give the events that `chunk` completes. Raises EventTooLarge."""
        ended_with_cr, self._ends_with_cr = self._ends_with_cr, chunk.endswith(b"\r")
        if ended_with_cr:
            chunk = chunk.removeprefix(b"\n")
        *lines, self._rest = (self._rest + chunk).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        if len(self._rest) + self._size > self._max_bytes:
            raise EventTooLarge
        for line in lines:
            if event := self._take(line):
                yield event

    def _take(self, line: bytes) -> SseEvent | None:
        """Read one line; an empty one ends the event."""
        if not line:
            event = SseEvent(self._name or "message", "\n".join(self._data)) if self._data or self._name else None
            self._name, self._data, self._size = "", [], 0
            return event
        self._size += len(line)
        if self._size > self._max_bytes:
            raise EventTooLarge
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
        return None
