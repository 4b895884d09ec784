"""Days, months and moments however they are written."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from legacy_adapters.dates import (
    compact_day,
    day_of,
    dotted_day,
    read_day,
    read_end_day,
    read_moment,
    read_month,
    read_month_start,
)


@pytest.mark.parametrize(
    "written",
    [
        "19580512",
        "1958-05-12",
        "1958.05.12",
        "1958/05/12",
        "1958年05月12日",
        " 19580512 ",
        "19580512093000",
        "1958-05-12 14:30",
        19580512,
    ],
)
def test_a_day_has_one_form(written):
    assert read_day(written) == "1958-05-12"


@pytest.mark.parametrize(
    "written", [None, "", "00000000", "19000101", "99991231", "19900229", "1990", "abc", 0, "195805123"]
)
def test_unknown_open_and_impossible_days_are_none(written):
    assert read_day(written) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [("202602", "2026-02-28"), (202402, "2024-02-29"), ("2026-12", "2026-12-31"), ("20261015", "2026-10-15")],
)
def test_something_ended_with_the_last_day_of_its_month(written, day):
    assert read_end_day(written) == day


@pytest.mark.parametrize("written", [None, "", "   ", "999999", 999999, "99991231", "9999.12.31", "202613"])
def test_what_is_open_has_no_end(written):
    assert read_end_day(written) is None


@pytest.mark.parametrize(("written", "month"), [("202610", "2026-10"), (202610, "2026-10"), ("2026-10", "2026-10")])
def test_a_month_has_one_form(written, month):
    assert read_month(written) == month
    assert read_month_start(written) == f"{month}-01"


@pytest.mark.parametrize("written", [None, "", "999999", "202600", "20261", "2026-10-01"])
def test_what_is_no_month_is_none(written):
    assert read_month(written) is None
    assert read_month_start(written) is None


@pytest.mark.parametrize(
    "written",
    ["20261031080000", "2026-10-31 08:00:00", "2026-10-31T08:00:00", "2026-10-31 08:00", "2026-10-31 08:00:00.000"],
)
def test_a_moment_is_on_the_citys_clock(written):
    assert read_moment(written) == "2026-10-31T08:00:00+08:00"


def test_a_day_alone_is_the_moment_it_began():
    assert read_moment("20261031") == "2026-10-31T00:00:00+08:00"


@pytest.mark.parametrize("written", [None, "", "00000000000000", "99991231235959", "20260230080000", "20261031250000"])
def test_what_is_no_moment_is_none(written):
    assert read_moment(written) is None


def test_a_timestamp_of_1900_says_that_there_is_none():
    assert day_of(datetime.fromisoformat("1900-01-01 00:00:00")) is None
    assert day_of(None) is None
    assert day_of(datetime.fromisoformat("2026-03-05 09:30:00")) == day_of(date(2026, 3, 5)) == "2026-03-05"


def test_days_are_written_as_the_systems_write_them():
    assert compact_day("2026-12-31") == "20261231"
    assert dotted_day("2026-12-31") == "2026.12.31"
