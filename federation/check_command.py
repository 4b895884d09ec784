"""`bureaugraph check`: what a change of the subgraphs would do to clients."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click
from graphql import GraphQLSchema

from federation.compose_command import (
    composition_error_as_json,
    config_errors_as_json,
    error_as_json,
    read_subgraphs,
)
from federation.composition import compose
from federation.gateway.completeness import without_demands
from federation.gateway.supergraph_config import SupergraphConfigError
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
    try:
        result = check_schema(_present(against), _proposed(config), _recorded(operations))
    except _NotCompared as error:
        _stop(error, output_format)
    if output_format == "json":
        click.echo(json.dumps(_as_json(result), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_as_text(result)))
    sys.exit(EXIT_BREAKING if result.is_breaking else 0)


class _NotCompared(Exception):
    """Why there is nothing to compare: lines to read, and the same as `errors` in JSON."""

    def __init__(self, lines: Sequence[str], errors: Sequence[dict[str, object]]) -> None:
        super().__init__(*lines)
        self.lines = tuple(lines)
        self.errors = tuple(errors)


def _not_compared(code: str, message: str) -> _NotCompared:
    return _NotCompared([f"Error: {message}"], [error_as_json(code, message)])


def _stop(error: _NotCompared, output_format: str) -> NoReturn:
    if output_format == "json":
        click.echo(json.dumps({"errors": error.errors}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(error.lines), err=True)
    sys.exit(EXIT_NOT_COMPARED)


def _present(path: Path) -> GraphQLSchema:
    try:
        return load_supergraph(_read(path)).client_schema
    except (SupergraphError, ValueError) as error:
        raise _not_compared(SupergraphError.code, f"{path}: {error}") from error


def _proposed(config: str) -> GraphQLSchema:
    try:
        result = compose(read_subgraphs(config))
    except SupergraphConfigError as error:
        lines = [f"Error: {problem}" for problem in error.problems]
        raise _NotCompared(lines, config_errors_as_json(error)) from error
    if result.supergraph_sdl is None:
        count = f"{len(result.errors)} error(s): the subgraphs do not compose"
        raise _NotCompared([*map(str, result.errors), count], [composition_error_as_json(e) for e in result.errors])
    return load_supergraph(result.supergraph_sdl).client_schema


def _recorded(folder: Path | None) -> tuple[RecordedOperation, ...]:
    if folder is None:
        return ()
    try:
        operations = read_operations({str(path.relative_to(folder)): _read_operation(path) for path in _files(folder)})
    except InvalidOperation as error:
        raise _not_compared(error.code, str(error)) from error
    if not operations:
        click.echo(f"Warning: no operation was found in {folder} (*.graphql, in subfolders too)", err=True)
    return tuple(replace(operation, document=without_demands(operation.document)) for operation in operations)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.graphql") if not path.is_dir())


def _read_operation(path: Path) -> str:
    try:
        return _read(path)
    except ValueError as error:
        raise InvalidOperation(str(path), str(error)) from error


def _read(path: Path) -> str:
    """Give a file's text. Raises ValueError that says why there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from error


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
