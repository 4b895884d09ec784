"""The command `bureaugraph plan`: shows how an operation would be fetched."""

from __future__ import annotations

import math
from pathlib import Path

import click
import orjson
from graphql import DocumentNode, GraphQLSyntaxError, parse, validate

from federation.gateway.completeness import without_demands
from federation.planner import Explanation, PlanOptions, QueryPlanningError, plan_operation
from federation.query_plan import pretty, to_json
from federation.query_plan.nodes import SubgraphName
from federation.supergraph import Supergraph, SupergraphError, load_supergraph


@click.command()
@click.option("--supergraph", "supergraph_file", required=True, type=click.Path(path_type=Path), help="Supergraph SDL.")
@click.option("--operation", "operation_file", required=True, type=click.Path(path_type=Path), help="GraphQL document.")
@click.option("--operation-name", help="Which operation of the document; needed if there are several.")
@click.option(
    "--fetch-cost", "fetch_costs", multiple=True, metavar="SUBGRAPH=NUMBER",
    help="What a fetch of a subgraph weighs against others' 1, as `fetch_cost` of the gateway; may be repeated.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--explain", is_flag=True, help="Tell first how the plan was found: what was considered, chosen, and why."
)
def plan(  # noqa: PLR0913, PLR0917 - one for each option
    supergraph_file: Path,
    operation_file: Path,
    operation_name: str | None,
    fetch_costs: tuple[str, ...],
    form: str,
    explain: bool,
) -> None:
    """Show the query plan of an operation."""
    supergraph = _load(supergraph_file)
    options = PlanOptions(fetch_costs=dict(_read_cost(text, supergraph) for text in fetch_costs))
    document = _parse(operation_file, supergraph)
    explanation = Explanation() if explain else None
    try:
        found = plan_operation(supergraph, document, operation_name, options, explanation)
    except QueryPlanningError as error:
        _tell(explanation, form)
        raise _failure(operation_file, f"[{error.code}] {error}") from error
    _tell(explanation, form)
    if form == "json":
        click.echo(orjson.dumps(to_json(found), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo(pretty(found), nl=False)


def _tell(explanation: Explanation | None, form: str) -> None:
    """Print how the plan was found; beside JSON on standard error, for what reads the JSON."""
    if explanation is not None:
        click.echo(explanation.text(), err=form == "json")


def _load(file: Path) -> Supergraph:
    try:
        return load_supergraph(_read(file))
    except SupergraphError as error:
        raise _failure(file, f"[{error.code}] {error}") from error


def _read_cost(text: str, supergraph: Supergraph) -> tuple[SubgraphName, float]:
    name, _, number = text.partition("=")
    if name not in supergraph.subgraphs:
        known = ", ".join(supergraph.subgraphs)
        raise click.BadParameter(f"there is no subgraph {name}; there are {known}", param_hint="--fetch-cost")
    try:
        cost = float(number)
    except ValueError:
        cost = 0.0
    if not 0 < cost < math.inf:
        raise click.BadParameter(f"{text} gives no number greater than 0", param_hint="--fetch-cost")
    return SubgraphName(name), cost


def _parse(file: Path, supergraph: Supergraph) -> DocumentNode:
    try:
        document = without_demands(parse(_read(file)))
    except GraphQLSyntaxError as error:
        raise _failure(file, str(error)) from error
    if errors := validate(supergraph.client_schema, document):
        raise _failure(file, "\n\n".join(str(error) for error in errors))
    return document


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _failure(file, str(error)) from error


def _failure(file: Path, reason: str) -> click.ClickException:
    return click.ClickException(f"{file}: {reason}")
