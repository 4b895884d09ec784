"""The card services' notation is read by a tokenizer that accepts exactly it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacy_adapters.soap.starred_tags import NotationMalformed, read_tags, write_tags


def test_several_roots_with_and_without_stars():
    document = read_tags(
        "<ERR>OK</ERR><数量>2</数量>\r\n<ROW><社保卡号*>H00000001</社保卡号*><姓名*>阿依·古丽</姓名*></ROW>"
        "<ROW><社保卡号*>H00000002</社保卡号><姓名/></ROW>"
    )
    assert document.value("ERR") == "OK"
    assert document.value("数量") == "2"
    assert [row.values() for row in document.all("ROW")] == [
        {"社保卡号": "H00000001", "姓名": "阿依·古丽"},
        {"社保卡号": "H00000002", "姓名": None},
    ]


def test_lines_of_csv_behind_the_tags_are_kept_apart():
    document = read_tags("<ERR>OK</ERR><批次号>7</批次号>\r\n序号,社会保障号码,姓名\r\n1,2,3\r\n")
    assert document.value("批次号") == "7"
    assert document.tail == "序号,社会保障号码,姓名\r\n1,2,3"


def test_an_empty_value_and_a_missing_one_are_none():
    document = read_tags("<卡状态></卡状态><银行代码>  </银行代码>")
    assert document.value("卡状态") is None
    assert document.value("银行代码") is None
    assert document.value("姓名") is None


def test_references_in_values_are_read():
    assert read_tags("<姓名>&lt;&amp;&#x4DAE;&#183;&gt;</姓名>").value("姓名") == "<&䶮·>"


def test_a_reference_that_names_no_character_is_told_by_its_place():
    with pytest.raises(NotationMalformed) as caught:
        read_tags("<ERR>OK</ERR><姓名>张&#55296;</姓名>")
    assert caught.value.position == 18


def test_an_ampersand_that_begins_no_reference_is_itself():
    assert read_tags("<单位>甲&乙</单位>").value("单位") == "甲&乙"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<操作*>查询", "a tag is not closed"),
        ("<操作*>查询</姓名*>", "a closing tag has no opening one"),
        ("</操作*>", "a closing tag has no opening one"),
        ("<操作*>查<b</操作*>", "a tag is malformed"),
        ("<操作*>查<姓名*>甲</姓名*></操作*>", "a tag stands inside a text"),
        ("<甲>1</甲>乱<乙>2</乙>", "a text stands between tags"),
        ("<甲>1</甲>尾<", "a tag is malformed"),
        ("<甲>" * 20, "the tags are nested too deep"),
        ("<姓名>张&#55296;三</姓名>", "a reference names no character"),
        ("<姓名>&#xDFFF;</姓名>", "a reference names no character"),
        ("<姓名>&#0;</姓名>", "a reference names no character"),
        ("<姓名>&#x1F;</姓名>", "a reference names no character"),
        ("<姓名>&#xFFFF;</姓名>", "a reference names no character"),
        ("<姓名>&#x110000;</姓名>", "a reference names no character"),
    ],
)
def test_what_is_not_in_the_notation_is_refused_without_quoting_it(text, reason):
    with pytest.raises(NotationMalformed) as caught:
        read_tags(text)
    assert str(caught.value) == f"{reason} at character {caught.value.position}"


_NAMES = st.text(st.characters(whitelist_categories=["Lo", "Lu", "Nd"]), min_size=1, max_size=8)
_VALUES = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40)


@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=6), st.booleans())
def test_what_is_written_is_read_back(values, starred):
    text = write_tags((f"{name}*" if starred else name, value) for name, value in values)
    assert [(root.name, root.text) for root in read_tags(text).roots] == values
