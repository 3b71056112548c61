"""Between the record of an article and what the steps read of it and find in it."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from article.records import EnrichedArticle, Enrichment, RawArticle
from enrich.findings import Findings, Text

_RAW_FIELDS = tuple(field.name for field in fields(RawArticle))


def text_of(article: RawArticle) -> Text:
    """Title and text only: mentions have no way to point into a summary."""
    return Text(
        id=article.id,
        title=article.title,
        text=article.text,
        declared_lang=article.declared_lang,
    )


def with_findings(
    article: RawArticle, findings: Findings, *, revision: int, first_seen: datetime, now: datetime
) -> EnrichedArticle:
    """The enriched record. Of an article that was enriched before, the findings of then are left out."""
    return EnrichedArticle(
        **{name: getattr(article, name) for name in _RAW_FIELDS},
        revision=revision,
        first_seen=first_seen,
        lang=findings.lang,
        entities=findings.entities,
        places=findings.places,
        topics=findings.topics,
        embedding=findings.embedding,
        enrichment=Enrichment(
            status=findings.status,
            finished=now,
            failures=findings.failures,
            models=findings.models,
        ),
    )
