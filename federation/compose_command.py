"""`bureaugraph compose`: a supergraph from `supergraph.yaml`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, TypedDict, Unpack

import click

from federation.composition import CompositionError, CompositionHint, CompositionResult, Contract, Subgraph
from federation.composition import compose as compose_subgraphs
from federation.gateway.supergraph_config import (
    ConfigProblem,
    SupergraphConfigError,
    parse_supergraph_config,
    read_supergraph_config,
)


class _ContractOptions(TypedDict):
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    hide_unreachable_types: bool


@click.command()
@click.option(
    "--config", required=True, metavar="FILE|-", help="supergraph.yaml as rover reads it, - for standard input"
)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="where to write; standard output if absent"
)
@click.option("--api-schema", type=click.Path(path_type=Path), metavar="FILE", help="write the API schema here too")
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="json: one document with supergraph, errors and hints",
)  # fmt: skip
@click.option(
    "--include-tag", "include", multiple=True, metavar="TAG", help="a contract: only what has this tag; may be repeated"
)
@click.option(
    "--exclude-tag", "exclude", multiple=True, metavar="TAG", help="a contract: nothing that has this tag; wins"
)
@click.option("--hide-unreachable-types", is_flag=True, help="a contract: no types that no query leads to")
def compose(
    config: str, output: Path | None, api_schema: Path | None, output_format: str, **contract: Unpack[_ContractOptions]
) -> None:
    """Compose the subgraphs of a configuration into a supergraph. Exits with 1 and all errors on failure."""
    _check_outputs(output, api_schema)
    try:
        subgraphs = read_subgraphs(config)
    except SupergraphConfigError as error:
        _stop(error, output_format)
    result = compose_subgraphs(subgraphs, _contract(contract))
    if result.supergraph_sdl is not None and result.api_schema_sdl is not None:
        _write(output, result.supergraph_sdl)
        _write(api_schema, result.api_schema_sdl)
    if output_format == "json":
        click.echo(json.dumps(_as_json(result), ensure_ascii=False, indent=2))
    else:
        _print_text(result, is_shown=output is None)
    sys.exit(1 if result.errors else 0)


def _contract(options: _ContractOptions) -> Contract | None:
    if not any(options.values()):
        return None
    return Contract(frozenset(options["include"]), frozenset(options["exclude"]), options["hide_unreachable_types"])


def read_subgraphs(config: str) -> tuple[Subgraph, ...]:
    """Give the subgraphs of a configuration file, `-` for standard input. Raises SupergraphConfigError."""
    if config != "-":
        return read_supergraph_config(Path(config))
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        problem = f"it is not UTF-8 (byte {error.start + 1}); save it as UTF-8"
        raise SupergraphConfigError([ConfigProblem("", f"cannot read standard input: {problem}")]) from error
    return parse_supergraph_config(text, Path.cwd())


def _check_outputs(output: Path | None, api_schema: Path | None) -> None:
    """See that both files can be written before any is. Raises click.UsageError."""
    if output is not None and api_schema is not None and output.resolve() == api_schema.resolve():
        raise click.UsageError(f"--output and --api-schema are the same file, {output}")
    for option, path in (("--output", output), ("--api-schema", api_schema)):
        if path is None:
            continue
        if not path.parent.is_dir():
            raise click.UsageError(f"{option} {path}: there is no folder {path.parent}; make it first")
        if path.is_dir():
            raise click.UsageError(f"{option} {path} is a folder; name a file")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise click.UsageError(f"{option} {path} may not be written")


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from error


def _stop(error: SupergraphConfigError, output_format: str) -> NoReturn:
    if output_format == "json":
        errors = config_errors_as_json(error)
        click.echo(json.dumps(_document(errors=errors), ensure_ascii=False, indent=2))
    else:
        for problem in error.problems:
            click.echo(f"Error: {problem}", err=True)
    sys.exit(1)


def config_errors_as_json(error: SupergraphConfigError) -> list[dict[str, object]]:
    """Write what is wrong with a configuration as other errors are written."""
    return [error_as_json(error.code, str(problem)) for problem in error.problems]


def error_as_json(code: str, message: str) -> dict[str, object]:
    """Write an error that is not about a subgraph's elements."""
    return {"code": code, "message": message, "coordinates": [], "subgraphs": [], "positions": []}


def _print_text(result: CompositionResult, *, is_shown: bool) -> None:
    for item in (*result.hints, *result.errors):
        click.echo(str(item), err=True)
    if result.errors:
        click.echo(f"{len(result.errors)} error(s): no supergraph was composed", err=True)
    elif is_shown:
        click.echo(result.supergraph_sdl, nl=False)


def _as_json(result: CompositionResult) -> dict[str, object]:
    return _document(
        result.supergraph_sdl,
        [composition_error_as_json(error) for error in result.errors],
        [_hint_as_json(hint) for hint in result.hints],
    )


def _document(
    supergraph_sdl: str | None = None,
    errors: Sequence[dict[str, object]] = (),
    hints: Sequence[dict[str, object]] = (),
) -> dict[str, object]:
    return {
        "success": not errors,
        "supergraphSdl": supergraph_sdl,
        "errors": list(errors),
        "hints": list(hints),
    }


def composition_error_as_json(error: CompositionError) -> dict[str, object]:
    """Write an error of composition with all of its fields."""
    return {
        "code": error.code,
        "message": error.message,
        "coordinates": list(error.coordinates),
        "subgraphs": list(error.subgraphs),
        "positions": [
            {"file": position.file, "line": position.line, "column": position.column} for position in error.positions
        ],
    }


def _hint_as_json(hint: CompositionHint) -> dict[str, object]:
    return {
        "code": hint.code,
        "level": hint.level.name,
        "message": hint.message,
        "coordinates": list(hint.coordinates),
        "subgraphs": list(hint.subgraphs),
    }
