"""How long PostgreSQL is waited for: what a silent server, or a net that drops packets, would else keep for ever.

The net gives a connection up by the address's parameters, DBOS's own too. A server that takes what is sent and answers
nothing is given up by the client: a transaction has its time, and with it the connection is closed.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from sqlalchemy.engine import URL

R = TypeVar("R")

NET_PARAMETERS = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
"""As libpq has them: seconds, the last one milliseconds."""
SERVER_SETTINGS = {"lock_timeout": "10s", "statement_timeout": "25s", "idle_in_transaction_session_timeout": "60s"}
"""What the server gives up by itself: so nothing goes on, or stays locked, for a client that is gone."""

_until: ContextVar[float] = ContextVar("_until", default=math.inf)


def with_patience(url: URL) -> URL:
    """The address with the net's parameters that it does not name itself."""
    return url.update_query_dict({name: value for name, value in NET_PARAMETERS.items() if name not in url.query})


def server_options(url: URL) -> str:
    """The settings of a session; what the address's own `options` say comes later, and holds."""
    ours = " ".join(f"-c {name}={value}" for name, value in SERVER_SETTINGS.items())
    named = url.query.get("options", ())
    return " ".join((ours, named) if isinstance(named, str) else (ours, *named))


@contextmanager
def waiting_until(moment: float) -> Iterator[None]:
    """In this thread, wait for the server's answers until then, on the monotonic clock."""
    token = _until.set(moment)
    try:
        yield
    finally:
        _until.reset(token)


def connect(*arguments: Any, **parameters: Any) -> Connection[Any]:
    """Connect within the time that is left. Raises OperationalError."""
    left = _until.get() - monotonic()
    if left <= 0:
        raise OperationalError("The transaction's time was over before the database was connected to.")
    if left < math.inf:
        asked = int(parameters["connect_timeout"])
        parameters["connect_timeout"] = min(asked, math.ceil(left)) if asked > 0 else math.ceil(left)
    return ImpatientConnection.connect(*arguments, **parameters)


class ImpatientConnection(Connection[Any]):
    """Is closed when its server has not answered in time: what comes of what was asked, nobody knows then."""

    def wait(self, gen: Generator[Any, Any, R], *arguments: Any, **named: Any) -> R:
        """What the driver waits for an answer with, a tenth of a second at a time."""
        moment = _until.get()
        if moment == math.inf:
            return super().wait(gen, *arguments, **named)
        try:
            return super().wait(_until_then(gen, moment), *arguments, **named)
        except _TimeIsOver:
            self.close()
            raise


class _TimeIsOver(OperationalError):
    """The server has not answered within the transaction's time."""


def _until_then(gen: Generator[Any, Any, R], moment: float) -> Generator[Any, Any, R]:
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            # An answer that is there is taken, however late it is.
            if not ready and monotonic() >= moment:
                raise _TimeIsOver("The database has not answered in time.")
            wanted = gen.send(ready)
    except StopIteration as end:
        answer: R = end.value
        return answer
