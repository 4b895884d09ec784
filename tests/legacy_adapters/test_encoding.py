"""Bytes of the legacy systems as text."""

from __future__ import annotations

import pytest

from legacy_adapters.encoding import UndecodableText, decode_xml, strip_declaration, xml_charset

RARE = "镕喆䶮𠮷㛃"


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "GB18030"])
def test_whatever_ancestor_is_declared_the_bytes_are_gb18030(declared):
    body = f'<?xml version="1.0" encoding="{declared}"?><a>{RARE}</a>'.encode("gb18030")
    assert decode_xml(body, None) == f"<a>{RARE}</a>"


def test_the_header_counts_where_there_is_no_declaration():
    assert decode_xml(f"<a>{RARE}</a>".encode("gb18030"), "GBK") == f"<a>{RARE}</a>"


def test_the_dot_of_a_name_stays_the_middle_dot():
    body = b'<?xml version="1.0" encoding="GB2312"?><a>' + bytes.fromhex("a1a4") + b"</a>"
    assert decode_xml(body, None) == "<a>\u00b7</a>"


def test_utf8_is_the_default_and_a_byte_order_mark_is_no_text():
    assert decode_xml(b"\xef\xbb\xbf<a>" + "张".encode() + b"</a>", None) == "<a>张</a>"


def test_where_header_and_declaration_disagree_the_bytes_decide():
    declared_utf8 = '<?xml version="1.0" encoding="UTF-8"?><a>张三</a>'
    assert xml_charset(declared_utf8.encode(), "GBK") == "utf-8"
    assert xml_charset(declared_utf8.encode("gb18030"), "GBK") == "gb18030"


def test_utf8_that_claims_to_be_gbk_is_an_error_and_not_mojibake():
    body = '<?xml version="1.0" encoding="GBK"?><a>社会保障号码姓名卡状态</a>'.encode()
    with pytest.raises(UndecodableText) as caught:
        decode_xml(body, "GBK")
    assert str(caught.value) == "the bytes are not gb18030, which they claim to be"


@pytest.mark.parametrize(
    ("body", "charset"), [("<a>张三</a>".encode("gb18030"), "utf-8"), (b"<a/>", "no-such-charset")]
)
def test_bytes_outside_their_charset_are_an_error_without_the_bytes(body, charset):
    with pytest.raises(UndecodableText) as caught:
        decode_xml(body, charset)
    assert charset in str(caught.value)
    assert "张" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_declaration_of_text_inside_a_text_is_dropped():
    assert strip_declaration('<?xml version="1.0" encoding="GBK"?>\n<a/>') == "\n<a/>"
