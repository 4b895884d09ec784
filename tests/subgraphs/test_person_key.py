"""Person identifiers: the same everywhere, opaque, never made by others."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.shared.person_key import PlatformKeyInvalid, PlatformKeys, TokenKind, read_platform_keys
from tests.subgraphs.records import LI, ZHANG

OLD, NEW = bytes(range(64)), bytes(range(64, 128))


def test_a_citizen_has_the_same_identifier_in_every_city():
    assert PlatformKeys(OLD).person_id(ZHANG) == PlatformKeys(OLD).person_id(ZHANG)


def test_citizens_have_different_identifiers():
    assert PlatformKeys(OLD).person_id(ZHANG) != PlatformKeys(OLD).person_id(LI)


@given(st.text(max_size=40))
def test_an_identifier_opens_to_what_it_was_made_of(content):
    keys = PlatformKeys(OLD)
    assert keys.open(TokenKind.PERSON, keys.seal(TokenKind.PERSON, content)) == content


def test_an_identifier_is_text_for_addresses_and_holds_no_part_of_the_number():
    token = PlatformKeys(OLD).person_id(ZHANG)
    assert token.isascii()
    assert token.replace("-", "").replace("_", "").isalnum()
    assert not any(ZHANG[start : start + 6] in token for start in range(13))


@given(st.one_of(st.none(), st.integers(), st.text(), st.binary()))
def test_what_is_no_identifier_opens_to_nothing(token):
    assert PlatformKeys(OLD).national_id(token) is None


@given(st.data())
def test_an_identifier_that_was_touched_opens_to_nothing(data):
    token = PlatformKeys(OLD).person_id(ZHANG)
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.sampled_from("AQgw019-_+/= \n字"))
    touched = token[:place] + character + token[place + 1 :]
    assert touched == token or PlatformKeys(OLD).national_id(touched) is None


def test_stray_characters_do_not_make_a_second_identifier_of_one_citizen():
    keys = PlatformKeys(OLD)
    token = keys.person_id(ZHANG)
    assert [keys.national_id(token[:30] + stray + token[30:]) for stray in ("=", "\n", "!", " ")] == [None] * 4


def test_a_cursor_is_no_identifier():
    keys = PlatformKeys(OLD)
    cursor = keys.seal(TokenKind.CURSOR, ZHANG)
    assert keys.national_id(cursor) is None
    assert keys.national_id(TokenKind.PERSON.value + cursor[2:]) is None


def test_identifiers_of_a_former_key_still_open_and_new_ones_are_made_with_the_new_key():
    rotated = PlatformKeys(NEW, OLD)
    assert rotated.national_id(PlatformKeys(OLD).person_id(ZHANG)) == ZHANG
    assert rotated.person_id(ZHANG) == PlatformKeys(NEW).person_id(ZHANG)


def test_identifiers_of_an_unknown_key_open_to_nothing():
    assert PlatformKeys(NEW).national_id(PlatformKeys(OLD).person_id(ZHANG)) is None


def test_keys_are_read_from_the_environment_newest_first():
    environment = {"BUREAUGRAPH_PERSON_KEY": ", ".join(_text(key) for key in (NEW, OLD))}
    assert repr(read_platform_keys(environment)) == repr(PlatformKeys(NEW, OLD))


def test_padding_of_a_key_may_be_left_out():
    assert repr(read_platform_keys({"BUREAUGRAPH_PERSON_KEY": _text(NEW).rstrip("=")})) == repr(PlatformKeys(NEW))


@pytest.mark.parametrize("value", [None, "", " , ", "c2hvcnQ", "not base64 at all, though long enough to be" * 3])
def test_a_missing_or_wrong_key_stops_the_start_and_is_not_shown(value):
    environment = {} if value is None else {"BUREAUGRAPH_PERSON_KEY": value}
    with pytest.raises(PlatformKeyInvalid, match="BUREAUGRAPH_PERSON_KEY") as error:
        read_platform_keys(environment)
    assert not value or not value.strip(" ,") or value not in str(error.value)


def test_a_key_does_not_show_in_its_description():
    assert _text(OLD)[:8] not in repr(PlatformKeys(OLD))


def _text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()
