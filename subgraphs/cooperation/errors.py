"""The database's failures as a client may read them.

ClientError
└── StoreUnavailable        COOPERATION_DATABASE_UNAVAILABLE    the message says how to find out what is kept
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cooperation.store.store import DatabaseUnavailable
from subgraphs.shared.errors import ClientError

TRY_AGAIN = "try again in a minute."


class StoreUnavailable(ClientError):
    """The operations' database does not answer. What a mutation told may be kept: the message says how to find out."""

    code = "COOPERATION_DATABASE_UNAVAILABLE"


@contextmanager
def store_errors(remedy: str = TRY_AGAIN) -> Iterator[None]:
    """Inside, DatabaseUnavailable becomes a StoreUnavailable that tells the client what to do."""
    try:
        yield
    except DatabaseUnavailable as error:
        raise StoreUnavailable(f"The database of cross-city operations does not answer; {remedy}") from error
