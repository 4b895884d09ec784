"""The ready operations that GraphiQL opens as tabs."""

from __future__ import annotations

import json
import re
from pathlib import Path

from graphql import GraphQLSyntaxError, parse

from federation.gateway.config import ConfigurationError


def read_operations(folder: Path) -> list[dict[str, str]]:
    """Read `*.graphql`, each with its `<name>.variables.json` if there is one, in the order of their numbers.

    Shape: `[{"query": "…", "variables": "{…}"}]`, as GraphiQL's tabs take them. Raises ConfigurationError.
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
