"""What one step of delivering does with what is new, what has come back and what is due."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from article.codec import decode
from article.errors import BadRecord
from article.searches import Delivery, Waiting, Webhook
from bus.envelope import dead_letter
from bus.protocol import Message, Record, Table
from notify.backlog import STAGE, Backlog, letter
from notify.followed import Hooks
from notify.policy import Answer, is_over, pause
from notify.queues import NEVER, HookQueue
from notify.receivers import Request
from notify.sender import Tried
from notify.signing import body_of, signed_headers
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import NotifySettings

_CLEARED = 200  # deliveries that one step gives up: what is one commit

Draw = Callable[[], float]


class Courier:
    """The deliveries of the partitions that this process owns. Used by one thread."""

    def __init__(
        self,
        table: Table,
        hooks: Hooks,
        *,
        settings: NotifySettings,
        metrics: Metrics,
        draw: Draw = random.random,
    ) -> None:
        self._hooks = hooks
        self._settings = settings
        self._metrics = metrics
        self._draw = draw
        self._log = get_logger(STAGE)
        self._letters: list[Record] = []
        self.backlog = Backlog(table)
        self.gone: dict[str, Webhook] = {}
        """Hooks whose receivers want no more, to be written so."""

    def accept(self, messages: Sequence[Message], now: datetime) -> None:
        """New deliveries: they wait from now on."""
        read: list[tuple[Message, Delivery]] = []
        for message in messages:
            try:
                read.append((message, decode(Delivery, message.value or b"")))
            except BadRecord as error:
                self._letters.append(dead_letter(message, stage=STAGE, reason=str(error), now=now))
                self._metrics.dead.labels(STAGE).inc()
        if any(self._hooks.get(delivery.search) is None for _, delivery in read):
            self._hooks.refresh()  # one that was made a moment ago
        self.backlog.read(delivery.article.id for _, delivery in read)
        for message, delivery in read:
            self._accept(message, delivery, now)

    def _accept(self, message: Message, delivery: Delivery, now: datetime) -> None:
        hook = self._hooks.get(delivery.search)
        if hook is None:
            self._log.debug("delivery.dropped", search=delivery.search, article=delivery.article.id)
            return
        new = Waiting(
            delivery=delivery, partition=message.partition, offset=message.offset, since=now, due=now
        )
        before = self.backlog.get(delivery.article.id, delivery.search)
        if before and before.delivery.article.revision > delivery.article.revision:
            return  # a letter that was sent again; the receiver will hear of what came since
        if hook.stopped:
            self._give_up(new, f"the webhook is stopped: {hook.stopped}", now)
        elif not before and self.backlog.queue(delivery.search).total >= self._settings.max_waiting:
            self._give_up(new, f"{self._settings.max_waiting} deliveries wait for it already", now)
        else:
            self.backlog.put(new)

    def take_back(self, tried: Sequence[Tried], now: datetime) -> None:
        """Requests that have ended."""
        self.backlog.read(each.waiting.delivery.article.id for each in tried)
        for each in tried:
            self._take_back(each, now)

    def _take_back(self, tried: Tried, now: datetime) -> None:
        delivery, answer = tried.waiting.delivery, tried.answer
        queue = self.backlog.queue(delivery.search)
        self._metrics.delivery_seconds.observe(tried.seconds)
        rest = 0.0 if answer.good else self._pause(queue.failures + 1, answer)
        queue.ended(delivery.article.id, now, problem="" if answer.good else answer.told(), pause=rest)
        waiting = self.backlog.get(delivery.article.id, delivery.search)
        still = waiting is not None and waiting.delivery.id == delivery.id  # else a revision took its place
        if answer.good:
            self._metrics.deliveries.labels("delivered").inc()
            self._log.debug("webhook.delivered", **_about(delivery))
            if waiting and still:
                self.backlog.remove(waiting)
            return
        self._metrics.deliveries.labels("failed").inc()
        if answer.gone:
            self._stop(delivery.search)
        if waiting and still:
            self._fail(waiting, answer, now, rest)

    def _fail(self, waiting: Waiting, answer: Answer, now: datetime, rest: float) -> None:
        problem = answer.told()
        if answer.gone or is_over(waiting, now, self._settings):
            self.backlog.remove(waiting)
            self._give_up(waiting, f"the receiver {problem}", now)
            return
        wait = max(rest, self._pause(waiting.attempts + 1, answer))
        self._log.warning(
            "webhook.failed",
            **_about(waiting.delivery),
            reason=problem,
            attempts=waiting.attempts + 1,
            retry_in=round(wait, 1),
        )
        due = now + timedelta(seconds=wait)
        self.backlog.put(replace(waiting, attempts=waiting.attempts + 1, due=due, problem=problem))

    def clear(self, now: datetime) -> None:
        """Give up what nobody wants any more, and what failing receivers were waited for too long with."""
        for search, queue in self.backlog.queues.items():
            hook = self._hooks.get(search)
            if hook is None or hook.stopped:
                self._clear(search, queue, NEVER, now)
            elif queue.failures:
                self._clear(search, queue, now - timedelta(hours=self._settings.give_up_hours), now)
        queues = self.backlog.queues
        for search in [each for each, queue in queues.items() if not (queue.total or queue.sent)]:
            if self._hooks.get(search) is None:
                del queues[search]

    def _clear(self, search: str, queue: HookQueue, until: datetime, now: datetime) -> None:
        old = list(queue.take_old(until, most=_CLEARED))
        self.backlog.read(old)
        hook = self._hooks.get(search)
        for article in old:
            waiting = self.backlog.get(article, search)
            if waiting is None:
                continue
            if hook is None:
                self._log.debug("delivery.dropped", search=search, article=article)
            elif hook.stopped:
                self._give_up(waiting, f"the webhook is stopped: {hook.stopped}", now)
            elif is_over(waiting, now, self._settings):
                self._give_up(waiting, f"too late: the receiver {waiting.problem or queue.problem}", now)
            else:
                queue.again((waiting.due, article))
                continue
            self.backlog.remove(waiting)

    def outputs(self, now: datetime) -> list[Record]:
        """What is to be committed; afterwards `committed`."""
        return [*self.backlog.outputs(now), *self._letters]

    def forget(self) -> None:
        """After a commit, and after one that failed."""
        self.backlog.forget()
        self._letters.clear()

    def load(self, now: datetime) -> None:
        """Look into the table where a queue has come to the end of what it holds."""
        unwanted = (
            queue.unloaded < NEVER and not queue.sent
            for search, queue in self.backlog.queues.items()
            if (hook := self._hooks.get(search)) is None or hook.stopped
        )
        if any(unwanted) or any(queue.lacks(now) for queue in self.backlog.queues.values()):
            self.backlog.load()

    def due(self, now: datetime) -> Iterator[tuple[Waiting, Request]]:
        """What is to be sent now, signed."""
        for search, queue in self.backlog.queues.items():
            hook = self._hooks.get(search)
            if hook is None or hook.stopped:
                continue
            taken = list(queue.take(now, most=self._settings.per_hook))
            self.backlog.read(taken)
            for article in taken:
                waiting = self.backlog.get(article, search)
                if waiting is None or waiting.due > now:  # done, or put off, since it was put there
                    queue.sent.discard(article)
                else:
                    yield waiting, request_to(hook, waiting.delivery, now=now)

    def _stop(self, search: str) -> None:
        hook = self._hooks.get(search)
        if hook is not None and not hook.stopped:
            stopped = replace(hook, stopped="its receiver answered 410 Gone: it wants no more deliveries")
            self._hooks.put(stopped)
            self.gone[search] = stopped
            self._log.warning("webhook.stopped", search=search, reason=stopped.stopped)

    def _give_up(self, waiting: Waiting, reason: str, now: datetime) -> None:
        self._letters.append(letter(waiting, reason, now=now))
        self._metrics.deliveries.labels("given_up").inc()
        self._metrics.dead.labels(STAGE).inc()
        self._log.warning("webhook.given_up", **_about(waiting.delivery), reason=reason)

    def _pause(self, failures: int, answer: Answer) -> float:
        return pause(failures, answer, draw=self._draw(), settings=self._settings)


def request_to(hook: Webhook, delivery: Delivery, *, now: datetime) -> Request:
    body = body_of(delivery)
    return Request(url=hook.url, headers=signed_headers(hook.secret, delivery.id, body, now=now), body=body)


def _about(delivery: Delivery) -> dict[str, str]:
    return {"search": delivery.search, "article": delivery.article.id}
