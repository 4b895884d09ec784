"""What operators read of the supergraph at `/readiness`: since when it is served, and what became of newer ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A city's subgraph that stands in the configuration but is not asked, and why."""

    service: str
    partition: str
    city: str
    reason: str

    def as_json(self, *, with_reasons: bool = True) -> dict[str, str]:
        """As the log and `/readiness` show it."""
        shown = {"service": self.service, "partition": self.partition, "city": self.city}
        return shown | {"reason": self.reason} if with_reasons else shown


@dataclass(frozen=True, slots=True)
class SupergraphStatus:
    """The state of the supergraph in service.

    Attributes:
        served_since: when it was taken over.
        refused_at: when a newer one was refused, which is not served therefore; None if it is the newest.
        refused_because: in one sentence.
        left_out: cities that were not admitted.
    """

    served_since: datetime = field(default_factory=lambda: datetime.now(UTC))
    refused_at: datetime | None = None
    refused_because: str | None = None
    left_out: tuple[LeftOut, ...] = ()

    def as_json(self, *, with_reasons: bool) -> dict[str, object]:
        """As `/readiness` shows it; reasons name files and elements of subgraphs, which are not for everybody."""
        shown: dict[str, object] = {
            "state": "current" if self.refused_at is None else "outdated",
            "servedSince": _moment(self.served_since),
        }
        if self.refused_at is not None:
            shown["refusedAt"] = _moment(self.refused_at)
            if with_reasons:
                shown["refusedBecause"] = self.refused_because
        if self.left_out:
            shown["leftOut"] = [each.as_json(with_reasons=with_reasons) for each in self.left_out]
        return shown


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
