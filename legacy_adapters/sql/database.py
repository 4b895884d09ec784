"""The border to one database: statements in, rows or an `AdapterError` out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Executable, Insert
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from legacy_adapters.errors import AdapterError, AnswerMalformed, SystemRefused, SystemTimeout, SystemUnavailable
from legacy_adapters.operations.writing import Writer
from legacy_adapters.resilience import Guard, Operation, SystemHealth
from legacy_adapters.sql.connections import Connections, Rows
from legacy_adapters.sql.engine import open_connections
from legacy_adapters.system import LegacySystem

Values: TypeAlias = Sequence[Any]
"""The values of one row in the order of its statement's columns."""

MAX_IN_VALUES = 1000
"""Oracle's limit of an IN list, and a sensible one elsewhere."""

# No such login, or another password.
_LOGIN_STATES = ("28",)
# The login lacks a right.
_REFUSING_STATES = ("42501",)
# Statement cancelled by its time limit; a lock not given in time.
_TIMEOUT_STATES = frozenset({"57014", "55P03"})
# Tables withdrawn: the database is being worked on.
_WITHDRAWN_STATE = "42P01"
# Connection exceptions, no such database, out of resources, shut down by its operator, system error.
_UNAVAILABLE_STATES = ("08", "3D", "53", "57P", "58")

# MariaDB and MySQL.
_LOGIN_NUMBERS = frozenset({1045, 1698})
_REFUSING_NUMBERS = frozenset({1044, 1142, 1143, 1227})
_TIMEOUT_NUMBERS = frozenset({1205, 1969, 3024})
_WITHDRAWN_NUMBER = 1146

# SQLite.
_LOCKED_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Database:
    """One legacy database, behind its guard."""

    def __init__(self, system: LegacySystem) -> None:
        self._system = system
        self._connections = open_connections(system)
        self._writing: Connections | None = None
        self._guard = Guard(system)

    async def rows(self, operation: Operation, statement: Executable, values: Mapping[str, object]) -> Rows:
        """Every row of one select statement. `values` are its parameters.

        Raises SystemTimeout, SystemUnavailable (no connection), SystemRefused (login or rights), AnswerMalformed
        (the tables are not the described ones). No message shows a statement or a value.
        """

        async def attempt() -> Rows:
            try:
                return await self._connections.rows(statement, values)
            except SQLAlchemyError as error:
                raise self._translate(error) from None
            except OSError:
                raise self._system.error(SystemUnavailable, "no connection") from None

        return await self._guard.call(operation, attempt)

    async def insert(self, sending: Callable[[], None], statement: Insert, values: Mapping[str, object]) -> bool:
        """One attempt of an insertion, outside the guard: whether the row is new; False where its key stands there.

        `sending` is called when it is about to leave. Raises as `rows` does.
        """
        if self._writing is None:
            self._writing = open_connections(self._system, is_read_only=False)
        try:
            await self._writing.write(statement, values, sending)
        except IntegrityError:
            return False
        except SQLAlchemyError as error:
            raise self._translate(error) from None
        except OSError:
            raise self._system.error(SystemUnavailable, "no connection") from None
        return True

    def writer(self) -> Writer:
        """Makes writes under the guard that the reads have too."""
        return Writer(self._system, self._guard)

    def health(self) -> SystemHealth:
        """How the database has fared."""
        return self._guard.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connections.aclose()
        if self._writing is not None:
            await self._writing.aclose()

    def _translate(self, error: SQLAlchemyError) -> AdapterError:
        if isinstance(error, PoolTimeout):
            return self._system.error(SystemTimeout, "no free connection in time")
        if not isinstance(error, DBAPIError):
            return self._system.error(AnswerMalformed, f"the statement failed ({type(error).__name__})")
        if _state(error.orig).startswith(_LOGIN_STATES) or _number(error.orig) in _LOGIN_NUMBERS:
            return self._system.login_refused("the login was refused")
        return self._system.error(*_meaning(error))


def in_chunks(values: Sequence[str]) -> list[list[str]]:
    """`values` in lists for IN, of at most `MAX_IN_VALUES`, each filled up to a power of two by repeating its last one.

    So a database sees a dozen statements at most, however many values are asked, and can keep their plans.
    """
    chunks = [list(values[start : start + MAX_IN_VALUES]) for start in range(0, len(values), MAX_IN_VALUES)]
    for chunk in chunks:
        size = min(1 << (len(chunk) - 1).bit_length(), MAX_IN_VALUES)
        chunk.extend(chunk[-1:] * (size - len(chunk)))
    return chunks


def _meaning(error: DBAPIError) -> tuple[type[AdapterError], str]:
    # The driver's own words quote statements and values: only its kind of error is told.
    kind = type(error.orig).__name__
    state, number = _state(error.orig), _number(error.orig)
    if state in _TIMEOUT_STATES or number in _TIMEOUT_NUMBERS or _sqlite_code(error.orig) in _LOCKED_CODES:
        return SystemTimeout, "the statement was cut off by its time limit"
    if state.startswith(_REFUSING_STATES) or number in _REFUSING_NUMBERS:
        return SystemRefused, "the login lacks a right"
    if state == _WITHDRAWN_STATE or number == _WITHDRAWN_NUMBER:
        return SystemUnavailable, "its tables are not there"
    is_out_of_order = error.connection_invalidated or state.startswith(_UNAVAILABLE_STATES)
    if is_out_of_order or isinstance(error, OperationalError | InterfaceError):
        return SystemUnavailable, f"the database does not work ({kind})"
    return AnswerMalformed, f"the tables are not the described ones ({kind})"


def _state(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or "")


def _number(error: BaseException | None) -> int | None:
    first = error.args[0] if error is not None and error.args else None
    return first if isinstance(first, int) else None


def _sqlite_code(error: BaseException | None) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
