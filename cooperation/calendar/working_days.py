"""Deadlines in working days.

A period counted in days begins on the day after the event, and ends with its last day: two working days from a
Friday end on Tuesday. (Civil procedure counts so; the agreement itself names no deadline.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from cooperation.calendar.year import Year, estimated_year, packaged_years

MAX_WORKING_DAYS = 500


@dataclass(frozen=True, slots=True)
class DueDay:
    """The last day of a period; `is_estimated` where a year on the way is not the state council's own."""

    day: date
    is_estimated: bool


class WorkingCalendar:
    """Counts working days over years that are known and years that are estimated."""

    __slots__ = ("_days_off", "_worked_weekends", "_years")

    def __init__(self, years: Mapping[int, Year]) -> None:
        self._years = dict(years)
        # A year's arrangement may move days of the one before: that of 2019 had 2018-12-29 worked for 2018-12-31.
        self._days_off = frozenset(day for year in years.values() for day in year.days_off)
        self._worked_weekends = frozenset(day for year in years.values() for day in year.worked_weekends)

    def is_working_day(self, day: date) -> bool:
        """Whether the bureaus work on this day."""
        if day in self._worked_weekends:
            return True
        return day not in self._days_off and self._year(day.year).is_working_day(day)

    def due_day(self, event: date, working_days: int) -> DueDay:
        """The last day of a period of `working_days` (1 to 500) after an event."""
        if not 1 <= working_days <= MAX_WORKING_DAYS:
            raise ValueError(f"A period has 1 to {MAX_WORKING_DAYS} working days.")
        day, left, is_estimated = event, working_days, False
        while left:
            day += timedelta(days=1)
            is_estimated |= self._year(day.year).is_estimated
            left -= self.is_working_day(day)
        return DueDay(day, is_estimated)

    def working_days_left(self, today: date, due: date) -> int:
        """How many working days remain after today, the last one included; negative by as many as it is overdue."""
        if due < today:
            return -self.working_days_left(due, today)
        return sum(self.is_working_day(today + timedelta(days=number)) for number in range(1, (due - today).days + 1))

    def _year(self, number: int) -> Year:
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = estimated_year(number)
        return year


@cache
def packaged_calendar() -> WorkingCalendar:
    """The calendar that comes with this package. Raises CalendarInvalid."""
    return WorkingCalendar(packaged_years())
