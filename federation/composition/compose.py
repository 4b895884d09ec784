"""The composition of subgraphs into a supergraph."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from graphql import GraphQLError, GraphQLSyntaxError

from federation.composition.contract import Contract, apply_contract
from federation.composition.errors import CompositionError, CompositionHint, Position
from federation.composition.federation_1 import upgrade_federation_1
from federation.composition.links import InvalidLinks, read_links
from federation.composition.locate import locate_error
from federation.composition.merge.merge_schemas import merge_context, merge_schemas
from federation.composition.parse_sdl import parse_sdl
from federation.composition.printing.print_api_schema import print_api_schema
from federation.composition.printing.print_supergraph import print_supergraph
from federation.composition.read_subgraph import read_subgraph
from federation.composition.report import CompositionStopped, Report
from federation.composition.satisfiability.walk import check_satisfiability
from federation.composition.schema import Subgraph, SubgraphSchema
from federation.composition.validate.graphql_rules import validate_graphql
from federation.composition.validate.hiding import by_contract
from federation.composition.validate.interface_object_rules import check_interface_objects
from federation.composition.validate.merged_rules import check_inaccessible, check_merged
from federation.composition.validate.names import check_names, check_root_names
from federation.composition.validate.own_definitions import check_own_definitions
from federation.composition.validate.reserved_names import check_reserved_names
from federation.composition.validate.validate_subgraph import validate_subgraph


@dataclass(frozen=True, slots=True)
class CompositionResult:
    """A supergraph, or the errors that prevent one; hints in both cases.

    Attributes:
        supergraph_sdl: in join v0.5 and link v1.0; None if there are errors.
        api_schema_sdl: what clients of the supergraph see.
    """

    supergraph_sdl: str | None
    api_schema_sdl: str | None
    errors: tuple[CompositionError, ...]
    hints: tuple[CompositionHint, ...]


def compose(subgraphs: Sequence[Subgraph], contract: Contract | None = None) -> CompositionResult:
    """Compose the subgraphs, all of the graph or the part of a contract. The result does not depend on their order.

    Each stage runs only if the one before found no error, so that no error is a mere consequence of another.
    """
    with _collection_paused():
        return _run(sorted(subgraphs, key=lambda subgraph: subgraph.name), contract)


def _run(subgraphs: Sequence[Subgraph], contract: Contract | None) -> CompositionResult:
    report = Report()
    try:
        return _compose(subgraphs, contract, report)
    except CompositionStopped:
        errors = tuple(locate_error(error, report.subgraphs) for error in report.errors)
        return CompositionResult(None, None, errors, tuple(report.hints))


@contextmanager
def _collection_paused() -> Iterator[None]:
    """A run only builds; looking for garbage among millions of live objects again and again is half of its time.

    What the run built must be gone before collection is enabled, or the first one looks at all of it once more.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _compose(subgraphs: Sequence[Subgraph], contract: Contract | None, report: Report) -> CompositionResult:
    check_names(subgraphs, report)
    schemas = upgrade_federation_1(_read_subgraphs(subgraphs, report), report)
    report.subgraphs = schemas
    _validate_subgraphs(schemas, report)
    report.stop_on_errors()
    context = merge_context(schemas, report)
    merged = merge_schemas(context)
    check_interface_objects(context, merged)
    report.stop_on_errors()
    check_merged(context, merged)
    report.stop_on_errors()
    check_satisfiability(context, merged)
    report.stop_on_errors()
    if contract is not None:
        merged = apply_contract(merged, contract, report)
        report.stop_on_errors()
        check_inaccessible(report, merged, by_contract(contract))
        report.stop_on_errors()
    urls = {subgraph.name: subgraph.url for subgraph in schemas}
    return CompositionResult(
        print_supergraph(merged, urls), print_api_schema(merged), errors=(), hints=tuple(report.hints)
    )


def _validate_subgraphs(schemas: Sequence[SubgraphSchema], report: Report) -> None:
    for schema in schemas:
        validate_subgraph(schema, report)


def _read_subgraphs(subgraphs: Sequence[Subgraph], report: Report) -> tuple[SubgraphSchema, ...]:
    schemas = []
    for subgraph in subgraphs:
        try:
            document = parse_sdl(subgraph.sdl)
            links = read_links(subgraph, document)
        except GraphQLSyntaxError as error:
            report.errors.append(_syntax_error(subgraph, error))
            continue
        except InvalidLinks as error:
            report.errors.extend(error.errors)
            continue
        own = check_own_definitions(subgraph, document, links)
        refused = frozenset(coordinate for error in own for coordinate in error.coordinates)
        errors = [
            *check_root_names(subgraph, document),
            *check_reserved_names(subgraph, document, links),
            *own,
            *validate_graphql(subgraph, document, links, refused),
        ]
        report.errors.extend(errors)
        if not errors:
            schemas.append(read_subgraph(subgraph, document, links))
    return tuple(schemas)


def _syntax_error(subgraph: Subgraph, error: GraphQLError) -> CompositionError:
    lines = (line.strip(" \t,\ufeff") for line in subgraph.sdl.splitlines())
    is_empty = all(not line or line.startswith("#") for line in lines)
    problem = "The SDL is empty. Give the subgraph's schema." if is_empty else f"{error.message} Correct the SDL there."
    return CompositionError(
        "INVALID_GRAPHQL",
        f"[{subgraph.name}] {problem}",
        subgraphs=(subgraph.name,),
        positions=tuple(Position(subgraph.file, place.line, place.column) for place in error.locations or ()),
    )
