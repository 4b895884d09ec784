"""The ready operations that GraphiQL opens as tabs.

Their variables may hold days that move with the calendar: `{today}`, `{today-7}`, `{today+35}`, and `{year}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from graphql import GraphQLSyntaxError, parse

from federation.gateway.config import ConfigurationError

_DAY = re.compile(r"\{(?:today([+-]\d{1,4})?|(year))\}")


def of_day(operations: Sequence[Mapping[str, str]], today: date) -> list[Mapping[str, str]]:
    """The operations with the days of their variables as they are today."""
    return [{**one, "variables": dated(one["variables"], today)} if "variables" in one else one for one in operations]


def dated(variables: str, today: date) -> str:
    """Variables with their days as they are today."""

    def day(found: re.Match[str]) -> str:
        return str(today.year) if found[2] else (today + timedelta(days=int(found[1] or 0))).isoformat()

    return _DAY.sub(day, variables)


def read_operations(folder: Path) -> list[dict[str, str]]:
    """Read `*.graphql`, each with its `<name>.variables.json` if there is one, in the order of their numbers.

    Shape: `[{"query": "…", "variables": "{…}"}]`, as GraphiQL's tabs take them once they are `of_day`. Raises
    ConfigurationError.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"The configuration's graphiql_operations names {folder}, which is no folder.")
    return [_read_operation(file) for file in sorted(folder.glob("*.graphql"), key=_natural)]


def _natural(file: Path) -> list[tuple[int, str]]:
    """Order `2-…` before `10-…`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", file.name)]


def _read_operation(file: Path) -> dict[str, str]:
    query = file.read_text("utf-8")
    try:
        parse(query)
    except GraphQLSyntaxError as error:
        raise ConfigurationError(f"The ready operation {file} is no GraphQL: {error.message}") from error
    variables = file.with_suffix(".variables.json")
    if not variables.exists():
        return {"query": query}
    content = variables.read_text("utf-8")
    try:
        json.loads(content)
    except ValueError as error:
        raise ConfigurationError(f"The variables {variables} are no JSON: {error}") from error
    return {"query": query, "variables": content}
