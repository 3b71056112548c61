"""What is told of an article that a saved search has found, in the same words wherever it is told."""

from __future__ import annotations

from article.records import EnrichedArticle
from article.searches import Matched, MatchedEntity, MatchedTopic
from index.hits import hit_of


def matched_of(article: EnrichedArticle) -> Matched:
    hit = hit_of(article, score=0.0)
    return Matched(
        id=hit.id,
        revision=hit.revision,
        title=hit.title,
        url=hit.url,
        feed=hit.feed,
        published=hit.published,
        first_seen=hit.first_seen,
        lang=hit.lang,
        summary=hit.summary,
        entities=tuple(MatchedEntity(type=each.type, name=each.name, id=each.id) for each in hit.entities),
        topics=tuple(MatchedTopic(code=each.code, label=each.label) for each in hit.topics),
        places=hit.places,
    )
