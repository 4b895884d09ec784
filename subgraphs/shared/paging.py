"""Arguments and `pageInfo` of Relay connections. Source: https://relay.dev/graphql/connections.htm"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
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


@dataclass(frozen=True, slots=True)
class PageLimits:
    """How many rows a page has, when nothing is said and at most."""

    default: int
    largest: int


@dataclass(frozen=True, slots=True)
class PageRequest:
    """At most `size` rows behind the source's `position`, or the last ones before it."""

    size: int
    position: str | None
    is_backward: bool


def page_size(given: int | None, default: int, largest: int, argument: str = "first") -> int:
    """How many to ask for; null means the default. Raises UserInputError outside 1 to `largest`."""
    size = default if given is None else given
    if not 1 <= size <= largest:
        raise UserInputError(f"{argument} must be from 1 to {largest}.")
    return size


def read_page_arguments(  # noqa: PLR0913, PLR0917  (the specification's arguments)
    context: RequestContext[Any],
    limits: PageLimits,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> PageRequest:
    """One page in one direction. Raises UserInputError.

    A `first` beside `last` counts as not given where it is the default, which GraphQL fills in.
    """
    if last is None or last is strawberry.UNSET:
        if before:
            raise UserInputError("before needs last.")
        return PageRequest(
            page_size(first, limits.default, limits.largest), _position("after", after, context), is_backward=False
        )
    if after:
        raise UserInputError("after cannot be given together with last.")
    if first not in {None, limits.default}:
        raise UserInputError("first cannot be given together with last.")
    return PageRequest(
        page_size(last, limits.default, limits.largest, "last"), _position("before", before, context), is_backward=True
    )


def page_info(context: RequestContext[Any], page: Page[Any], cursors: list[str], request: PageRequest) -> PageInfo:
    """Where this page stands. Of the side from which it was read it is known only that there is one to come from.

    The page ends at the last row the source has read, which need not be shown: a page may show no row at all and yet
    have a next one.
    """
    end = None if page.end is None else context.cursor(page.end)
    is_begun = request.position is not None
    if request.is_backward:
        last = cursors[-1] if cursors else None
        return PageInfo(has_next_page=is_begun, has_previous_page=page.has_next, start_cursor=end, end_cursor=last)
    first = cursors[0] if cursors else None
    return PageInfo(has_next_page=page.has_next, has_previous_page=is_begun, start_cursor=first, end_cursor=end)


def _position(argument: str, cursor: str | None, context: RequestContext[Any]) -> str | None:
    """The source's position that a cursor names."""
    if not cursor:
        return None
    position = context.keys.open(TokenKind.CURSOR, cursor)
    if position is None:
        raise UserInputError(f"{argument} must be a cursor of this list.")
    return position


EMPTY_PAGE: Page[Any] = Page((), 0, (), False, None)
"""What another city's people or pensions are here."""


def forward_page_info(cursors: Sequence[str], *, has_next: bool, is_first: bool) -> PageInfo:
    """Where a page of a list that is read forward only stands."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=not is_first,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
