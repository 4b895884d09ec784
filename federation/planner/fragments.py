"""The selection sets of one fetch, each kept once, so that what is repeated can be written as a fragment.

{users{name{first last title}} admins{name{first last title}}}
→   {users{name{...f0}} admins{name{...f0}}} fragment f0 on Name{first last title}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Text: TypeAlias = tuple[str | int, ...]
"""Text in which a number stands for a selection set, without its braces."""


class SelectionSets:
    """The selection sets written for one fetch.

    Attributes:
        variables: the client's variables that are used in them.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, Text], int] = {}
        self.variables: set[str] = set()

    def add(self, type_name: str, text: Text) -> int:
        """Give the number of a selection set on a type; equal ones have one number, greater than those inside."""
        return self._known.setdefault((type_name, text), len(self._known))

    def length(self, text: Text) -> int:
        """Count the characters of the text with everything written out."""
        return _length(text, self._lengths())

    def write(self, text: Text) -> str:
        """Give the text with everything written out."""
        inner: list[str] = []
        for _, selection in self._known:
            inner.append(_filled(selection, inner))
        return _filled(text, inner)

    def write_with_fragments(self, text: Text) -> tuple[str, str]:
        """Give the text, and the fragments it uses: a definition for what repeats, where that is shorter."""
        known = list(self._known)
        names = _Naming(known, self._worth_a_fragment(text)).named(text)
        written: list[str] = []
        for number, (_, selection) in enumerate(known):
            own = _filled(selection, [f"...{names[n]}" if n in names else written[n] for n in range(number)])
            written.append(own)
        spread = [f"...{names[n]}" if n in names else written[n] for n in range(len(known))]
        definitions = (f"fragment {name} on {known[n][0]}{{{written[n]}}}" for n, name in names.items())
        return _filled(text, spread), " ".join(definitions)

    def _worth_a_fragment(self, text: Text) -> set[int]:
        """Choose from the outside in: what repeats as a whole is one fragment, its parts then occur once."""
        known, lengths = list(self._known), self._lengths()
        occurrences = [0] * len(known)
        _count(text, 1, occurrences)
        chosen = set()
        for number in reversed(range(len(known))):
            type_name, selection = known[number]
            count, length = occurrences[number], lengths[number]
            definition = len(f" fragment f00 on {type_name}{{}}") + length
            if count > 1 and definition + count * len("...f00") < count * length:
                chosen.add(number)
                count = 1
            _count(selection, count, occurrences)
        return chosen

    def _lengths(self) -> list[int]:
        lengths: list[int] = []
        for _, selection in self._known:
            lengths.append(_length(selection, lengths))
        return lengths


class _Naming:
    """Names fragments in the order in which they first appear."""

    def __init__(self, known: list[tuple[str, Text]], chosen: set[int]) -> None:
        self._known = known
        self._chosen = chosen
        self._names: dict[int, str] = {}

    def named(self, text: Text) -> dict[int, str]:
        self._visit(text)
        return self._names

    def _visit(self, text: Text) -> None:
        for part in text:
            if isinstance(part, int) and part not in self._names:
                if part in self._chosen:
                    self._names[part] = f"f{len(self._names)}"
                self._visit(self._known[part][1])


def joined(texts: Iterable[Text]) -> Text:
    """Give several texts as one, with spaces between."""
    found: list[str | int] = []
    for text in texts:
        if found:
            found.append(" ")
        found.extend(text)
    return tuple(found)


def _filled(text: Text, selections: list[str]) -> str:
    return "".join([selections[part] if isinstance(part, int) else part for part in text])


def _length(text: Text, lengths: list[int]) -> int:
    return sum(lengths[part] if isinstance(part, int) else len(part) for part in text)


def _count(text: Text, times: int, occurrences: list[int]) -> None:
    for part in text:
        if isinstance(part, int):
            occurrences[part] += times
