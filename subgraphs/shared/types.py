"""Types that several contracts share word for word."""

from __future__ import annotations

import strawberry

from subgraphs.shared.scalars import DateTime


@strawberry.federation.type(shareable=True)
class City:
    """A city, by GB/T 2260."""

    code: strawberry.ID
    name: str


@strawberry.federation.type(shareable=True)
class Source:
    """Where a value comes from."""

    system: str
    as_of: DateTime


@strawberry.federation.type(shareable=True)
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None
