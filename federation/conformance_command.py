"""`bureaugraph conformance`: what a live city subgraph supports of its domain's contract."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from federation.composition import Subgraph, compose
from federation.conformance.ask import Asker
from federation.conformance.known_values import KnownValues, KnownValuesInvalid, read_known_values
from federation.conformance.matrix import Matrix
from federation.conformance.observation import Observation
from federation.conformance.run import NotAnswering, run_conformance
from federation.conformance.subject import Subject
from federation.gateway.clients import partition_client
from federation.gateway.config import ConfigurationError, GatewayConfig, SubgraphConfig
from federation.gateway.supergraph_config import SupergraphConfigError, read_supergraph_config
from federation.partition import contract_of
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.load import load_supergraph
from federation.supergraph.partitions import Partition

_EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
_CANNOT_TEST = 2


class CannotTest(Exception):
    """Nothing can be tested; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is tested, as the command line names it."""

    domain: str
    city: str
    url: str
    sdl: str


@click.command()
@click.option("--city", required=True, metavar="CODE", help="GB/T 2260 code of the city, e.g. 341800.")
@click.option("--domain", required=True, help="The contract, e.g. cards.")
@click.option("--url", help="Address of the city's subgraph; from --config if left out.")
@click.option("--contract", type=_EXISTING, help="SDL of the contract; from --config if left out.")
@click.option("--config", type=click.Path(path_type=Path), default="supergraph.yaml", show_default=True)
@click.option(
    "--known-values", "file", type=_EXISTING, help="YAML with `arguments` and `entities` that the city knows."
)
@click.option(
    "--known", "arguments", multiple=True, metavar="NAME=VALUE", help="The value of an argument; may be repeated."
)
@click.option("--entity", "entities", multiple=True, metavar="TYPE=JSON", help="A representation; may be repeated.")
@click.option(
    "--header", "headers", multiple=True, metavar="NAME=VALUE", help="Sent with each request; may be repeated."
)
@click.option("--timeout-seconds", default=15.0, show_default=True, help="For one answer.")
@click.option(
    "--slow-milliseconds", default=3000.0, show_default=True, help="What takes longer is supported in part only."
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def conformance(output_format: str, **options: Any) -> None:
    """Test a live city subgraph against its domain's contract, and print what it supports.

    Exits with 0 if nothing that was asked is wanting, with 1 if something is, with 2 if nothing could be asked. Values
    of answers are never printed; give id numbers in a file rather than on the command line, which others can read.
    """
    try:
        target = _target(*(options.pop(name) for name in ("city", "domain", "url", "contract", "config")))
        known = read_known_values(*(options.pop(name) for name in ("file", "arguments", "entities")))
        matrix = asyncio.run(examine(target, known, **options))
    except (CannotTest, KnownValuesInvalid, ConfigurationError) as error:
        click.echo(str(error), err=True)
        sys.exit(_CANNOT_TEST)
    except NotAnswering as error:
        click.echo(f"The subgraph gives no answer: {error.row.seen}; {error.row.remedy}.", err=True)
        sys.exit(_CANNOT_TEST)
    as_json = output_format == "json"
    click.echo(json.dumps(matrix.as_json(), ensure_ascii=False, indent=2) if as_json else matrix.as_text())
    sys.exit(0 if matrix.conforms else 1)


async def examine(
    target: Target, known: KnownValues, headers: tuple[str, ...], timeout_seconds: float, slow_milliseconds: float
) -> Matrix:
    """Test the subgraph. Raises CannotTest, NotAnswering."""
    name = SubgraphName(target.domain)
    partition = Partition(target.city, "tested", target.url)
    composed = compose([Subgraph(name, target.url, target.sdl, (partition,))])
    if composed.supergraph_sdl is None:
        raise CannotTest(f"The contract of {name} does not compose: {composed.errors[0]}")
    supergraph = load_supergraph(composed.supergraph_sdl)
    settings = SubgraphConfig(timeout_seconds=timeout_seconds, headers=_headers(headers))
    client = partition_client(supergraph, GatewayConfig(subgraphs={name: settings}), name, partition)
    contract = contract_of(supergraph, name)
    asker = Asker(client, name, timeout_seconds)
    observation = Observation(contract, target.city)
    try:
        subject = Subject(asker, contract, target.sdl, target.city, known, observation, slow_milliseconds)
        return await run_conformance(subject)
    finally:
        await client.close()


def _target(city: str, domain: str, url: str | None, contract: Path | None, config: Path) -> Target:
    """The configuration is read only for what is not given. Raises CannotTest."""
    sdl = None if contract is None else contract.read_text("utf-8")
    if url is None or sdl is None:
        subgraph = _configured(config, domain)
        sdl = subgraph.sdl if sdl is None else sdl
        found = [partition.url for partition in subgraph.partitions if partition.city == city]
        url = url or next(iter(found), None)
    if url is None:
        raise CannotTest(f"{config} names no city {city} for {domain}; give the address with --url.")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise CannotTest("The address is no http or https URL with a host.")
    return Target(domain, city, url, sdl)


def _configured(config: Path, domain: str) -> Subgraph:
    try:
        subgraphs = {subgraph.name: subgraph for subgraph in read_supergraph_config(config)}
    except SupergraphConfigError as error:
        raise CannotTest(str(error.problems[0])) from error
    if domain not in subgraphs:
        raise CannotTest(f"{config} has no domain {domain}; there are: {', '.join(subgraphs)}.")
    return subgraphs[domain]


def _headers(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if any(not equals for _, equals, _ in pairs):
        raise CannotTest("A header is given as NAME=VALUE.")
    return {name: value for name, _, value in pairs}
