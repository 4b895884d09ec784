"""What the join directives say, application by application, before it is read as subgraph schemas.

Source: https://specs.apollo.dev/join/v0.5
"""

from __future__ import annotations

from dataclasses import dataclass

from federation.query_plan.nodes import SubgraphName


@dataclass(frozen=True, slots=True)
class JoinType:
    """One `@join__type`: a subgraph that defines the type, with at most one of its keys."""

    subgraph: SubgraphName
    key: str | None
    extension: bool
    resolvable: bool
    is_interface_object: bool


@dataclass(frozen=True, slots=True)
class ContextArgument:
    """An argument that takes its value from a context: `selection` is read where `context` was set."""

    name: str
    type: str
    context: str
    selection: str


@dataclass(frozen=True, slots=True)
class JoinField:
    """One `@join__field`; without a subgraph the field is contributed by an interface object.

    `type` is the subgraph's own type of the field where it differs, as text. `override` names the overridden subgraph.
    """

    subgraph: SubgraphName | None
    requires: str | None = None
    provides: str | None = None
    type: str | None = None
    external: bool = False
    override: str | None = None
    used_overridden: bool = False
    override_label: str | None = None
    context_arguments: tuple[ContextArgument, ...] = ()
