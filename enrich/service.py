"""Stage 2 as a service: raw articles in, revisions of enriched articles out.

raw ──▶ decode ──▶ decide ──▶ enrich new and revised ones ──▶ enriched, known
          └──▶ dead            └──▶ sighting, unchanged: counted
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from article.codec import decode, encode
from article.errors import BadRecord
from article.records import EnrichedArticle, RawArticle
from article.tables import Known
from bus.channels import ENRICHED, KNOWN, RAW
from bus.envelope import event, timestamp
from bus.protocol import Bus, Message, Record, Table
from bus.trace import Trace, begin, trace_of
from bus.worker import Handled, work
from enrich.encoder import Stopped
from enrich.findings import Findings
from enrich.pipeline import Enricher
from enrich.record import text_of, with_findings
from enrich.revisions import New, Revised, decide_revision
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import Settings
from runtime.shutdown import Stop

STAGE = "enrich"


def run_enrich(bus: Bus, *, settings: Settings, clock: Clock, metrics: Metrics, stop: Stop) -> None:
    """Enrich until stopped. A batch in hand at the stop is given up, uncommitted, for the next start.

    Raises BadConfiguration for a broken model, TooManyDead for a stream that cannot be read.
    """
    log = get_logger(STAGE)
    with Enricher(settings.enrich) as enricher:
        log.info("enrich.started", threads=enricher.threads)
        if enricher.doubts:
            log.warning(
                "watchlists.doubtful",
                problems=len(enricher.doubts),
                first=enricher.doubts[0],
                all="wirewatch watchlists check",
            )
        source = bus.source(RAW, group=STAGE, tables=(KNOWN,), max_records=settings.enrich.batch_articles)
        try:
            handler = BatchHandler(
                enricher=enricher, known=source.table(KNOWN), clock=clock, metrics=metrics, stop=stop
            )
            work(source, handler, stage=STAGE, stop=stop, clock=clock, metrics=metrics)
        except Stopped:
            log.info("batch.abandoned")
        finally:
            source.close()


@dataclass(frozen=True, kw_only=True)
class _Revision:
    """An article to enrich, with what will be known of it."""

    article: RawArticle
    known: Known
    trace: Trace | None


class BatchHandler:
    """What the worker calls with each batch. Raises Stopped when the process stops meanwhile."""

    def __init__(
        self, *, enricher: Enricher, known: Table, clock: Clock, metrics: Metrics, stop: Stop
    ) -> None:
        self._enricher = enricher
        self._known = known
        self._clock = clock
        self._metrics = metrics
        self._stop = stop
        self._log = get_logger(STAGE)

    def __call__(self, messages: Sequence[Message], /) -> Handled:
        stored = self._known.get(list({message.key for message in messages}))
        dead: list[tuple[Message, str]] = []
        articles: list[tuple[RawArticle, Trace | None]] = []
        known: dict[str, Known] = {}
        for message in messages:
            try:
                article = _read(message)
                if article.id in stored and article.id not in known:
                    known[article.id] = decode(Known, stored[article.id])
                articles.append((article, trace_of(message.headers)))
            except BadRecord as error:
                dead.append((message, str(error)))
        revisions, changed = self._decide(articles, known)
        findings = self._enricher.enrich(
            [text_of(revision.article) for revision in revisions], stopping=self._stop.is_set
        )
        outputs = [
            self._enriched(revision, found) for revision, found in zip(revisions, findings, strict=True)
        ]
        now = self._clock.now()
        outputs += [_known_record(article_id, record, now) for article_id, record in changed.items()]
        return Handled(outputs=outputs, dead=dead)

    def _decide(
        self, articles: Sequence[tuple[RawArticle, Trace | None]], known: dict[str, Known]
    ) -> tuple[list[_Revision], dict[str, Known]]:
        """What to enrich, in order, and what to write to the table. An id may come more than once."""
        known = dict(known)
        changed: dict[str, Known] = {}
        revisions: list[_Revision] = []
        for article, trace in articles:
            decision = decide_revision(known.get(article.id), article)
            self._metrics.articles.labels(STAGE, type(decision).__name__.lower()).inc()
            if decision.known is not None:
                known[article.id] = changed[article.id] = decision.known
            if isinstance(decision, New | Revised):
                revisions.append(_Revision(article=article, known=decision.known, trace=trace))
        return revisions, changed

    def _enriched(self, revision: _Revision, findings: Findings) -> Record:
        now = self._clock.now()
        enriched = with_findings(
            revision.article,
            findings,
            revision=revision.known.revision,
            first_seen=revision.known.first_seen,
            now=now,
        )
        event_id = f"{enriched.id}-{enriched.revision}"
        trace = revision.trace.child(event_id) if revision.trace else begin(event_id)
        self._metrics.pieces.inc(findings.pieces)
        self._count(enriched, trace, now)
        return event(
            ENRICHED,
            enriched.id,
            encode(enriched),
            kind="article.enriched",
            event_id=event_id,
            source=STAGE,
            now=now,
            extensions=_extensions(enriched),
            trace=trace,
        )

    def _count(self, article: EnrichedArticle, trace: Trace, now: datetime) -> None:
        status = article.enrichment.status
        self._metrics.enriched.labels(status).inc()
        self._metrics.article_age.labels(STAGE).observe((now - article.seen).total_seconds())
        self._metrics.characters.inc(len(article.title) + len(article.text))
        for failure in article.enrichment.failures:
            self._metrics.enrich_failures.labels(failure.step).inc()
        self._log.debug(
            "article.enriched",
            article=article.id,
            revision=article.revision,
            status=status,
            trace=trace.trace_id,
        )


def _read(message: Message) -> RawArticle:
    """Raises BadRecord for what is no raw article, or one under another article's key."""
    if not message.value:
        raise BadRecord(message.key, "has no value; a raw article cannot be removed")
    article = decode(RawArticle, message.value)
    if article.id != message.key:
        raise BadRecord(message.key, f"holds the article {article.id}")
    return article


def _extensions(article: EnrichedArticle) -> dict[str, str]:
    """What consumers choose by: part of the public contract (docs/consuming.md)."""
    return {
        "subject": article.id,
        "revision": str(article.revision),
        "lang": article.lang or "",
        "topics": ",".join(topic.code for topic in article.topics),
        "status": article.enrichment.status,
    }


def _known_record(article_id: str, known: Known, now: datetime) -> Record:
    return event(
        KNOWN,
        article_id,
        encode(known),
        kind="known-article",
        event_id=f"{article_id}-{known.revision}-{timestamp(known.last_seen)}",
        source=STAGE,
        now=now,
    )
