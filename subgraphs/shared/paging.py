"""Arguments and `pageInfo` of Relay connections. Source: https://relay.dev/graphql/connections.htm"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from strawberry.types.nodes import SelectedField, Selection

from legacy_adapters.sources import Page
from subgraphs.shared.context import RequestContext
from subgraphs.shared.errors import UserInputError
from subgraphs.shared.person_key import TokenKind
from subgraphs.shared.types import PageInfo


def is_selected(selections: Iterable[Selection], field_name: str) -> bool:
    """Whether a field stands directly below these selections, in fragments too."""
    for selection in selections:
        for inner in selection.selections:
            if isinstance(inner, SelectedField):
                if inner.name == field_name:
                    return True
            elif is_selected([inner], field_name):
                return True
    return False


def page_size(first: int | None, default: int, largest: int) -> int:
    """How many to ask for; null means the default. Raises UserInputError outside 1 to `largest`."""
    size = default if first is None else first
    if not 1 <= size <= largest:
        raise UserInputError(f"first must be from 1 to {largest}.")
    return size


def position_after(context: RequestContext[Any], after: str | None) -> str | None:
    """The source's position behind which a page begins. Raises UserInputError for a cursor that is none of ours."""
    if after is None:
        return None
    position = context.keys.open(TokenKind.CURSOR, after)
    if position is None:
        raise UserInputError("after must be a cursor of this list.")
    return position


def page_info(context: RequestContext[Any], page: Page[Any], cursors: list[str], after: str | None) -> PageInfo:
    """Where this page stands; forward paging knows of earlier pages only that there is one to come from.

    The page ends at the last row the source has read, which need not be shown: a page may show no row at all and yet
    have a next one.
    """
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=after is not None,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=None if page.end is None else context.cursor(page.end),
    )


EMPTY_PAGE: Page[Any] = Page((), 0, (), False, None)
"""What another city's people or pensions are here."""
