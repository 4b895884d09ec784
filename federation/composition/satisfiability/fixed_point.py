"""Least fixed points of questions that ask one another, in circles too."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")


class FixedPoint(Generic[Question, Answer]):
    """Answers questions by an evaluation that may ask others while it runs, and only ever answers more for more.

    A question that is met for the first time has its least answer at first. Whoever read an answer that grows later is
    evaluated again, until nothing grows: so no answer depends on the order of questions, and none is worked out by
    recursion. What an evaluation raises goes to who asked from outside; nothing half-answered is remembered then.
    """

    def __init__(self, least: Callable[[Question], Answer], evaluate: Callable[[Question], Answer]) -> None:
        self._least = least
        self._evaluate = evaluate
        self._known: dict[Question, Answer] = {}
        self._growing: dict[Question, Answer] = {}
        # Dictionaries stand for sets, since their order is defined.
        self._readers: dict[Question, dict[Question, None]] = {}
        self._waiting: dict[Question, None] = {}
        self._current: Question | None = None

    def answer(self, question: Question) -> Answer:
        """Give the answer; within an evaluation, as much of it as is known yet."""
        if question in self._known:
            return self._known[question]
        if self._current is None:
            return self._solve(question)
        self._readers.setdefault(question, {})[self._current] = None
        if question not in self._growing:
            self._begin(question)
        return self._growing[question]

    def _begin(self, question: Question) -> None:
        self._growing[question] = self._least(question)
        self._waiting[question] = None

    def _solve(self, question: Question) -> Answer:
        try:
            self._begin(question)
            while self._waiting:
                self._grow(self._waiting.popitem()[0])  # the newest first: it is what the others wait for
            self._known |= self._growing
        finally:
            self._current = None
            self._growing, self._readers, self._waiting = {}, {}, {}
        return self._known[question]

    def _grow(self, question: Question) -> None:
        self._current = question
        answer = self._evaluate(question)
        if answer != self._growing[question]:
            self._growing[question] = answer
            self._waiting |= self._readers.get(question, {})
