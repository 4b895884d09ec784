"""Names of subgraphs, and names of root types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from federation.composition.errors import CompositionError
from federation.composition.report import Report
from federation.composition.schema import Subgraph

# The reference keeps this name for itself.
_RESERVED = "_"


def check_names(subgraphs: Sequence[Subgraph], report: Report) -> None:
    """Report names that are empty, reserved or used twice."""
    for name, count in Counter(subgraph.name for subgraph in subgraphs).items():
        if count > 1:
            problem = f"{count} subgraphs are named so. Give each its own name."
        elif name in ("", _RESERVED):
            problem = "this name is not allowed. Choose another one."
        else:
            continue
        report.errors.append(CompositionError("INVALID_SUBGRAPH_NAME", f'Subgraph "{name}": {problem}', (), (name,)))
