"""XML is read strictly: nothing recovered, expanded or fetched."""

from __future__ import annotations

import pytest

from legacy_adapters.soap.answer import returned_text
from legacy_adapters.soap.rows import RowReader
from legacy_adapters.soap.xml import XmlMalformed, parse_message, parse_text, parse_xml


@pytest.mark.parametrize(
    "content",
    [
        b"<a><b></a>",
        "<操作*>查询</操作*>".encode(),
        b'<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        b"",
        "系统维护中".encode(),
    ],
)
def test_what_is_not_plain_well_formed_xml_is_refused(content):
    with pytest.raises(XmlMalformed):
        parse_xml(content)


def test_an_error_tells_the_place_and_not_the_text():
    with pytest.raises(XmlMalformed) as caught:
        parse_xml(b"<a>330199195805120015<b></a>")
    assert "330199" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_message_in_gbk_is_read_whatever_it_calls_itself():
    body = '<?xml version="1.0" encoding="GB2312"?><a>王䶮</a>'.encode("gb18030")
    assert parse_message(body, None).text == "王䶮"
    assert parse_message("<a>王䶮</a>".encode("gb18030"), "gbk").text == "王䶮"


@pytest.mark.parametrize(
    ("declared", "header"), [("GBK", "utf-8"), ("GBK", "UTF8"), ("utf-8", "gbk"), ("utf-8", None), ("UTF-8", "utf-8")]
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_message_in_utf8_is_read_whatever_it_calls_itself(declared, header, mark):
    body = mark + f'<?xml version="1.0" encoding="{declared}"?><a>阿依·古丽</a>'.encode()
    assert parse_message(body, header).text == "阿依·古丽"


def test_a_declaration_inside_a_string_says_nothing_about_its_bytes():
    assert parse_text('<?xml version="1.0" encoding="GBK"?><a>王䶮</a>').text == "王䶮"


@pytest.mark.parametrize(
    "body",
    [
        "<r><return>&lt;a&gt;甲&lt;/a&gt;</return></r>",
        "<r><return><![CDATA[<a>甲</a>]]></return></r>",
        "<r><return>&amp;lt;a&amp;gt;甲&amp;lt;/a&amp;gt;</return></r>",
    ],
)
def test_text_in_a_string_may_be_escaped_once_twice_or_be_cdata(body):
    assert returned_text(parse_xml(body.encode())) == "<a>甲</a>"


def test_a_result_that_axis_put_aside_is_followed():
    body = parse_xml(
        b'<Body><opResponse><opReturn href="#id0"/></opResponse>'
        b'<multiRef id="id0">&lt;ERR&gt;00&lt;/ERR&gt;</multiRef></Body>'
    )
    assert returned_text(body[0]) == "<ERR>00</ERR>"


def test_a_reference_that_leads_nowhere_is_refused():
    with pytest.raises(XmlMalformed, match="a reference leads nowhere"):
        returned_text(parse_xml(b'<Body><opResponse><opReturn href="#id9"/></opResponse></Body>')[0])


@pytest.mark.parametrize("body", [b"<r/>", b"<r><return/></r>", b'<r xmlns:xsi="i"><return xsi:nil="true"/></r>'])
def test_no_result_is_an_empty_text(body):
    assert returned_text(parse_xml(body)) == ""


def test_empty_nil_and_missing_elements_are_none_and_blanks_are_no_value():
    row = parse_xml(
        b'<row xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><b/><c xsi:nil="true"/><d> 7 </d><e>1</e></row>'
    )
    assert RowReader("abcd").read(row) == (None, None, None, "7")


def test_rows_are_read_by_tag_whatever_their_order_and_company():
    row = parse_xml(b'<row xmlns="urn:x"><d>4</d><new>?</new><a>1</a></row>')
    assert RowReader(("a", "d"), "urn:x").read(row) == ("1", "4")
    assert RowReader(("a", "d"), "urn:other").read(row) == (None, None)
