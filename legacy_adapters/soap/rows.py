"""Rows of an answer as tuples of text, by the tags a record needs.

In: the element of a row. Out: one value a tag, in the tags' order. An empty, a nil and a missing element are all None,
as zeep has it; blanks around a value are no part of it. A tag that is not asked for is passed over: systems grow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from lxml import etree

Row: TypeAlias = "tuple[str | None, ...]"


class RowReader:
    """Reads the elements `tags` (with their namespace, as lxml writes it) of rows."""

    __slots__ = ("_places", "_width")

    def __init__(self, tags: Iterable[str], namespace: str | None = None) -> None:
        qualified = [f"{{{namespace}}}{tag}" if namespace else tag for tag in tags]
        self._places: Mapping[object, int] = {tag: place for place, tag in enumerate(qualified)}
        self._width = len(qualified)

    def read(self, row: etree._Element) -> Row:
        """The row's values. Of an element that stands twice, the last one counts."""
        values: list[str | None] = [None] * self._width
        places = self._places
        for element in row:
            place = places.get(element.tag)
            if place is not None:
                text = element.text
                values[place] = (text.strip() or None) if text else None
        return tuple(values)
