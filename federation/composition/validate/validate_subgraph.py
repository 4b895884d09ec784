"""The federation rules that one subgraph can break by itself."""

from __future__ import annotations

from federation.composition.report import Report
from federation.composition.schema import SubgraphSchema
from federation.composition.validate.partition_rules import check_partitions


def validate_subgraph(schema: SubgraphSchema, report: Report) -> None:
    """Report every breach."""
    check_partitions(schema, report)
