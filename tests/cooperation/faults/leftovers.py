"""What is owed and stands in no line is found after a while, as the real sweep finds it."""

from __future__ import annotations

from datetime import datetime, timedelta

from cooperation.store import deliveries
from cooperation.store.rows import DeliveryRow
from cooperation.store.store import Store
from legacy_adapters.operations.commands import OperationName
from tests.cooperation.faults.lines import Lines
from tests.cooperation.faults.reads import Reads

GRACE = timedelta(seconds=3)
FETCHING = timedelta(hours=20)
"""So seldom is a card in production looked for here; the real sweep does it every hour."""
LONGEST = timedelta(days=90)


class Leftovers:
    """Of one run's database."""

    def __init__(self, store: Store, lines: Lines) -> None:
        self._store = store
        self._reads = Reads(store)
        self._lines = lines

    def hand_over(self, now: datetime) -> list[datetime]:
        """Have worked at what has been left lying for long enough; when the others will have been."""
        forgotten = self._forgotten(now)
        for delivery in forgotten:
            if _found_at(delivery) <= now:
                self._lines.hand_over(self._begun_anew(delivery), now)
        return [_found_at(one) for one in forgotten if _found_at(one) > now]

    def late(self, now: datetime) -> list[DeliveryRow]:
        """What has become too late behind others of its line, as the real sweep finds it."""
        owed = self._reads.owed(now - GRACE)
        return [one for one in owed if self._lines.is_behind(one) and one.useless_after and one.useless_after <= now]

    def _begun_anew(self, delivery: DeliveryRow) -> DeliveryRow:
        if not self._lines.has_begun(delivery):
            return delivery
        run = delivery.run + 1
        self._store.transact_now(lambda connection: deliveries.update_delivery(connection, delivery.id, run=run))
        return self._reads.delivery(delivery.id)

    def _forgotten(self, now: datetime) -> list[DeliveryRow]:
        owed = self._reads.owed(now + LONGEST)
        return [one for one in owed if not self._lines.is_waiting(one) and not _waits_for_its_holder(one, now)]


def _waits_for_its_holder(delivery: DeliveryRow, now: datetime) -> bool:
    """A card in production is looked at again when time has gone by; nothing else will change it."""
    return (
        delivery.write == OperationName.CARD_REPLACEMENT
        and delivery.not_before is not None
        and delivery.subject == delivery.id
        and now < delivery.not_before + FETCHING
    )


def _found_at(delivery: DeliveryRow) -> datetime:
    return (delivery.not_before or delivery.created_at) + GRACE
