"""Whether files have changed, told by polling: it works on every file system, and one `stat` a file costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

_Stamp: TypeAlias = tuple[tuple[Path, tuple[int, int, int] | None], ...]


class WatchedFiles:
    """Some files, which may come and go; `files` names them anew each time."""

    def __init__(self, files: Callable[[], Iterable[Path]]) -> None:
        self._files = files
        self._known = self._stamp()
        self._seen = self._known

    def have_changed(self) -> bool:
        """True once for each change, when it is over: a file that somebody still writes is waited for."""
        now = self._stamp()
        is_settled, self._seen = now == self._seen, now
        if now == self._known or not is_settled:
            return False
        self._known = now
        return True

    @property
    def is_settling(self) -> bool:
        """Whether a change was seen that `have_changed` has not told yet."""
        return self._seen != self._known

    def accept(self) -> None:
        """Take what there is now as known."""
        self._known = self._seen = self._stamp()

    def _stamp(self) -> _Stamp:
        return tuple((file, _state(file)) for file in dict.fromkeys(self._files()))


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
