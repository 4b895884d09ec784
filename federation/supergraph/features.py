"""The features a supergraph links, by `@link` (v1.0) or `@core` (join v0.1), and the names they take in it.

Source: https://specs.apollo.dev/link/v1.0 and https://specs.apollo.dev/core/v0.2
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import DocumentNode, SchemaDefinitionNode, SchemaExtensionNode

from federation.supergraph.ast_values import Arguments, applications
from federation.supergraph.errors import SupergraphError

SPECS = "https://specs.apollo.dev/"
LINK, CORE, JOIN = SPECS + "link", SPECS + "core", SPECS + "join"
INACCESSIBLE, CONTEXT = SPECS + "inaccessible", SPECS + "context"
PARTITION = "https://bureaugraph.dev/partition"
JOIN_VERSIONS = ("v0.1", "v0.2", "v0.3", "v0.4", "v0.5")

# Features marked `for: SECURITY` or `for: EXECUTION` that must be understood by whoever serves the graph.
_UNDERSTOOD = {
    SPECS + name
    for name in (
        "link", "core", "join", "inaccessible", "tag", "authenticated", "requiresScopes", "policy", "context", "cost",
        "cacheTag",
    )
}  # fmt: skip
_URL = re.compile(r"^(?P<identity>.*/(?P<name>[A-Za-z_][A-Za-z0-9_-]*))/(?P<version>v\d+\.\d+)/?$")


@dataclass(frozen=True, slots=True)
class Feature:
    """One linked specification.

    Attributes:
        identity: its URL without the version.
        name, version: taken from the URL; the version is empty if the URL has none.
        namespace: the prefix of its elements' names here.
        imports: local names of imported elements by their own name, directives written with `@`.
        purpose: `SECURITY`, `EXECUTION` or None.
    """

    identity: str
    name: str
    version: str
    namespace: str
    imports: Mapping[str, str]
    purpose: str | None

    def directive(self, element: str) -> str:
        """Give the name that directive `element` of this feature has in the supergraph, without `@`."""
        if imported := self.imports.get("@" + element):
            return imported.removeprefix("@")
        return self.namespace if element == self.name else f"{self.namespace}__{element}"

    def type(self, element: str) -> str:
        """Give the name that type `element` of this feature has in the supergraph."""
        return self.imports.get(element, f"{self.namespace}__{element}")

    def owns_directive(self, name: str) -> bool:
        """True if directive `name` (without `@`) belongs to this feature."""
        return name == self.namespace or name.startswith(self.namespace + "__") or "@" + name in self.imports.values()

    def owns_type(self, name: str) -> bool:
        """True if type `name` belongs to this feature."""
        return name.startswith(self.namespace + "__") or name in self.imports.values()


def read_features(document: DocumentNode) -> Mapping[str, Feature]:
    """Give the linked features by identity.

    Raises SupergraphError if there is no known join version or a SECURITY/EXECUTION feature is not understood.
    """
    features = {}
    for node in document.definitions:
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode):
            for directive in ("link", "core"):
                for arguments in applications(node, directive):
                    feature = _read_feature(arguments)
                    features[feature.identity] = feature
    _check(features)
    return features


def _read_feature(arguments: Arguments) -> Feature:
    url = arguments.text("url") or arguments.text("feature") or ""
    match = _URL.match(url)
    identity, name, version = match.group("identity", "name", "version") if match else (url.rstrip("/"), "", "")
    if not match:
        name = identity.rsplit("/", 1)[-1]
    namespace = arguments.text("as") or name
    return Feature(identity, name, version, namespace, _read_imports(arguments), arguments.text("for"))


def _read_imports(arguments: Arguments) -> Mapping[str, str]:
    imports = {}
    for item in arguments.items("import"):
        if isinstance(item, str):
            imports[item] = item
        elif isinstance(item, dict) and isinstance(name := item.get("name"), str):
            imports[name] = str(item.get("as") or name)
    return imports


def _check(features: Mapping[str, Feature]) -> None:
    join = features.get(JOIN)
    if join is None:
        raise SupergraphError(
            "schema", "it does not link the join specification", "Give a composed supergraph, not a subgraph's schema"
        )
    if join.version not in JOIN_VERSIONS:
        raise SupergraphError(
            "schema",
            f"join {join.version or 'without version'} is unknown",
            f"Compose with one of {', '.join(JOIN_VERSIONS)}",
        )
    for feature in features.values():
        if feature.purpose in {"SECURITY", "EXECUTION"} and feature.identity not in _UNDERSTOOD:
            raise SupergraphError(
                "schema",
                f"the feature {feature.identity} is linked for {feature.purpose} and not supported",
                "Compose without it; serving the graph without understanding it would be unsafe",
            )
