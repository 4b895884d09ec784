"""What tests of the federation share."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest


@pytest.fixture
def port_of_nobody() -> Iterator[int]:
    """A port at which nobody answers, and that nobody else is given meanwhile: it is bound, but not listened on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield int(bound.getsockname()[1])
