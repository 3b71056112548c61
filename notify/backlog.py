"""The deliveries that wait: the table's rows, as far as a step touches them, and queues made from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from article.codec import decode, encode
from article.errors import BadRecord
from article.searches import Waiting, WaitingRow
from bus.channels import DELIVERIES, WAITING
from bus.envelope import dead_letter, event, timestamp
from bus.protocol import Message, Record, Table
from notify.matching import delivery_record
from notify.queues import HookQueue

STAGE = "deliver"


class Backlog:
    """Used by one thread. Changes are kept until they are committed as `outputs`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows: dict[str, dict[str, Waiting]] = {}
        self._changed: set[str] = set()
        self.queues: dict[str, HookQueue] = {}

    def load(self) -> None:
        """All queues anew, from one pass over the table."""
        self.forget()
        for queue in self.queues.values():
            queue.clear()
        for id, value in self._table.items():
            for waiting in _waiting(value):
                self.queue(waiting.delivery.search).add((waiting.due, id))

    def queue(self, search: str) -> HookQueue:
        return self.queues.setdefault(search, HookQueue())

    @property
    def busy(self) -> bool:
        return any(queue.sent for queue in self.queues.values())

    @property
    def total(self) -> int:
        return sum(queue.total for queue in self.queues.values())

    def read(self, articles: Iterable[str]) -> None:
        """Have the rows of these articles at hand."""
        wanted = {article for article in articles if article not in self._rows}
        found = self._table.get(list(wanted)) if wanted else {}
        for article in wanted:
            self._rows[article] = {
                waiting.delivery.search: waiting
                for waiting in (_waiting(found[article]) if article in found else ())
            }

    def get(self, article: str, search: str) -> Waiting | None:
        """What waits there, by a row that was read."""
        return self._rows[article].get(search)

    def put(self, waiting: Waiting) -> None:
        """It waits from now on, in the place of what waits for the same article and search."""
        delivery = waiting.delivery
        row, queue = self._rows[delivery.article.id], self.queue(delivery.search)
        (queue.again if delivery.search in row else queue.add)((waiting.due, delivery.article.id))
        row[delivery.search] = waiting
        self._changed.add(delivery.article.id)

    def remove(self, waiting: Waiting) -> None:
        delivery = waiting.delivery
        del self._rows[delivery.article.id][delivery.search]
        self.queue(delivery.search).total -= 1
        self._changed.add(delivery.article.id)

    def outputs(self, now: datetime) -> Iterator[Record]:
        """The rows that have changed."""
        for article in self._changed:
            waiting = tuple(self._rows[article].values())
            if not waiting:
                yield Record(channel=WAITING, key=article, value=None)
                continue
            yield event(
                WAITING,
                article,
                encode(WaitingRow(id=article, waiting=waiting)),
                kind="deliveries-waiting",
                event_id=f"{article}.{timestamp(now)}",
                source="notify",
                now=now,
            )

    def forget(self) -> None:
        """The table is the truth: after a commit, and after one that failed."""
        self._rows.clear()
        self._changed.clear()


def letter(waiting: Waiting, reason: str, *, now: datetime) -> Record:
    """The dead letter of a delivery, from where `wirewatch dead redrive` puts it back into its channel."""
    record = delivery_record(waiting.delivery)
    message = Message(
        channel=DELIVERIES,
        partition=waiting.partition,
        offset=waiting.offset,
        key=record.key,
        value=record.value,
        headers=record.headers,
        time=waiting.delivery.matched,
    )
    return dead_letter(message, stage=STAGE, reason=reason, now=now)


def _waiting(value: bytes) -> tuple[Waiting, ...]:
    """Nothing where the row cannot be read: nobody but this stage writes it."""
    try:
        return decode(WaitingRow, value).waiting
    except BadRecord:
        return ()
