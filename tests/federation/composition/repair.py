"""Sets mended after what composition reports, until they compose: most of what is generated at liberty does not.

Each error is met by a small change at its coordinate, so what composes in the end keeps most of its interplays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random

from graphql import ConstDirectiveNode, DocumentNode, GraphQLSyntaxError, NameNode, Node, parse, print_ast

from federation.composition import CompositionError, Subgraph, compose
from tests.federation.composition.generate_features import generate_featured_set
from tests.federation.composition.generate_motifs import generate_motif_set
from tests.federation.composition.mutate import changed, mutate_set, replaced

_COORDINATE = re.compile(r"^(\w+)(?:\.(\w+))?(?:\((\w+):\))?$")
_ROUNDS = 8
_FIELD_SET_CODES = re.compile(r"^(KEY|PROVIDES|REQUIRES)_")
_SOURCES: Sequence[Callable[[int], list[Subgraph]]] = (
    generate_motif_set, generate_motif_set, generate_motif_set, mutate_set, generate_featured_set,
)  # fmt: skip


def generate_repaired_set(seed: int) -> list[Subgraph]:
    """Give the set of a seed: one of another generator, mended in a few rounds."""
    random = Random(seed)
    subgraphs = random.choice(_SOURCES)(seed * 2 + 1)
    for _ in range(_ROUNDS):
        errors = compose(subgraphs).errors
        if not errors or any(_syntax(subgraph) is None for subgraph in subgraphs):
            break
        subgraphs = _repair(random, subgraphs, errors)
    return subgraphs


def _syntax(subgraph: Subgraph) -> DocumentNode | None:
    try:
        return parse(subgraph.sdl, no_location=True)
    except GraphQLSyntaxError:
        return None


def _repair(random: Random, subgraphs: Sequence[Subgraph], errors: Sequence[CompositionError]) -> list[Subgraph]:
    documents = {subgraph.name: parse(subgraph.sdl, no_location=True) for subgraph in subgraphs}
    for error in errors:
        match = _COORDINATE.match(error.coordinates[0]) if error.coordinates else None
        if match is None:
            continue
        named = [name for name in error.subgraphs if name in documents] or list(documents)
        everywhere = error.code in ("INVALID_FIELD_SHARING", "SATISFIABILITY_ERROR")
        for name in documents if everywhere else named if random.random() < 0.5 else named[:1]:
            for node in list(_find(documents[name], *match.groups())):
                documents[name] = replaced(documents[name], node, _mended(random, error.code, node))
    return [Subgraph(s.name, s.url, print_ast(documents[s.name])) for s in subgraphs]


def _mended(random: Random, code: str, node: Node) -> Node | None:
    """Give what takes the node's place; None leaves it out."""
    if code == "INVALID_FIELD_SHARING" and "shareable" not in [d.name.value for d in node.directives or ()]:
        return changed(
            node, directives=(*(node.directives or ()), ConstDirectiveNode(name=NameNode(value="shareable")))
        )
    if code == "EXTERNAL_MISSING_ON_BASE":
        return _without(node, "external")
    field_set = _FIELD_SET_CODES.match(code)
    if field_set is not None:
        return _without(node, field_set[1].lower())
    if getattr(node, "directives", ()) and code != "SATISFIABILITY_ERROR" and random.random() < 0.5:
        return _without(node, random.choice(node.directives).name.value)
    return None


def _without(node: Node, directive: str) -> Node:
    return changed(node, directives=tuple(d for d in node.directives or () if d.name.value != directive))


def _find(document: DocumentNode, type_name: str, member: str | None, argument: str | None) -> Iterator[Node]:
    """Give the nodes of a coordinate; a type has one for each of its parts."""
    for definition in document.definitions:
        if getattr(definition, "name", None) is None or definition.name.value != type_name:
            continue
        nodes: list[Node] = [definition]
        for keys, name in ((("fields", "values"), member), (("arguments",), argument)):
            if name is not None:
                children = [c for node in nodes for key in keys for c in getattr(node, key, None) or ()]
                nodes = [child for child in children if child.name.value == name]
        yield from nodes
