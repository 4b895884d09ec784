"""Deadlines in working days, by the state council's calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cooperation.calendar.working_days import DueDay, WorkingCalendar, packaged_calendar
from cooperation.calendar.year import CalendarInvalid, Year, packaged_years, read_year

CALENDAR = packaged_calendar()


@pytest.mark.parametrize(
    ("event", "working_days", "due"),
    [
        (date(2026, 11, 26), 2, date(2026, 11, 30)),  # Thursday: Friday, Monday
        (date(2026, 10, 30), 1, date(2026, 11, 2)),  # Friday: Monday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Saturday that is worked, before the spring festival
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # nine days off
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # national day
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # a Saturday that is worked, after it
        (date(2026, 10, 10), 1, date(2026, 10, 12)),
        (date(2025, 9, 26), 2, date(2025, 9, 29)),  # Sunday the 28th is worked
        (date(2025, 12, 30), 2, date(2026, 1, 4)),  # over the year's end: a Sunday that is worked
    ],
)
def test_a_period_ends_on_its_last_working_day(event: date, working_days: int, due: date) -> None:
    assert CALENDAR.due_day(event, working_days) == DueDay(due, is_estimated=False)


def test_a_period_that_enters_a_year_not_yet_arranged_is_estimated() -> None:
    assert CALENDAR.due_day(date(2026, 12, 30), 1) == DueDay(date(2026, 12, 31), is_estimated=False)
    assert CALENDAR.due_day(date(2026, 12, 30), 2) == DueDay(date(2027, 1, 4), is_estimated=True)


def test_a_year_without_a_file_is_estimated_from_weekends_and_fixed_holidays() -> None:
    calendar = WorkingCalendar({})
    assert calendar.due_day(date(2035, 9, 28), 1) == DueDay(date(2035, 10, 4), is_estimated=True)


def test_an_arrangement_moves_days_of_the_year_before_too(tmp_path: Path) -> None:
    """As that of 2019 did: it gave 2018-12-30 to 2019-01-01 off, and had Saturday 2018-12-29 worked."""
    file = tmp_path / "2019.yaml"
    file.write_text("holidays: {元旦: [2018-12-30, 2019-01-01]}\nworked_weekends: [2018-12-29]", "utf-8")
    own = Year(frozenset(), frozenset(), is_estimated=False)
    for years in ({2019: read_year(file)}, {2018: own, 2019: read_year(file)}):
        calendar = WorkingCalendar(years)
        assert calendar.is_working_day(date(2018, 12, 29))
        assert not calendar.is_working_day(date(2018, 12, 31))
        assert calendar.due_day(date(2018, 12, 28), 2) == DueDay(date(2019, 1, 2), is_estimated=2018 not in years)


def test_no_packaged_year_has_a_day_off_that_another_has_worked() -> None:
    years = packaged_years().values()
    days_off = {day for year in years for day in year.days_off}
    assert not [day for year in years for day in year.worked_weekends if day in days_off]


def test_days_left_are_counted_in_working_days_and_negative_when_overdue() -> None:
    friday, monday = date(2026, 10, 30), date(2026, 11, 2)
    assert CALENDAR.working_days_left(friday, monday) == 1
    assert CALENDAR.working_days_left(monday, monday) == 0
    assert CALENDAR.working_days_left(monday, friday) == -1


@pytest.mark.parametrize("working_days", [0, -1, 501])
def test_a_period_has_a_length(working_days: int) -> None:
    with pytest.raises(ValueError, match="1 to 500"):
        CALENDAR.due_day(date(2026, 1, 5), working_days)


def test_arranged_years_give_as_many_working_days_as_the_law() -> None:
    """All days less the weekends' less 13 holidays (11 before 2025): what is moved is neither more nor less."""
    for number, year in packaged_years().items():
        if year.is_estimated:
            continue
        days = [date.fromordinal(n) for n in range(date(number, 1, 1).toordinal(), date(number + 1, 1, 1).toordinal())]
        weekends = sum(day.weekday() >= 5 for day in days)
        worked = sum(map(year.is_working_day, days))
        assert len(days) - weekends - worked == (13 if number >= 2025 else 11), number


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("holidays: {春节: [2026-02-23, 2026-02-15]}\nworked_weekends: []", "ends before it begins"),
        ("holidays: {春节: [2025-02-15, 2025-02-23]}\nworked_weekends: []", "is not in 2026"),
        ("holidays: {元旦: [2026-12-31, 2028-01-01]}\nworked_weekends: []", "is not in 2026"),
        ("holidays: {}\nworked_weekends: [2026-02-16]", "no weekend"),
        ("holidays: {}\nworked_weekends: [2027-02-14]", "worked_weekends and not in 2026"),
        ("holidays: {春节: [2026-02-14, 2026-02-23]}\nworked_weekends: [2026-02-14]", "both"),
        ("holidays: {}\nworked_weekends: []\nyear: 2026", "unknown field"),
        ("holidays: [", "no calendar"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, content: str, problem: str) -> None:
    file = tmp_path / "2026.yaml"
    file.write_text(content, "utf-8")
    with pytest.raises(CalendarInvalid, match=rf"^2026.yaml.*{problem}"):
        read_year(file)
