"""The federation rules that one subgraph can break by itself."""

from __future__ import annotations

from federation.composition.report import Report
from federation.composition.schema import SubgraphSchema
from federation.composition.validate.context_rules import check_contexts
from federation.composition.validate.directive_rules import check_directives
from federation.composition.validate.field_set_rules import check_field_sets
from federation.composition.validate.partition_rules import check_partitions


def validate_subgraph(schema: SubgraphSchema, report: Report) -> None:
    """Report every breach."""
    check_field_sets(schema, report)
    check_directives(schema, report)
    check_contexts(schema, report)
    check_partitions(schema, report)
