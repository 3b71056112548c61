"""From deliveries to receivers: the second half of notifying.

deliveries ──▶ table of those that wait ──▶ queue of each webhook ──▶ request ──▶ out of the table
                     ▲──────────── due later ◀──────── failed ──────────┘  └──▶ given up: dead

What is to be delivered is in the table before it is tried, and leaves it after a receiver has taken it: a
crash loses none, and repeats those that were under way. No receiver is waited for: requests run beside this
loop, each webhook has its own queue, and one whose receiver fails rests, with one try at a time.
"""

from __future__ import annotations

from contextlib import suppress

from article.codec import decode
from article.errors import BadRecord, Conflict, Fenced, Unavailable
from article.searches import Webhook
from bus.channels import DELIVERIES, WAITING, WEBHOOKS
from bus.protocol import Bus, Source
from notify.backlog import STAGE
from notify.courier import Courier
from notify.followed import Hooks
from notify.searches import webhook_record
from notify.sender import Sender
from runtime.backoff import Backoff, patiently
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import Settings
from runtime.shutdown import Stop

GROUP = STAGE
_POLL_SECONDS = 0.5
_BUSY_SECONDS = 0.05  # while requests are under way, whose end is to be seen soon
_HOOKS_SECONDS = 1.0
_BATCH = 200


def run_delivering(
    bus: Bus,
    *,
    settings: Settings,
    clock: Clock,
    metrics: Metrics,
    stop: Stop,
    backoff: Backoff | None = None,
) -> None:
    """Until stopped. What is under way then is given up, and tried again at the next start."""
    hooks = patiently(lambda: Hooks(bus), component=STAGE, event="bus.unavailable", stop=stop)
    with hooks, Sender(settings.notify) as sender:
        source = bus.source(DELIVERIES, group=GROUP, tables=(WAITING,), max_records=_BATCH)
        try:
            courier = Courier(source.table(WAITING), hooks, settings=settings.notify, metrics=metrics)
            loop = _Loop(bus, source, hooks, sender, courier, clock=clock, metrics=metrics)
            loop.run(stop, backoff or Backoff(base=0.5, cap=30.0))
        finally:
            source.close()


class _Loop:
    def __init__(
        self,
        bus: Bus,
        source: Source,
        hooks: Hooks,
        sender: Sender,
        courier: Courier,
        *,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._bus = bus
        self._source = source
        self._hooks = hooks
        self._sender = sender
        self._courier = courier
        self._clock = clock
        self._metrics = metrics
        self._log = get_logger(STAGE)
        self._owned: frozenset[int] | None = None
        self._looked = float("-inf")

    def run(self, stop: Stop, waits: Backoff) -> None:
        failures = 0
        while not stop.is_set():
            try:
                if failures:
                    self._source.rewind()
                self._step()
                self._metrics.going(STAGE)
                failures = 0
            except Fenced as error:
                self._owned = None
                self._metrics.fenced.labels(STAGE).inc()
                self._log.info("batch.fenced", reason=str(error))
            except Unavailable as error:
                if stop.is_set():
                    self._log.info("batch.abandoned", reason=str(error))
                    return
                failures += 1
                self._owned = None
                self._metrics.waiting(STAGE, "bus")
                wait = waits.wait(failures)
                self._log.warning("bus.unavailable", reason=str(error), retry_in=round(wait, 1))
                stop.wait(wait)

    def _step(self) -> None:
        """One look at what is new, what has come back and what is due, and one commit of what that led to."""
        courier = self._courier
        batch = self._source.poll(_BUSY_SECONDS if courier.backlog.busy else _POLL_SECONDS)
        self._look_at_hooks()
        if (owned := self._source.owned()) != self._owned:
            courier.forget()
            courier.backlog.load()
            self._owned = owned
        now = self._clock.now()
        courier.accept(batch.messages, now)
        courier.take_back(self._sender.done(), now)
        courier.clear(now)
        outputs = courier.outputs(now)
        if batch.messages or outputs:
            self._source.commit(batch, outputs)
        courier.forget()
        while courier.gone:
            self._write_stopped(*courier.gone.popitem())
        courier.load(now)
        for waiting, request in courier.due(now):
            self._sender.send(waiting, request)
        self._metrics.deliveries_waiting.set(courier.backlog.total)

    def _look_at_hooks(self) -> None:
        if self._clock.monotonic() - self._looked >= _HOOKS_SECONDS:
            self._hooks.refresh()
            self._looked = self._clock.monotonic()

    def _write_stopped(self, search: str, stopped: Webhook) -> None:
        """Unless a person has changed it meanwhile."""
        value = self._bus.table(WEBHOOKS).get([search]).get(search)
        with suppress(BadRecord, Conflict):
            if value is not None and decode(Webhook, value).created == stopped.created:
                self._bus.replace(webhook_record(stopped, now=self._clock.now()), seen=value)
