"""What is reported of each partition asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from federation.executor.errors import ErrorCode
from federation.executor.sources import SEVERITY
from federation.executor.subgraph_client import ResponseObject, SourceReport, SourceStatus, SubgraphResponse
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.partitions import Partition

#: What a partition's error says of it, if its code says that at all.
_STATUS: Mapping[str, SourceStatus] = MappingProxyType(
    {
        ErrorCode.GATEWAY_TIMEOUT: SourceStatus.TIMEOUT,
        ErrorCode.SUBGRAPH_REQUEST_TIMEOUT: SourceStatus.TIMEOUT,
        "UNAUTHENTICATED": SourceStatus.REFUSED,
        "FORBIDDEN": SourceStatus.REFUSED,
    }
)


def report_source(
    service: SubgraphName, partition: Partition, response: SubgraphResponse, milliseconds: float
) -> SourceReport:
    """How asking one partition ended: its errors' `sourceStatus`, else what their codes say."""
    as_of = response.extensions.get("asOf")
    return SourceReport(
        service=service,
        partition=partition.name,
        city=partition.city,
        status=worst_status(status_of(error, is_whole=response.data is None) for error in response.errors),
        milliseconds=milliseconds,
        as_of=as_of if isinstance(as_of, str) else None,
    )


def worst_status(statuses: Iterable[SourceStatus]) -> SourceStatus:
    """The worst of several; OK of none."""
    return max(statuses, key=SEVERITY.index, default=SourceStatus.OK)


def status_of(error: ResponseObject, *, is_whole: bool) -> SourceStatus:
    """What one error says of its partition; `is_whole` if the whole request failed."""
    extensions = error.get("extensions")
    known = extensions if isinstance(extensions, dict) else {}
    reported = known.get("sourceStatus")
    if reported in SEVERITY:
        return SourceStatus(reported)
    by_code = _STATUS.get(str(known.get("code")))
    if by_code is not None:
        return by_code
    return SourceStatus.UNAVAILABLE if is_whole and "path" not in error else SourceStatus.OK
