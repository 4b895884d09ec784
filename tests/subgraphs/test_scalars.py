"""Scalars: what clients may give, and that a refusal does not quote it."""

from __future__ import annotations

import pytest

from subgraphs.shared.places import NAMES, place_name
from subgraphs.shared.scalars import parse_date, parse_date_time, parse_decimal, parse_year_month, text


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (parse_date, "2024-02-29"),
        (parse_date_time, "2026-10-31T08:00:00+08:00"),
        (parse_date_time, "2026-10-31T00:00:00Z"),
        (parse_decimal, "3215.40"),
        (parse_decimal, "-1"),
        (parse_year_month, "2026-12"),
    ],
)
def test_a_value_of_the_right_form_stays_as_it_is(parse, value):
    assert parse(value) == value


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (parse_date, "2026-02-29"),
        (parse_date, "2026-2-9"),
        (parse_date, "２０２６-01-01"),
        (parse_date, 20261031),
        (parse_date_time, "2025-01-02T03:04:05"),
        (parse_date_time, "0001-01-01T00:00:00+08:00"),
        (parse_date_time, "9999-12-31T23:59:59-10:00"),
        (parse_date_time, "noon of that day"),
        (parse_date_time, 20261031),
        (parse_decimal, "3,215.40"),
        (parse_decimal, 99.5),
        (parse_year_month, "2026-13"),
        (parse_year_month, 202612),
    ],
)
def test_any_other_value_is_refused_without_being_quoted(parse, value):
    with pytest.raises(ValueError, match="must be") as refused:
        parse(value)
    assert str(value) not in str(refused.value)


def test_only_text_is_given_out():
    assert text("2026-10-31") == "2026-10-31"
    with pytest.raises(TypeError):
        text(20261031)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330100", "杭州市"),
        ("341000", "黄山市"),
        ("341100", "滁州市"),
        ("341800", "宣城市"),
        ("330106", "杭州市"),
        ("310000", "上海市"),
        ("310115", "上海市"),
        ("520100", "520100"),
    ],
)
def test_a_city_has_its_name_and_one_outside_the_list_its_code(code, name):
    assert place_name(code) == name


def test_a_dissolved_city_has_no_name():
    assert "340900" not in NAMES
    assert "341400" not in NAMES
