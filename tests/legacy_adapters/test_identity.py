"""Id numbers and credit codes in every form a register holds."""

from __future__ import annotations

import pytest

from legacy_adapters.identity import (
    has_valid_check,
    id_check_character,
    id_spellings,
    normalise_credit_code,
    normalise_national_id,
    old_number,
    upgrade_old_number,
)
from legacy_adapters.records.provenance import NationalId


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("330199195805120015", "330199195805120015"),
        ("330199580512001", "330199195805120015"),
        ("34109919720601003x", "34109919720601003X"),
        ("３４１０９９１９７２０６０１００３Ｘ", "34109919720601003X"),
        ("３４１０９９１９７２０６０１００３ｘ", "34109919720601003X"),
        ("330199580512001   ", "330199195805120015"),
        (" 330199 19580512 0015　", "330199195805120015"),
        ("341099199002290016", "341099199002290016"),
    ],
)
def test_a_number_has_one_form_however_it_was_written(written, normalised):
    assert normalise_national_id(written) == normalised


@pytest.mark.parametrize(
    "written", [None, "", "33019919580512001", "3301991958051200155", "G12345678", "33019919580512001Y"]
)
def test_what_is_no_id_number_has_no_form(written):
    assert normalise_national_id(written) is None


def test_a_number_with_a_wrong_check_digit_stays_as_it_is_written():
    typo = normalise_national_id("341099196307200023")
    assert typo == "341099196307200023"
    assert not has_valid_check(typo)
    assert has_valid_check(NationalId("341099196307200022"))
    assert old_number(typo) is None
    assert id_spellings(typo) == ("341099196307200023", "３４１０９９１９６３０７２０００２３")


def test_an_old_number_is_upgraded_with_its_century_and_check():
    assert upgrade_old_number("330199580512001") == "330199195805120015"
    assert old_number(NationalId("330199195805120015")) == "330199580512001"
    assert old_number(NationalId("330199200105120018")) is None


def test_the_check_character_of_ten_is_x():
    assert id_check_character("34109919720601003") == "X"


def test_every_spelling_of_a_register_is_asked_for():
    assert id_spellings(NationalId("34109919720601003X"), padded_to=20) == (
        "34109919720601003X",
        "34109919720601003x",
        "341099720601003",
        "３４１０９９１９７２０６０１００３Ｘ",
        "３４１０９９１９７２０６０１００３ｘ",
        "３４１０９９７２０６０１００３",
        "34109919720601003X  ",
        "34109919720601003x  ",
        "341099720601003     ",
        "３４１０９９１９７２０６０１００３Ｘ  ",
        "３４１０９９１９７２０６０１００３ｘ  ",
        "３４１０９９７２０６０１００３     ",
    )


def test_only_the_old_form_needs_padding_to_eighteen():
    padded = [form for form in id_spellings(NationalId("330199195805120015")) if form.endswith(" ")]
    assert padded == ["330199580512001   ", "３３０１９９５８０５１２００１   "]


def test_every_spelling_leads_back_to_its_number():
    number = NationalId("34109919720601003X")
    assert {normalise_national_id(spelling) for spelling in id_spellings(number, 20)} == {number}


@pytest.mark.parametrize(
    "written",
    [
        "91330199MA0000001W",
        "91330199ma0000001w",
        "９１３３０１９９ＭＡ０００００１Ｗ".replace("０００００１", "００００００１"),
        "91330199MA0000001W  ",
    ],
)
def test_a_credit_code_has_one_form(written):
    assert normalise_credit_code(written) == "91330199MA0000001W"


@pytest.mark.parametrize(
    "written", [None, "", "MA0000001", "330199000000001", "91330199MA00000010", "91330199MA000000IW"]
)
def test_an_organisation_code_a_licence_and_a_wrong_check_are_no_credit_code(written):
    assert normalise_credit_code(written) is None


def test_a_public_body_has_a_credit_code_as_well():
    assert normalise_credit_code("12330199MB0000003A") == "12330199MB0000003A"
