"""Amounts, code lists and administrative divisions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from legacy_adapters.amounts import read_yuan
from legacy_adapters.code_lists import CodeList, raw_text
from legacy_adapters.divisions import city_of_division, division_prefix
from legacy_adapters.records.pensions import PensionStatus

STATUS = CodeList("AAE116", {"1": PensionStatus.PAYING, "2": PensionStatus.SUSPENDED}, PensionStatus.UNKNOWN)


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("3,215.40", 321_540),
        ("3215.4", 321_540),
        ("3215", 321_500),
        ("￥3，215.40元".replace("，", ",").replace("￥", "¥"), 321_540),
        ("0.07", 7),
        ("-12.30", -1_230),
        (Decimal("3215.40"), 321_540),
        ("1234567890123.45", 123_456_789_012_345),
        ("3215.4000", 321_540),
    ],
)
def test_yuan_are_whole_fen(written, fen):
    assert read_yuan(written) == fen


@pytest.mark.parametrize("written", [None, "", "3215.405", "1e3", "abc", "3.2.1"])
def test_what_is_no_amount_in_fen_is_none(written):
    assert read_yuan(written) is None


def test_a_code_means_what_its_own_list_says():
    assert STATUS.read("1") is PensionStatus.PAYING
    assert STATUS.read(" 2 ") is PensionStatus.SUSPENDED
    assert STATUS.read(1) is PensionStatus.PAYING


@pytest.mark.parametrize("raw", ["8", "", None, "一"])
def test_a_code_outside_the_list_is_unknown_and_never_an_error(raw):
    assert STATUS.read(raw) is PensionStatus.UNKNOWN


def test_a_list_tells_the_codes_of_a_meaning():
    assert STATUS.raws(PensionStatus.SUSPENDED) == ("2",)
    assert STATUS.raws(PensionStatus.TERMINATED) == ()


@pytest.mark.parametrize(("raw", "kept"), [("8 ", "8"), ("  ", None), (None, None), (88, "88")])
def test_the_raw_code_is_kept_without_padding(raw, kept):
    assert raw_text(raw) == kept


@pytest.mark.parametrize(
    ("division", "city"),
    [("341002", "341000"), ("330100", "330100"), ("330106", "330100"), ("310115", "310000"), ("500101", "500000")],
)
def test_a_district_belongs_to_its_city(division, city):
    assert city_of_division(division) == city
    assert division.startswith(division_prefix(city))


@pytest.mark.parametrize("division", [None, "", "      ", "3410", "abcdef", "000000"])
def test_what_is_no_division_has_no_city(division):
    assert city_of_division(division) is None
