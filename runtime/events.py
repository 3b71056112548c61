"""Every event that is logged, by its name: stable, so that people, alerts and tests can search for it.

A log call names one of these; `tests/runtime/test_events.py` and every test that logs hold it to that. What
an event is about stands in fields of the same names everywhere: `article` (its id), `feed` (its address or
id), `trace` (the W3C trace id of a record), `reason` or `problem`, `retry_in` (seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Level = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, kw_only=True)
class Event:
    level: Level
    meaning: str
    """What has happened, and what to do where something is to be done."""


def _debug(meaning: str) -> Event:
    return Event(level="debug", meaning=meaning)


def _info(meaning: str) -> Event:
    return Event(level="info", meaning=meaning)


def _warning(meaning: str) -> Event:
    return Event(level="warning", meaning=meaning)


def _error(meaning: str) -> Event:
    return Event(level="error", meaning=meaning)


EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        # a process and its stages
        "run.started": _info("The process runs these stages."),
        "run.stopped": _info("It has ended as asked."),
        "run.stages_did_not_stop": _error("Stages were still busy after the grace period; nothing is lost."),
        "stage.crashed": _error("A fault in Wirewatch ended a stage; please report it."),
        "stage.stuck": _warning("A stage has not gone on for `bus.kafka.max_poll_seconds`; start it again."),
        "monitor.listening": _info("/metrics and /health/… are answered here."),
        "monitor.not_served": _warning("The port for /metrics is in use; the process goes on without it."),
        "measure.unavailable": _debug("The lag is not known while the bus is away."),
        "progress.unavailable": _debug("What a terminal shows waits for the bus."),
        # the bus
        "bus.unavailable": _warning("The bus is away; the stage tries again by itself after `retry_in`."),
        "batch.committed": _debug("A batch and what it led to are written."),
        "batch.fenced": _info("Partitions went to another process, which does this batch again."),
        "batch.abandoned": _info("Stopped in mid-batch; nothing of it is committed."),
        "record.dead": _warning("A record was given up: `wirewatch dead list`."),
        "partitions.gained": _info("This process reads these partitions from now on."),
        "partitions.lost": _info("Others read these partitions from now on."),
        "tables.restored": _info("The local copies of tables are up to date."),
        "group.joining_anew": _warning("The group did not share out; the process leaves it and joins anew."),
        "records.expired": _error("Records were deleted before they were read: raise `bus.retention_days`."),
        "offset.beyond_end": _warning("The channel is shorter than what was read of it; it was made anew."),
        # ingest
        "feed.polled": _debug("A feed was read, or has not changed."),
        "feed.failed": _warning("A feed could not be read; it is tried again: `wirewatch feeds check`."),
        "feed.stopped": _warning("A feed is gone for good: `wirewatch feeds resume` or `remove`."),
        "feed.moved": _info("A feed is polled at another address from now on, as its site asked."),
        "feed.state_lost": _warning("What was known of a feed cannot be read; it is polled as if new."),
        "poll.lost": _error("A fault in Wirewatch ended a poll; please report it."),
        "page.failed": _debug("An article's page could not be had; the feed's text counts."),
        "article.published": _debug("An article of a feed was written to `wirewatch.raw`."),
        "ingest.paused": _info("Too many articles wait for enrichment: `ingest.max_backlog`."),
        "ingest.resumed": _info("They have become fewer."),
        "callback.listening": _info("Hubs are answered here."),
        "callback.waiting": _warning("The port for hubs is in use; it is taken over when it is free."),
        "push.received": _debug("A hub has pushed, or somebody says so."),
        "hub.failed": _warning("A hub could not be asked; its feeds are polled as ever."),
        "hub.refused": _warning("A hub does not want the subscription; its feeds are polled as ever."),
        "hub.calls_unavailable": _debug("What hubs say waits for the bus."),
        "hub.call_lost": _warning("What a hub said cannot be read; the next poll makes up for it."),
        "feed.hub_lost": _warning("What was known of a feed's hub cannot be read; it is asked anew."),
        # enrich
        "enrich.started": _info("The models are loaded."),
        "entities.model": _info("Which model finds the entities."),
        "entities.labels_unknown": _warning("The model has labels that are counted as MISC."),
        "topics.fitted": _info("The weights of topics were made anew for this model."),
        "step.failed": _error("A step of one article failed; `enrichment.failures` says so, too."),
        "watchlists.doubtful": _warning("Names on watchlists that may find what is not meant."),
        "article.enriched": _debug("A revision of an article was written to `wirewatch.enriched`."),
        # index
        "index.unavailable": _warning("The index is away; the stage tries again after `retry_in`."),
        "article.indexed": _debug("A revision of an article can be searched."),
        "article.refused": _warning("The index does not take an article; it is left out."),
        "article.unreadable": _warning("An article of the old index cannot be read; it is left out."),
        "index.unreadable": _warning("The old index is damaged; what only it holds is left out."),
        "rebuild.waiting": _warning("A rebuild waits for bus or index."),
        # notify
        "webhook.delivered": _debug("A receiver has taken a delivery."),
        "webhook.failed": _warning("A delivery failed and is tried again: `wirewatch searches test`."),
        "webhook.given_up": _warning("A delivery was given up: `wirewatch dead list --stage deliver`."),
        "webhook.stopped": _warning("A receiver wants no more; set the webhook again if it should."),
        "delivery.dropped": _debug("Its saved search or webhook was removed while it waited."),
        # the web page and API
        "web.started": _info("The page is served here."),
        "web.not_served": _warning("The page's port is in use; the other stages go on without it."),
        "arrivals.unavailable": _warning("The live view waits for the bus."),
        "web.unavailable": _warning("The index is away; the page says so and comes back by itself."),
        "rates.unavailable": _debug("What is counted for the pipeline page waits for the bus."),
        "redrive.done": _info("Dead letters were sent again from the page."),
        "redrive.failed": _warning("Not all could be sent again; what was until then is."),
        "redrive.crashed": _error("A fault in Wirewatch ended a re-drive; please report it."),
        "web.fault": _error("A fault in Wirewatch; the visitor got an error page. Please report it."),
        # commands
        "setup.waiting": _warning("`wirewatch setup` waits for its servers."),
    }
)
