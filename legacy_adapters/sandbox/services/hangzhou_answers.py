"""What Hangzhou's core service reads and answers inside an operation's element: its elements, its head, its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias
from xml.sax.saxutils import escape

from lxml import etree

from legacy_adapters.sandbox.services.service import SoapFaultError

NAMESPACE = "urn:hangzhou:core"
_MAXIMAL_PAGE = 200

Arguments: TypeAlias = dict[str, str]
Handler: TypeAlias = Callable[[Arguments], str]


class Refusal(NamedTuple):
    """Why something is not done."""

    retcode: str
    retmsg: str


NONE_IS_FINE = Refusal("0", "")
NO_PERSON = Refusal("E2003", "查无此人")
NO_PENSION = Refusal("E2004", "查无此待遇")
NO_CASE = Refusal("E2005", "查无此案件")
NO_CARD = Refusal("E2006", "查无此卡")
NO_LETTER = Refusal("E2007", "查无此函")
BAD_ARGUMENT = Refusal("E3001", "参数错误")
WRONG_PERSON = Refusal("E3002", "证件号码与姓名不符")
WRONG_STATE = Refusal("E4001", "当前状态不允许")
DONE_UNDER_SERIAL = Refusal("E5001", "流水号重复")
ALREADY_SO = Refusal("E5002", "已是该状态")
LETTER_KNOWN = Refusal("E5003", "来函已登记")


def read_elements(root: etree._Element, expected: Sequence[str]) -> Arguments:
    """The elements by name, in the order of `expected`; `?` marks one that may be left out. Raises SoapFaultError."""
    found: Arguments = {}
    children = iter(root)
    child = next(children, None)
    for name in expected:
        plain = name.removesuffix("?")
        if child is not None and child.tag == f"{{{NAMESPACE}}}{plain}":
            found[plain] = child.text or ""
            child = next(children, None)
        elif plain == name:
            raise SoapFaultError(f"Unmarshalling Error: element {name} is missing or stands in the wrong place")
    if child is not None:
        raise SoapFaultError("Unmarshalling Error: an element is not expected here")
    return found


def page_of(arguments: Arguments) -> slice | None:
    """The rows of the page that is asked for, None for a page that cannot be."""
    number, size = arguments["pageNo"], arguments["pageSize"]
    if not (number.isdigit() and size.isdigit() and int(number) >= 1 and 1 <= int(size) <= _MAXIMAL_PAGE):
        return None
    start = (int(number) - 1) * int(size)
    return slice(start, start + int(size))


def head(retcode: str, retmsg: str, total: int = 0, rows: int = 0) -> str:
    """The head of an answer."""
    return (
        f"<head><retcode>{retcode}</retcode><retmsg>{escape(retmsg)}</retmsg>"
        f"<total>{total}</total><rows>{rows}</rows></head>"
    )


def all_rows(rows: list[str], none: Refusal) -> str:
    """An answer of one page; without rows, `none`."""
    retcode, retmsg = ("0", "") if rows else none
    return f"{head(retcode, retmsg, len(rows), len(rows))}{''.join(rows)}"


def row(elements: Sequence[tuple[str, str | None]]) -> str:
    """A row; what is empty is left out."""
    return f"<row>{''.join(f'<{tag}>{escape(text)}</{tag}>' for tag, text in elements if text)}</row>"
