"""Keeps what is being asked of positions while the answer to one question needs that to another.

Which subgraphs can be entered at a position depends on which can be entered below it, where a nested key's fields are,
and above it, where its objects come from; keys can even lead through one another in a circle. The answers are the least
fixed point: whoever needs a question that is still open gets what has been found of it so far and *leans* on it; the
open question is then asked again until nothing new is found. What leaned is final only when the open question is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from federation.planner.sources import Position, Source

Question: TypeAlias = tuple[Position, Hashable]
"""What is asked of a position: of which type it can be entered, or where a field can be had with its requirements."""
MAX_ASKED_ALIKE = 2
"""How often one question may be open at positions that were read from the same subgraphs when it was asked."""


@dataclass(slots=True, eq=False)
class OpenQuestion:
    """A question being answered.

    Attributes:
        origins: from where the position was read when the question was asked.
        leans_on: the open questions, itself among them, of which it needed the answer.
    """

    question: Question
    origins: frozenset[Hashable]
    leans_on: set[Question] = field(default_factory=set)


class Questions:
    """The open questions of one search, and how far the answers that leaned on them went."""

    def __init__(self) -> None:
        self._open: dict[Question, OpenQuestion] = {}
        self._preliminary: dict[Question, tuple[int, set[Question]]] = {}

    @contextmanager
    def asking(self, question: Question) -> Iterator[OpenQuestion]:
        """Have a question open for a while."""
        opened = self._open[question] = OpenQuestion(question, _origins(question[0].outer_sources))
        try:
            yield opened
        finally:
            del self._open[question]
            # What leaned only on this question and on closed ones is final.
            self._lean(opened.leans_on & self._open.keys())

    def is_open(self, question: Question) -> bool:
        """True if it is being answered; whoever asks leans on it."""
        if question not in self._open:
            return False
        self._lean({question})
        return True

    def like(self, question: Question) -> Position | None:
        """Give another position of which the same is being asked, where objects are read from the same subgraphs."""
        position, asked = question
        for other, other_asked in self._open:
            if asked == other_asked and other is not position and _are_alike(position, other):
                self._lean({(other, other_asked)})
                return other
        return None

    def leads_to_itself(self, question: Question) -> bool:
        """True if it was asked again and again as it stands, each time one deeper, and each time more was found above.

        Then it waits until that has come down.
        """
        position, asked = question
        origins = _origins(position.outer_sources)
        same = {
            q for q, o in self._open.items() if q[1] == asked and q[0].types == position.types and o.origins == origins
        }
        if len(same) < MAX_ASKED_ALIKE:
            return False
        self._lean(same)
        return True

    def is_answered_so_far(self, question: Question, found: int) -> bool:
        """True if asking again would find nothing: no source was `found` since, and what it leaned on is open still."""
        known = self._preliminary.get(question)
        if known is None or known[0] != found or not known[1] <= self._open.keys():
            return False
        self._lean(known[1])
        return True

    def is_final(self, closed: OpenQuestion, found: int) -> bool:
        """True if a question just closed is answered for good, with `found` sources by now."""
        left = closed.leans_on & self._open.keys()
        if left:
            self._preliminary[closed.question] = (found, left)
        return not left

    def _lean(self, others: set[Question]) -> None:
        if others and self._open:
            next(reversed(self._open.values())).leans_on |= others


def _are_alike(position: Position, other: Position) -> bool:
    """True if all that can be found out at one can be found out at the other.

    That is so if `position` is read from all subgraphs that `other` is read from, and from none but those that are
    known to be entered there.
    """
    if position.types != other.types:
        return False
    return _origins(other.outer_sources) <= _origins(position.outer_sources) <= _origins(other.sources)


def later_by(position: Position, other: Position) -> int:
    """Say how many levels later than `other` a position that is like it can be read."""
    levels: dict[Hashable, int] = {}
    for source in other.sources:
        levels[_origin(source)] = min(source.level, levels.get(_origin(source), source.level))
    return max(0, *(source.level - levels[_origin(source)] for source in position.outer_sources))


def _origins(sources: Iterable[Source]) -> frozenset[Hashable]:
    return frozenset(map(_origin, sources))


def _origin(source: Source) -> Hashable:
    """Give what decides about a source's fields."""
    return source.schema.name, source.static.name, source.types, tuple(map(id, source.provided)), source.is_share
