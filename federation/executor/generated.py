"""Python functions made from generated source: the plan's hot loops without any interpretation per field.

Generated text contains only names this package chose and `repr`s of GraphQL names and constants; values of requests
never become source. That is what makes `exec` safe here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class SourceWriter:
    """Collects indented lines of Python."""

    __slots__ = ("_indent", "_lines")

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._indent = ""

    def line(self, text: str) -> None:
        """Add one line, or several of the same depth."""
        self._lines.extend(self._indent + line for line in text.split("\n"))

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add `head` and indent what is written inside."""
        self.line(head)
        outer, self._indent = self._indent, self._indent + " "
        yield
        self._indent = outer

    def text(self) -> str:
        return "\n".join(self._lines)


def build_functions(source: str, constants: Mapping[str, object], filename: str) -> dict[str, Any]:
    """Run generated `source`, in which `constants` are global, and give the functions it defines by name.

    `filename` names the source in tracebacks and profiles, e.g. `<projection>`.
    """
    scope: dict[str, Any] = dict(constants)
    exec(_compile(source, filename), scope)  # noqa: S102  # our own text, see the module's docstring
    return scope


@lru_cache(maxsize=512)
def _compile(source: str, filename: str) -> CodeType:
    # Plans represent the same entities by the same keys again and again, and compiling costs more than all the rest.
    return compile(source, filename, "exec")
