"""The records of one article, told as what happened to it: where it was seen, enriched, given up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from article.codec import decode
from article.errors import BadRecord
from article.records import EnrichedArticle, RawArticle
from article.tables import Known
from bus.envelope import letter_of
from bus.protocol import Message
from enrich.revisions import New, Revised, Unchanged, decide_revision


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to the article at a stage: ingest, enrich or index."""

    time: datetime
    stage: str
    what: str


def seen(message: Message) -> Event:
    """A record of the raw channel."""
    try:
        raw = decode(RawArticle, message.value or b"")
    except BadRecord as error:
        return Event(time=message.time, stage="ingest", what=f"a record that cannot be read: {error.problem}")
    source = {"page": "its page's text", "feed": "the feed's text", "none": "no text"}[raw.text_source]
    what = f"seen in {_feed(raw)} with {source}, {len(raw.text):,} characters"
    return Event(time=raw.seen, stage="ingest", what="; ".join([what, *raw.notes]))


def revised(message: Message) -> Event:
    """A record of the enriched channel."""
    try:
        article = decode(EnrichedArticle, message.value or b"")
    except BadRecord as error:
        return Event(time=message.time, stage="enrich", what=f"a record that cannot be read: {error.problem}")
    failures = [f"{failure.step} failed: {failure.reason}" for failure in article.enrichment.failures]
    found = (
        f"revision {article.revision}, {article.enrichment.status}: {len(article.entities)} entities,"
        f" {len(article.places)} places, topics {', '.join(t.label for t in article.topics) or 'none'}"
    )
    return Event(time=article.enrichment.finished, stage="enrich", what="; ".join([found, *failures]))


def judged(
    raw: Sequence[RawArticle], revisions: Sequence[EnrichedArticle], known: Known | None
) -> Iterator[Event]:
    """For each sighting that made no revision, why; `raw` in the stream's order.

    Enrichment decided by the order of the sightings, so going through them again tells what it decided. Where
    the stream has forgotten the first of them that cannot be done, and only what is certain is said.
    """
    made = {(article.feed.id, article.seen) for article in revisions}
    is_whole = known is None or (bool(raw) and raw[0].seen == known.first_seen)
    stands: Known | None = None
    for article in raw:
        decision = decide_revision(stands, article)
        stands = decision.known or stands
        if (article.feed.id, article.seen) in made:
            continue
        if not is_whole:
            what = "made no revision: nothing new, or not better than what was known"
        elif isinstance(decision, New | Revised):
            what = f"revision {decision.known.revision} waits for enrichment"
        elif isinstance(decision, Unchanged):
            what = f"unchanged: nothing new from {_feed(article)}"
        else:
            what = f"duplicate sighting in {_feed(article)}: the version that is known stands"
        yield Event(time=article.seen, stage="enrich", what=what)


def died(message: Message) -> Event:
    """A dead letter."""
    letter = letter_of(message)
    return Event(time=letter.time, stage=letter.stage, what=f"given up ({letter.place}): {letter.reason}")


def remembered(known: Known) -> Event:
    """For an article whose records have left the stream."""
    what = f"first seen; the stream does not keep its revisions any more, {known.revision} so far"
    return Event(time=known.first_seen, stage="enrich", what=what)


def _feed(raw: RawArticle) -> str:
    return raw.feed.title or raw.feed.url
