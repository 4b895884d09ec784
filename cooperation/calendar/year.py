"""One year's days off, read from a file and checked, or estimated where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec
import yaml
from msgspec import Struct

_SATURDAY = 5

# 元旦, 劳动节, 国庆节: those of the statutory holidays that have the same days every year.
_FIXED_DAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


class CalendarInvalid(ValueError):
    """A year's file cannot be used; the sentence names the file and what is wrong in it."""


class _YearFile(Struct, frozen=True, forbid_unknown_fields=True):
    holidays: dict[str, tuple[date, date]]
    worked_weekends: tuple[date, ...]
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """What one arrangement says, which may move days at the end of the year before too.

    Attributes:
    days_off: holidays, weekends in them included.
    worked_weekends: Saturdays and Sundays on which everybody works instead (调休).
    is_estimated: the state council's arrangement was not known when this was written.
    """

    days_off: frozenset[date]
    worked_weekends: frozenset[date]
    is_estimated: bool

    def is_working_day(self, day: date) -> bool:
        """Whether the bureaus work on this day."""
        if day in self.worked_weekends:
            return True
        return day.weekday() < _SATURDAY and day not in self.days_off


def packaged_years() -> dict[int, Year]:
    """The years whose files come with this package. Raises CalendarInvalid."""
    folder = files(__package__).joinpath("years")
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return {int(file.name.removesuffix(".yaml")): read_year(file) for file in found}


def read_year(file: Traversable) -> Year:
    """The year in a file named for it. Raises CalendarInvalid."""
    try:
        content = msgspec.convert(yaml.safe_load(file.read_text("utf-8")), _YearFile)
        year = int(file.name.removesuffix(".yaml"))
    except (yaml.YAMLError, msgspec.ValidationError, ValueError) as error:
        raise CalendarInvalid(f"{file.name} is no calendar of a year: {_first_line(error)}.") from error
    problems = tuple(_problems(content, year))
    if problems:
        raise CalendarInvalid(f"{file.name}: {' '.join(problems)}")
    days_off = (day for first, last in content.holidays.values() for day in _days(first, last))
    return Year(frozenset(days_off), frozenset(content.worked_weekends), content.estimated)


def estimated_year(year: int) -> Year:
    """A year nobody has written down: weekends, and the holidays whose days never change."""
    return Year(frozenset(date(year, month, day) for month, day in _FIXED_DAYS), frozenset(), is_estimated=True)


def _problems(content: _YearFile, year: int) -> Iterator[str]:
    for name, (first, last) in content.holidays.items():
        if first > last:
            yield f"{name} ends before it begins."
        if year not in (first.year, last.year) or not (_is_near(first, year) and _is_near(last, year)):
            yield f"{name} is not in {year}."
    for day in content.worked_weekends:
        if not _is_near(day, year):
            yield f"{day} is in worked_weekends and not in {year}."
        if day.weekday() < _SATURDAY:
            yield f"{day} is in worked_weekends and no weekend."
        if any(first <= day <= last for first, last in content.holidays.values()):
            yield f"{day} is both a holiday and in worked_weekends."


def _is_near(day: date, year: int) -> bool:
    """Whether a year's arrangement may name a day: one of its own, or of the months around it."""
    return date(year - 1, 12, 1) <= day <= date(year + 1, 1, 31)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
