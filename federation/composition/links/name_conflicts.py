"""The rule that a name leads to one feature: neither namespaces nor imports of two features may be confused.

A feature's elements are called `@namespace__name`, its main directive `@namespace`, and what is imported as the import
says; so an import must not look like another feature's element.
Source: https://specs.apollo.dev/link/v1.0
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from federation.composition.schema import LinkedFeature
from federation.composition.specifications import FEDERATION_IDENTITY, SPECS

_NAMESPACE = re.compile(r"^[_A-Za-z][\w.-]*$", re.ASCII)
# Versions of the reference wrote these for directives that federation has itself.
_WRITTEN_BY_TOOLS = {(f"{SPECS}/{name}", f"federation__{name}") for name in ("tag", "inaccessible")}


@dataclass(slots=True)
class LinkedNames:
    """The names taken by the features linked so far, in the order of their links."""

    features: dict[str, LinkedFeature] = field(default_factory=dict)
    by_import: dict[str, tuple[LinkedFeature, str]] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)

    def add(self, feature: LinkedFeature) -> str | None:
        """Take the feature's names; give a sentence if they cannot be had, and take none of them."""
        problem = next(self._problems(feature), None)
        if problem is not None:
            return problem
        self.features[feature.namespace] = feature
        for original, local in feature.imports.items():
            self.by_import[local] = (feature, original)
            prefix = _prefix(local)
            if prefix is not None and prefix != feature.namespace:
                self.prefixes.setdefault(prefix, local)
        return None

    def _problems(self, feature: LinkedFeature) -> Iterator[str]:
        if any(other.identity == feature.identity for other in self.features.values()):
            yield f'"{feature.identity}" is linked twice; link it once.'
        yield from _namespace_problems(feature)
        yield from self._conflicts(feature)
        for original, local in feature.imports.items():
            yield from self._import_conflicts(feature, original, local)

    def _conflicts(self, feature: LinkedFeature) -> Iterator[str]:
        namespace = feature.namespace
        confusing = self.prefixes.get(namespace) or (f"@{namespace}" if f"@{namespace}" in self.by_import else None)
        if confusing is not None:
            other, original = self.by_import[confusing]
            yield _confusion(other, (original, confusing), feature)
        if namespace in self.features:
            other = self.features[namespace]
            advice = _advice(feature, other)
            yield f'"{other.identity}" has the namespace "{namespace}" too; name one otherwise by `as`.{advice}'

    def _import_conflicts(self, feature: LinkedFeature, original: str, local: str) -> Iterator[str]:
        prefix, is_directive = _prefix(local), original.startswith("@")
        bare, bare_original = local.removeprefix("@"), original.removeprefix("@")
        if prefix == feature.namespace and bare != f"{prefix}__{bare_original}":
            yield f'"{local}" means another element of the same feature; import "{original}" under another name.'
        if is_directive and bare == feature.namespace and bare_original != feature.name:
            yield f'"{local}" means the directive "@{feature.name}" itself; import "{original}" under another name.'
        for namespace in (prefix, bare if is_directive else None):
            other = self.features.get(namespace or "")
            if other is not None:
                yield _confusion(feature, (original, local), other)
        taken = self.by_import.get(local)
        if taken is not None:
            other, advice = taken[0], _advice(feature, taken[0])
            yield f'"{local}" is imported from "{other.identity}" too; rename one by `as`.{advice}'


def import_conflict(pairs: list[tuple[str, str]]) -> str | None:
    """Say which name one link imports twice under different names, or for two elements."""
    locals_: dict[str, str] = {}
    originals: dict[str, str] = {}
    for original, local in pairs:
        if locals_.setdefault(original, local) != local:
            return f'"{original}" is imported as "{locals_[original]}" and as "{local}"; import it once.'
        if originals.setdefault(local, original) != original:
            return f'"{originals[local]}" and "{original}" are both imported as "{local}"; rename one.'
    return None


def _namespace_problems(feature: LinkedFeature) -> Iterator[str]:
    namespace = feature.namespace
    if "__" in namespace and ((feature.identity, namespace) not in _WRITTEN_BY_TOOLS or feature.imports):
        yield f'the namespace "{namespace}" contains "__"; choose another one by `as`.'
    if namespace.endswith("_"):
        yield f'the namespace "{namespace}" ends in "_"; choose another one by `as`.'
    if not _NAMESPACE.match(namespace):
        yield f'the namespace "{namespace}" is no GraphQL name; choose another one by `as`.'


def _confusion(feature: LinkedFeature, imported: tuple[str, str], other: LinkedFeature) -> str:
    original, local = imported
    written = f'"{original}"' if original == local else f'"{original}" as "{local}"'
    return (
        f'{written} of "{feature.identity}" looks like an element of "{other.identity}", '
        f"whose namespace it has; rename one by `as`.{_advice(feature, other)}"
    )


def _advice(feature: LinkedFeature, other: LinkedFeature) -> str:
    """Federation brings some directives that have specifications of their own, too."""
    identities = {feature.identity, other.identity}
    if FEDERATION_IDENTITY not in identities:
        return ""
    name = next((name for name in ("tag", "inaccessible") if f"{SPECS}/{name}" in identities), None)
    return f' Or import "@{name}" from federation only.' if name else ""


def _prefix(local: str) -> str | None:
    head, separator, _ = local.removeprefix("@").partition("__")
    return head if separator else None
