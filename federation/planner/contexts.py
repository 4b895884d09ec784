"""Finds where contexts are set: the values of contextual arguments are read at objects above the field.

    type Order @context(name: "order") { currency: String  lines: [Line] }
    type Line @key(fields: "id")       { price(in: String @fromContext(field: "$order { currency }")): Int }

`Order.currency` is fetched first; then the lines are entered by their key, with the currency of the order above them.
Source: https://specs.apollo.dev/federation/v2.8
"""

from __future__ import annotations

from federation.planner.demands import Types
from federation.planner.sources import Position
from federation.supergraph.subgraph_schema import ContextualArgument


def setting_places(position: Position, argument: ContextualArgument) -> list[tuple[Position, Types]]:
    """Give the positions above whose objects set the argument's context, nearest first, with the types that do.

    The search ends where every object on the way to `position` sets it.
    """
    found = []
    while position.parent is not None and position.demand is not None:
        passed, position = position.demand.types, position.parent
        if setting := passed & argument.set_by:
            found.append((position, setting))
        if passed <= argument.set_by:
            break
    return found
