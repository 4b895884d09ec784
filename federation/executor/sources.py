"""`extensions.sources`: every source that was asked, once, with the worst that happened; `extensions.stale`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from federation.executor.subgraph_client import JsonValue, SourceReport, SourceStatus, StaleShare

_CHINA = timezone(timedelta(hours=8))
_CHINA_EPOCH = datetime(1970, 1, 1, tzinfo=_CHINA)
#: From harmless to worst.
SEVERITY = (SourceStatus.OK, SourceStatus.STALE, SourceStatus.REFUSED, SourceStatus.TIMEOUT, SourceStatus.UNAVAILABLE)


def merge_reports(reports: Iterable[SourceReport]) -> list[dict[str, JsonValue]]:
    """One entry per service and partition, in the order first asked.

    Of several requests to one source the entry has the worst status, the sum of the time and the oldest as-of time.
    """
    groups: dict[tuple[str, str | None], list[SourceReport]] = {}
    for report in reports:
        groups.setdefault((report.service, report.partition), []).append(report)
    return [_entry(group) for group in groups.values()]


def stale_note(share: StaleShare) -> dict[str, JsonValue]:
    """What is told of a place with a last known share, but for the subgraph."""
    return {"path": list(share.path), "partition": share.partition, "city": share.city, "asOf": share.as_of}


def _entry(group: list[SourceReport]) -> dict[str, JsonValue]:
    first = group[0]
    times = [report.as_of for report in group if report.as_of is not None]
    return {
        "service": first.service,
        "partition": first.partition,
        "city": first.city,
        "status": max((report.status for report in group), key=SEVERITY.index).value,
        "milliseconds": round(sum(report.milliseconds for report in group), 1),
        "asOf": min(times, key=_moment) if times else None,
    }


def _moment(as_of: str) -> tuple[bool, datetime, str]:
    """What times are ordered by: moments, whatever their offsets, before what is no time.

    A time without an offset is local to its city. All cities' offset is China's.
    """
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        return True, _CHINA_EPOCH, as_of
    return False, moment if moment.tzinfo else moment.replace(tzinfo=_CHINA), as_of
