"""Reading `@link`: which features a subgraph uses, in which version, and what it calls their directives.

Source: https://specs.apollo.dev/link/v1.0
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    DirectiveNode,
    DocumentNode,
    ListValueNode,
    ObjectValueNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    ValueNode,
)

from federation.composition.errors import CompositionError, position_of
from federation.composition.schema import LinkedFeature, Subgraph
from federation.composition.specifications import (
    CONNECT_IDENTITY,
    DIRECTIVES,
    FEDERATION_1_DIRECTIVES,
    FEDERATION_IDENTITY,
    FEDERATION_TYPES,
    LATEST_FEDERATION,
    LINK_IDENTITY,
    PARTITION_DIRECTIVES,
    PARTITION_ENUMS,
    PARTITION_IDENTITY,
    SPECS,
)

_VERSION = re.compile(r"^v(\d+)\.(\d+)$")
_SUPERGRAPH_FEATURES = {
    f"{SPECS}/{spec.feature}": spec.feature for spec in DIRECTIVES.values() if spec.feature is not None
}


class InvalidLink(Exception):
    """A `@link` that cannot be read; carries the error to report."""

    def __init__(self, error: CompositionError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Links:
    """What a subgraph's links say.

    Attributes:
        federation_version: None for Federation 1.
        directives: by the subgraph's name of a directive, the specification's name.
        types: the same for the specifications' types, such as FieldSet.
    """

    features: tuple[LinkedFeature, ...]
    federation_version: tuple[int, int] | None
    directives: Mapping[str, str]
    types: Mapping[str, str]
    link_directive: str


def read_links(subgraph: Subgraph, document: DocumentNode) -> Links:
    """Give the links of a subgraph. Raises InvalidLink on one that cannot be read."""
    applications = list(_schema_directives(document))
    link_directive = _link_directive_name(applications)
    features = tuple(_read_feature(subgraph, node) for node in applications if node.name.value == link_directive)
    version = _federation_version(subgraph, features)
    return Links(
        features=features,
        federation_version=version,
        directives=_directive_names(features, version),
        types=_type_names(features, version),
        link_directive=link_directive,
    )


def _schema_directives(document: DocumentNode) -> Iterable[DirectiveNode]:
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode):
            yield from definition.directives or ()


def _link_directive_name(applications: Iterable[DirectiveNode]) -> str:
    """Find the application that links `link` itself: it may give the directive another name."""
    for node in applications:
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        url = arguments.get("url")
        if isinstance(url, StringValueNode) and url.value.startswith(f"{LINK_IDENTITY}/"):
            name = arguments.get("as")
            return name.value if isinstance(name, StringValueNode) else "link"
    return "link"


def _read_feature(subgraph: Subgraph, node: DirectiveNode) -> LinkedFeature:
    arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
    url = arguments.get("url")
    if not isinstance(url, StringValueNode):
        raise _invalid(subgraph, node, "INVALID_LINK_DIRECTIVE_USAGE", "@link needs a string argument `url`.")
    identity, name, version = _read_url(url.value)
    if not name and identity == url.value:
        raise _invalid(subgraph, node, "INVALID_LINK_IDENTIFIER", f'"{url.value}" is not a feature\'s URL.')
    namespace = arguments.get("as")
    return LinkedFeature(
        url=url.value,
        identity=identity,
        name=name,
        version=version,
        namespace=namespace.value if isinstance(namespace, StringValueNode) else name,
        imports=_read_imports(subgraph, node, arguments.get("import")),
        node=node,
    )


def _read_url(url: str) -> tuple[str, str, tuple[int, int]]:
    """Split into identity, name and version; a URL without a version has version (0, 0)."""
    path = url.rstrip("/").split("?", 1)[0]
    head, _, last = path.rpartition("/")
    match = _VERSION.match(last)
    if match is None:
        return path, last if "://" in head or "/" in head else "", (0, 0)
    return head, head.rpartition("/")[2], (int(match[1]), int(match[2]))


def _read_imports(subgraph: Subgraph, node: DirectiveNode, value: ValueNode | None) -> dict[str, str]:
    imports: dict[str, str] = {}
    for item in value.values or () if isinstance(value, ListValueNode) else ():
        match item:
            case StringValueNode():
                imports[item.value] = item.value
            case ObjectValueNode():
                names = {
                    field.name.value: field.value.value
                    for field in item.fields
                    if isinstance(field.value, StringValueNode)
                }
                name, alias = names.get("name"), names.get("as")
                if name is None or (alias is not None and name.startswith("@") != alias.startswith("@")):
                    raise _invalid(
                        subgraph,
                        node,
                        "INVALID_LINK_DIRECTIVE_USAGE",
                        "An import object needs `name`, and an `as` that starts with @ exactly if the name does.",
                    )
                imports[name] = alias or name
            case _:
                raise _invalid(
                    subgraph,
                    node,
                    "INVALID_LINK_DIRECTIVE_USAGE",
                    "An import is a string or an object with `name` and `as`.",
                )
    return imports


def _federation_version(subgraph: Subgraph, features: Iterable[LinkedFeature]) -> tuple[int, int] | None:
    linked = [feature for feature in features if feature.identity == FEDERATION_IDENTITY]
    for feature in features:
        if feature.identity == CONNECT_IDENTITY:
            raise _invalid(
                subgraph,
                feature.node,
                "UNSUPPORTED_LINKED_FEATURE",
                "Connectors (@connect, @source) are not supported; serve the REST API by a subgraph instead.",
            )
        if feature.identity == LINK_IDENTITY and feature.version != (1, 0):
            raise _invalid(
                subgraph, feature.node, "UNKNOWN_LINK_VERSION", f'"{feature.url}" is unknown; link v1.0 instead.'
            )
    if not linked:
        return None
    if not (2, 0) <= linked[0].version <= LATEST_FEDERATION:
        raise _invalid(
            subgraph,
            linked[0].node,
            "UNKNOWN_FEDERATION_LINK_VERSION",
            f'"{linked[0].url}" is unknown; link v2.0 to v{LATEST_FEDERATION[0]}.{LATEST_FEDERATION[1]}.',
        )
    _check_federation_imports(subgraph, linked[0])
    return linked[0].version


def _check_federation_imports(subgraph: Subgraph, feature: LinkedFeature) -> None:
    known = {f"@{name}" for name, spec in DIRECTIVES.items() if spec.since <= feature.version}
    known |= {name for name, since in FEDERATION_TYPES.items() if since <= feature.version}
    for name in feature.imports:
        if name in known:
            continue
        hint = f" (write @{name})" if f"@{name}" in known else ""
        raise _invalid(
            subgraph,
            feature.node,
            "INVALID_LINK_DIRECTIVE_USAGE",
            f'Cannot import "{name}"{hint}: it is not in "{feature.url}"; '
            "correct the name or link a version that has it.",
        )


def _directive_names(features: Iterable[LinkedFeature], version: tuple[int, int] | None) -> dict[str, str]:
    names = {} if version is not None else {name: name for name in FEDERATION_1_DIRECTIVES}
    for feature in features:
        if feature.identity == FEDERATION_IDENTITY:
            for name, spec in DIRECTIVES.items():
                if spec.since <= feature.version:
                    names[feature.local_directive(name)] = name
        elif feature.identity == PARTITION_IDENTITY:
            names |= {feature.local_directive(name): name for name in PARTITION_DIRECTIVES}
        elif feature.identity in _SUPERGRAPH_FEATURES:
            names |= {
                feature.local_directive(spec.name): spec.name
                for spec in DIRECTIVES.values()
                if spec.feature == _SUPERGRAPH_FEATURES[feature.identity]
            }
    return names


def _type_names(features: Iterable[LinkedFeature], version: tuple[int, int] | None) -> dict[str, str]:
    names = {} if version is not None else {"_FieldSet": "FieldSet"}
    for feature in features:
        if feature.identity == FEDERATION_IDENTITY:
            names |= {feature.local_type(name): name for name in FEDERATION_TYPES}
        elif feature.identity == PARTITION_IDENTITY:
            names |= {feature.local_type(name): name for name in PARTITION_ENUMS}
    return names


def _invalid(subgraph: Subgraph, node: object, code: str, message: str) -> InvalidLink:
    return InvalidLink(
        CompositionError(
            code,
            f"[{subgraph.name}] {message}",
            subgraphs=(subgraph.name,),
            positions=position_of(node if isinstance(node, DirectiveNode) else None, subgraph.file),
        )
    )
