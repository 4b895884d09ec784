"""The border to one database: statements in, rows or an `AdapterError` out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Executable, Row
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from legacy_adapters.errors import AdapterError, AnswerMalformed, SystemRefused, SystemTimeout, SystemUnavailable
from legacy_adapters.resilience import Guard, Operation, SystemHealth
from legacy_adapters.sql.engine import open_engine
from legacy_adapters.system import LegacySystem

Rows: TypeAlias = "Sequence[Row[Any]]"

MAX_IN_VALUES = 1000
"""Oracle's limit of an IN list, and a sensible one elsewhere."""

# Class 28: no such login. 42501: the login lacks a right.
_REFUSING_STATES = ("28", "42501")
# Statement cancelled by its time limit.
_TIMEOUT_STATE = "57014"
_REFUSING_NUMBERS = frozenset({1044, 1045, 1142, 1143, 1227, 1698})
_TIMEOUT_NUMBERS = frozenset({1969, 3024})


class Database:
    """One legacy database, behind its guard."""

    def __init__(self, system: LegacySystem) -> None:
        self._system = system
        self._engine = open_engine(system)
        self._guard = Guard(system)

    async def rows(self, operation: Operation, statement: Executable, values: Mapping[str, object]) -> Rows:
        """Every row of one select statement. `values` are its parameters.

        Raises SystemTimeout, SystemUnavailable (no connection), SystemRefused (login or rights), AnswerMalformed
        (the tables are not the described ones). No message shows a statement or a value.
        """

        async def attempt() -> Rows:
            try:
                async with self._engine.connect() as connection:
                    return (await connection.execute(statement, values)).fetchall()
            except SQLAlchemyError as error:
                raise self._translate(error) from None
            except OSError:
                raise self._error(SystemUnavailable, "no connection") from None

        return await self._guard.call(operation, attempt)

    def health(self) -> SystemHealth:
        """How the database has fared."""
        return self._guard.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._engine.dispose()

    def _translate(self, error: SQLAlchemyError) -> AdapterError:
        if isinstance(error, PoolTimeout):
            return self._error(SystemTimeout, "no free connection in time")
        if not isinstance(error, DBAPIError):
            return self._error(AnswerMalformed, f"the statement failed ({type(error).__name__})")
        state, number = _state(error.orig), _number(error.orig)
        if state == _TIMEOUT_STATE or number in _TIMEOUT_NUMBERS:
            return self._error(SystemTimeout, "the statement was cut off by its time limit")
        if state.startswith(_REFUSING_STATES) or number in _REFUSING_NUMBERS:
            return self._error(SystemRefused, "the login or its rights were refused")
        if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
            return self._error(SystemUnavailable, f"the database does not work ({type(error.orig).__name__})")
        return self._error(AnswerMalformed, f"the tables are not the described ones ({type(error.orig).__name__})")

    def _error(self, kind: type[AdapterError], reason: str) -> AdapterError:
        return kind(self._system.name, self._system.city, reason)


def in_chunks(values: Sequence[str]) -> list[list[str]]:
    """`values` in lists for IN, of at most `MAX_IN_VALUES`, each filled up to a power of two by repeating its last one.

    So a database sees a dozen statements at most, however many values are asked, and can keep their plans.
    """
    chunks = [list(values[start : start + MAX_IN_VALUES]) for start in range(0, len(values), MAX_IN_VALUES)]
    for chunk in chunks:
        size = min(1 << (len(chunk) - 1).bit_length(), MAX_IN_VALUES)
        chunk.extend(chunk[-1:] * (size - len(chunk)))
    return chunks


def _state(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or "")


def _number(error: BaseException | None) -> int | None:
    first = error.args[0] if error is not None and error.args else None
    return first if isinstance(first, int) else None
