"""Reading `@link`: which features a subgraph uses, in which version, and what it calls their directives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    Node,
    NonNullTypeNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
)

from federation.composition.errors import CompositionError, position_of
from federation.composition.links.feature_url import FeatureUrl, InvalidFeatureUrl, parse_feature_url
from federation.composition.links.imports import read_imports, unknown_imports
from federation.composition.links.local_names import local_directives, local_types
from federation.composition.links.name_conflicts import LinkedNames, import_conflict
from federation.composition.schema import LinkedFeature, Subgraph
from federation.composition.specifications import (
    CONNECT_IDENTITY,
    DIRECTIVES,
    FEDERATION_IDENTITY,
    FEDERATION_TYPES,
    LATEST_FEDERATION,
    LINK_IDENTITY,
    PARTITION_ENUMS,
    PARTITION_IDENTITY,
    PARTITION_VERSIONS,
    STANDING_ALONE,
    DirectiveSpecification,
    partition_directives,
)

_USAGE = "INVALID_LINK_DIRECTIVE_USAGE"
_IDENTIFIER = "INVALID_LINK_IDENTIFIER"


class InvalidLinks(Exception):
    """`@link`s that cannot be read; carries all errors to report."""

    def __init__(self, errors: Sequence[CompositionError]) -> None:
        super().__init__(errors[0].message)
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Links:
    """What a subgraph's links say.

    Attributes:
        federation_version: None for Federation 1.
        directives: by the subgraph's name of a directive, the specification's name.
        specifications: by the subgraph's name of a directive of federation, its form in the linked version.
        types: by the subgraph's name of a type such as FieldSet, the specification's name.
        defines_link: whether the subgraph links `link` and defines its directive, which may be as it likes then.
    """

    features: tuple[LinkedFeature, ...]
    federation_version: tuple[int, int] | None
    directives: Mapping[str, str]
    specifications: Mapping[str, DirectiveSpecification]
    types: Mapping[str, str]
    link_directive: str = "link"
    defines_link: bool = False


def read_links(subgraph: Subgraph, document: DocumentNode) -> Links:
    """Give the links of a subgraph; one that links neither federation nor `link` is of Federation 1.

    Raises InvalidLinks.
    """
    applications = list(_schema_directives(document))
    own_link = _link_of_link(document, applications)
    link_directive = own_link.name.value if own_link is not None else "link"
    linking = [node for node in applications if node.name.value == link_directive]
    is_federation_2 = any(_written_url(node).startswith(FEDERATION_IDENTITY) for node in linking)
    if own_link is None and not is_federation_2:
        return Links((), None, *local_directives((), None), local_types((), None))
    reader = _Reader(subgraph)
    features = reader.read(linking, own_link)
    if reader.errors:
        raise InvalidLinks(reader.errors)
    version = next((f.version for f in features if f.identity == FEDERATION_IDENTITY), None)
    return Links(
        features,
        version,
        *local_directives(features, version),
        local_types(features, version),
        link_directive,
        own_link is not None and _definition(document, link_directive) is not None,
    )


@dataclass(slots=True)
class _Reader:
    """Collects the errors of a subgraph's links while it reads them."""

    subgraph: Subgraph
    errors: list[CompositionError] = field(default_factory=list)

    def read(self, applications: Sequence[DirectiveNode], own_link: DirectiveNode | None) -> tuple[LinkedFeature, ...]:
        names = LinkedNames()
        if own_link is None:  # `link` is used without being linked itself
            names.add(LinkedFeature("", LINK_IDENTITY, "link", (1, 0), "link", {}))
        features = [feature for node in applications if (feature := self._read_feature(node)) is not None]
        # `link` has its names first, wherever its own link stands.
        for feature in sorted(features, key=lambda feature: feature.identity != LINK_IDENTITY):
            problem = names.add(feature)
            if problem is not None:
                self._add(feature.node, _USAGE, f'@link of "{feature.url}": {problem}')
        return tuple(features)

    def _read_feature(self, node: DirectiveNode) -> LinkedFeature | None:
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        written = arguments.get("url")
        if not isinstance(written, StringValueNode):
            self._add(node, _USAGE, "@link needs a string argument `url`.")
            return None
        try:
            url = parse_feature_url(written.value)
        except InvalidFeatureUrl as invalid:
            self._add(node, _IDENTIFIER, f'@link of "{written.value}": {invalid}; write "https://…/name/v1.0".')
            return None
        pairs, problems = read_imports(arguments.get("import"))
        self._check_version(node, written.value, url)
        conflict = import_conflict(pairs)
        known = _known_elements(url)
        problems += [conflict] if conflict else []
        problems += unknown_imports(pairs, known) if known is not None else ()
        for problem in problems:
            self._add(node, _USAGE, f'@link of "{written.value}": {problem}')
        namespace = arguments.get("as")
        named = namespace.value if isinstance(namespace, StringValueNode) else url.name
        return LinkedFeature(written.value, url.identity, url.name, url.version, named, dict(pairs), node)

    def _check_version(self, node: DirectiveNode, written: str, url: FeatureUrl) -> None:
        latest = ".".join(map(str, LATEST_FEDERATION))
        if url.identity == CONNECT_IDENTITY:
            problem = "Connectors (@connect, @source) are not supported; serve the REST API by a subgraph instead."
            self._add(node, "UNSUPPORTED_LINKED_FEATURE", problem)
        elif url.identity == PARTITION_IDENTITY and url.version not in PARTITION_VERSIONS:
            self._add(node, "UNSUPPORTED_LINKED_FEATURE", f'"{written}" is unknown; link v1.1 instead.')
        elif url.identity == LINK_IDENTITY and url.version != (1, 0):
            self._add(node, "UNKNOWN_LINK_VERSION", f'"{written}" is unknown; link v1.0 instead.')
        elif url.identity == FEDERATION_IDENTITY and not (2, 0) <= url.version <= LATEST_FEDERATION:
            self._add(node, "UNKNOWN_FEDERATION_LINK_VERSION", f'"{written}" is unknown; link v2.0 to v{latest}.')

    def _add(self, node: Node | None, code: str, message: str) -> None:
        positions = position_of(node, self.subgraph.file)
        message = f"[{self.subgraph.name}] {message}"
        self.errors.append(CompositionError(code, message, (), (self.subgraph.name,), positions))


def _known_elements(url: FeatureUrl) -> Collection[str] | None:
    """Give what can be imported of a feature that we know, directives with `@`; None for all others."""
    if url.identity == LINK_IDENTITY:
        return ("@link", "Purpose", "Import")
    if url.identity == PARTITION_IDENTITY:
        return (*(f"@{name}" for name in partition_directives(url.version)), *PARTITION_ENUMS)
    if url.identity != FEDERATION_IDENTITY:
        directives = STANDING_ALONE.get((url.identity, url.version))
        return None if directives is None else {*(f"@{spec.name}" for spec in directives), *FEDERATION_TYPES}
    if not (2, 0) <= url.version <= LATEST_FEDERATION:
        return None
    return {
        *(f"@{name}" for name, spec in DIRECTIVES.items() if spec.at(url.version) is not None),
        *(name for name, since in FEDERATION_TYPES.items() if since <= url.version),
    }


def _schema_directives(document: DocumentNode) -> Iterator[DirectiveNode]:
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode):
            yield from definition.directives or ()


def _written_url(node: DirectiveNode) -> str:
    return next(
        (
            argument.value.value
            for argument in node.arguments or ()
            if argument.name.value == "url" and isinstance(argument.value, StringValueNode)
        ),
        "",
    )


def _link_of_link(document: DocumentNode, applications: Sequence[DirectiveNode]) -> DirectiveNode | None:
    """Find the application that links `link` itself: it may give the directive another name.

    It counts only if the directive is `@link`, or what the subgraph defines is one that can link.
    """
    for node in applications:
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        alias = arguments.get("as")
        expected = alias.value if isinstance(alias, StringValueNode) else "link"
        definition = _definition(document, node.name.value)
        can_link = node.name.value == "link" if definition is None else _can_link(definition)
        if node.name.value == expected and _written_url(node).startswith(f"{LINK_IDENTITY}/") and can_link:
            return node
    return None


def _definition(document: DocumentNode, directive: str) -> DirectiveDefinitionNode | None:
    return next(
        (d for d in document.definitions if isinstance(d, DirectiveDefinitionNode) and d.name.value == directive), None
    )


def _can_link(definition: DirectiveDefinitionNode) -> bool:
    types = {argument.name.value: argument.type for argument in definition.arguments or ()}
    url = types.get("url")
    url = url.type if isinstance(url, NonNullTypeNode) else url
    is_text = [getattr(getattr(t, "name", None), "value", None) == "String" for t in (url, types.get("as", url))]
    return definition.repeatable and all(is_text) and [place.value for place in definition.locations] == ["SCHEMA"]
