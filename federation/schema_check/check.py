"""Comparing a proposed API schema with the present one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLSchema, validate

from federation.schema_check.changes import Change, Severity, find_changes
from federation.schema_check.operations import RecordedOperation
from federation.schema_check.usage import read_usage


@dataclass(frozen=True, slots=True)
class CheckedChange:
    """A change, with the operations it concerns: a breaking one breaks them."""

    change: Change
    operations: tuple[RecordedOperation, ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the proposed schema does to clients.

    Attributes:
        broken: operations that a breaking change concerns, or that are not valid any more, with the reasons.
        already_invalid: recorded operations that the present schema refuses; nothing is said of them.
    """

    changes: tuple[CheckedChange, ...]
    broken: tuple[tuple[RecordedOperation, tuple[str, ...]], ...]
    already_invalid: tuple[RecordedOperation, ...]

    @property
    def is_breaking(self) -> bool:
        """Tell whether some client may fail."""
        return any(checked.change.severity is Severity.BREAKING for checked in self.changes)


def check_schema(old: GraphQLSchema, new: GraphQLSchema, operations: Sequence[RecordedOperation] = ()) -> CheckResult:
    """Give all changes from `old` to `new`, as clients know them, and what they do to the operations."""
    invalid = [operation for operation in operations if validate(old, operation.document)]
    usage = [(op, read_usage(old, op.document)) for op in operations if op not in invalid]
    changes = tuple(
        CheckedChange(change, tuple(operation for operation, used in usage if used & change.uses))
        for change in find_changes(old, new)
    )
    broken = [(operation, _reasons(new, operation, changes)) for operation, _ in usage]
    return CheckResult(changes, tuple((op, reasons) for op, reasons in broken if reasons), tuple(invalid))


def _reasons(new: GraphQLSchema, operation: RecordedOperation, changes: Sequence[CheckedChange]) -> tuple[str, ...]:
    noticed = [
        checked.change.description
        for checked in changes
        if checked.change.severity is Severity.BREAKING and operation in checked.operations
    ]
    return tuple(noticed) or tuple(error.message for error in validate(new, operation.document))
