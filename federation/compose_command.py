"""`bureaugraph compose`: a supergraph from `supergraph.yaml`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TypedDict, Unpack

import click

from federation.composition import CompositionError, CompositionHint, CompositionResult, Contract, Subgraph
from federation.composition import compose as compose_subgraphs
from federation.gateway.supergraph_config import (
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
    result = compose_subgraphs(read_subgraphs(config), _contract(contract))
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
    """Give the subgraphs of a configuration file, `-` for standard input. Raises click.ClickException."""
    try:
        if config == "-":
            return parse_supergraph_config(sys.stdin.read(), Path.cwd())
        return read_supergraph_config(Path(config))
    except SupergraphConfigError as error:
        raise click.ClickException(str(error)) from error


def _write(path: Path | None, text: str) -> None:
    if path is not None:
        path.write_text(text, encoding="utf-8")


def _print_text(result: CompositionResult, *, is_shown: bool) -> None:
    for item in (*result.hints, *result.errors):
        click.echo(str(item), err=True)
    if result.errors:
        click.echo(f"{len(result.errors)} error(s): no supergraph was composed", err=True)
    elif is_shown:
        click.echo(result.supergraph_sdl, nl=False)


def _as_json(result: CompositionResult) -> dict[str, object]:
    return {
        "success": not result.errors,
        "supergraphSdl": result.supergraph_sdl,
        "errors": [_error_as_json(error) for error in result.errors],
        "hints": [_hint_as_json(hint) for hint in result.hints],
    }


def _error_as_json(error: CompositionError) -> dict[str, object]:
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
