"""In: two API schemas, recorded operations. Out: what changed, how much it matters, which operations it breaks."""

from federation.schema_check.changes import Change, Severity, find_changes
from federation.schema_check.check import CheckedChange, CheckResult, check_schema
from federation.schema_check.operations import InvalidOperation, RecordedOperation, read_operations

__all__ = [
    "Change",
    "CheckResult",
    "CheckedChange",
    "InvalidOperation",
    "RecordedOperation",
    "Severity",
    "check_schema",
    "find_changes",
    "read_operations",
]
