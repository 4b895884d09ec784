"""Filters as arguments: null, or left out, is none; an empty list lets nothing through, an empty text is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

import strawberry

from cooperation.states.machines import MACHINES
from subgraphs.cooperation.context import CooperationContext
from subgraphs.shared.errors import UserInputError

T = TypeVar("T")

_CITY = re.compile(r"[0-9]{6}", re.ASCII)
_STATES = frozenset(state.name for machine in MACHINES.values() for state in machine.states)


def text_filter(name: str, given: str | None) -> str | None:
    """What a text has to be; None for anything. Raises UserInputError."""
    if given is None or given is strawberry.UNSET:
        return None
    return _checked(name, given)


def texts_filter(name: str, given: Iterable[str] | None) -> tuple[str, ...] | None:
    """One of which a text has to be; None for anything. Raises UserInputError."""
    texts = list_filter(given)
    return None if texts is None else tuple(_checked(name, text) for text in texts)


def city_filter(name: str, given: str | None) -> str | None:
    """Which city it has to be of; None for any. One that takes no part (any more) has a code, too.

    Raises UserInputError: who has mistyped a code would else take it that there is nothing.
    """
    code = text_filter(name, given)
    return None if code is None else _city(name, code)


def cities_filter(name: str, given: Iterable[str] | None) -> tuple[str, ...] | None:
    """Of one of which it has to be; None for any. Raises UserInputError."""
    codes = list_filter(given)
    return None if codes is None else tuple(_city(name, code) for code in codes)


def states_filter(name: str, given: Iterable[str] | None) -> tuple[str, ...] | None:
    """In one of which it has to be; None for any. Raises UserInputError."""
    states = list_filter(given)
    if states is None or _STATES.issuperset(states):
        return states
    raise UserInputError(f"{name} must be names of states as stateMachines tells them.")


def list_filter(given: Iterable[T] | None) -> tuple[T, ...] | None:
    """One of which it has to be; None for anything."""
    return None if given is None or given is strawberry.UNSET else tuple(given)


def optional(given: T | None) -> T | None:
    """What was given; None where it was left out."""
    return None if given is strawberry.UNSET else given


def person_filter(context: CooperationContext, name: str, given: str | None) -> tuple[str, ...] | None:
    """One of which the person's id has to be: the same person's under every platform key. Raises UserInputError."""
    person_id = text_filter(name, given)
    return None if person_id is None else context.person_ids(person_id)


def people_filter(context: CooperationContext, name: str, given: Iterable[str] | None) -> tuple[str, ...] | None:
    """The same of one of several people."""
    people = texts_filter(name, given)
    return None if people is None else tuple(one for person in people for one in context.person_ids(person))


def _city(name: str, code: str) -> str:
    if not _CITY.fullmatch(code):
        raise UserInputError(f"{name} must be codes of GB/T 2260, six digits each, as 330100.")
    return code


def _checked(name: str, text: str) -> str:
    """The text, if it may be one of a filter. No database takes every character as a parameter."""
    if not text or not text.isprintable():
        raise UserInputError(f"{name} must be printable and not empty; it may be left out.")
    return text
