"""`bureaugraph check`: what a change of the subgraphs would do to clients."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click
from graphql import GraphQLSchema

from federation.compose_command import read_subgraphs
from federation.composition import compose
from federation.schema_check import (
    CheckResult,
    InvalidOperation,
    RecordedOperation,
    Severity,
    check_schema,
    read_operations,
)
from federation.supergraph import SupergraphError, load_supergraph

EXIT_BREAKING = 1
EXIT_NOT_COMPARED = 2


@click.command()
@click.option("--config", required=True, metavar="FILE|-", help="the proposed supergraph.yaml, - for standard input")
@click.option(
    "--against", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="the supergraph that is served now",
)  # fmt: skip
@click.option(
    "--operations", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="operations that clients send: *.graphql, in subfolders too",
)  # fmt: skip
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(config: str, against: Path, operations: Path | None, output_format: str) -> None:
    """Compare the API schema of the composed subgraphs with the one that is served now.

    Exits with 0 if no change breaks clients, with 1 if one does, with 2 if the schemas cannot be compared.
    """
    result = check_schema(_present(against), _proposed(config), _recorded(operations))
    if output_format == "json":
        click.echo(json.dumps(_as_json(result), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_as_text(result)))
    sys.exit(EXIT_BREAKING if result.is_breaking else 0)


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(EXIT_NOT_COMPARED)


def _present(path: Path) -> GraphQLSchema:
    try:
        return load_supergraph(path.read_text(encoding="utf-8")).api_schema
    except (SupergraphError, UnicodeDecodeError) as error:
        _stop(f"{path}: {error}")


def _proposed(config: str) -> GraphQLSchema:
    try:
        result = compose(read_subgraphs(config))
    except click.ClickException as error:
        _stop(f"Error: {error.message}")
    if result.supergraph_sdl is None:
        _stop("\n".join([*map(str, result.errors), f"{len(result.errors)} error(s): the subgraphs do not compose"]))
    return load_supergraph(result.supergraph_sdl).api_schema


def _recorded(folder: Path | None) -> tuple[RecordedOperation, ...]:
    if folder is None:
        return ()
    files = sorted(folder.rglob("*.graphql"))
    try:
        return read_operations({str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in files})
    except InvalidOperation as error:
        _stop(f"Error: {error}")


def _as_text(result: CheckResult) -> Iterator[str]:
    for checked in result.changes:
        yield f"{checked.change.severity.upper():<10} {checked.change.type}: {checked.change.description}"
        verb = "breaks" if checked.change.severity is Severity.BREAKING else "concerns"
        yield from (f"    {verb} {operation}" for operation in checked.operations)
    for operation, reasons in result.broken:
        yield f"BROKEN     {operation}"
        yield from (f"    {reason}" for reason in reasons)
    yield from (f"SKIPPED    {operation}: not valid now either" for operation in result.already_invalid)
    counts = [sum(c.change.severity is severity for c in result.changes) for severity in Severity]
    yield (
        f"{counts[0]} breaking, {counts[1]} dangerous, {counts[2]} safe change(s); "
        f"{len(result.broken)} recorded operation(s) broken"
    )


def _as_json(result: CheckResult) -> dict[str, object]:
    return {
        "isBreaking": result.is_breaking,
        "changes": [
            {
                "severity": checked.change.severity,
                "type": checked.change.type,
                "coordinate": checked.change.coordinate,
                "description": checked.change.description,
                "operations": [_name(operation) for operation in checked.operations],
            }
            for checked in result.changes
        ],
        "brokenOperations": [{**_name(operation), "reasons": list(reasons)} for operation, reasons in result.broken],
        "skippedOperations": [_name(operation) for operation in result.already_invalid],
    }


def _name(operation: RecordedOperation) -> dict[str, str]:
    return {"file": operation.file, "name": operation.name}
