"""The contracts' scalars. In Python each is text that an adapter or this module has checked already.

Source: the scalars' descriptions in `schema/subgraphs/*.graphql`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

Date = NewType("Date", str)
"""A calendar day, ISO 8601."""

DateTime = NewType("DateTime", str)
"""A moment with its offset, ISO 8601."""

Decimal = NewType("Decimal", str)
"""A decimal number as text, never rounded."""

YearMonth = NewType("YearMonth", str)
"""A month, ISO 8601."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
# Every moment between them is one in every time zone.
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def text(value: object) -> str:
    """What a scalar's value is on the wire: itself. Anything but text is a mistake of ours."""
    if isinstance(value, str):
        return value
    raise TypeError("A value of this scalar must be text.")


def parse_date(value: object) -> str:
    """Check a day that a client gave. The error says what is wanted, never what was given."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        return _checked(value, date.fromisoformat, "A Date must be a possible day, e.g. 2026-10-31.")
    raise ValueError("A Date must be text of the form YYYY-MM-DD.")


def parse_date_time(value: object) -> str:
    """Check a moment that a client gave: one of the years 1 to 9999 in any city's time."""
    if not isinstance(value, str):
        raise ValueError("A DateTime must be text.")  # noqa: TRY004  (GraphQL knows bad values, not bad types)
    return _checked(value, _moment, "A DateTime must be ISO 8601 with an offset, of the years 1 to 9999.")


def parse_decimal(value: object) -> str:
    """Check a decimal number that a client gave."""
    return _matching(_DECIMAL, value, 'A Decimal must be digits in a string, e.g. "3215.40".')


def parse_year_month(value: object) -> str:
    """Check a month that a client gave."""
    return _matching(_MONTH, value, "A YearMonth must be text of the form YYYY-MM.")


def optional_date(value: str | None) -> Date | None:
    """A record's day as the contract's scalar."""
    return None if value is None else Date(value)


def optional_date_time(value: str | None) -> DateTime | None:
    """A record's moment as the contract's scalar."""
    return None if value is None else DateTime(value)


def _matching(pattern: re.Pattern[str], value: object, message: str) -> str:
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    raise ValueError(message)


def _checked(value: str, parse: Callable[[str], object], message: str) -> str:
    try:
        parse(value)
    except ValueError:
        raise ValueError(message) from None
    return value


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("no moment everywhere")
    return moment


def _scalar(name: str, parse: Callable[[object], str]) -> ScalarDefinition:
    return strawberry.scalar(name=name, serialize=text, parse_value=parse)


SCALARS: Mapping[object, ScalarDefinition] = {
    Date: _scalar("Date", parse_date),
    DateTime: _scalar("DateTime", parse_date_time),
    Decimal: _scalar("Decimal", parse_decimal),
    YearMonth: _scalar("YearMonth", parse_year_month),
}
