"""Which raw articles become revisions of an enriched article.

One article is shown by several feeds, of different richness, again and again; an article that was enriched is
told again only when there is something better or newer to tell. The rules, for an article that is known:

    same content                                    nothing to tell, whichever feed shows it
    the winning feed, seen later, other content     a revision, unless only the page could not be fetched this
                                                    time: then the feed's summary would replace the page's
                                                    text
    the winning feed, not seen later                an old record once more: nothing to tell
    another feed, better text                       a revision, and that feed wins from now on
    another feed, any other text                    nothing to tell

"Better" is an order of kinds, page before feed before none, and within a kind a text at least a fifth longer
than the longest of that kind so far. So another feed's revision always raises (kind, longest length), which
nothing ever lowers: `Known.text_source` never gets worse and `Known.text_length` is the longest length
within its kind. It follows that feeds with fixed contents come to rest, each having won at most once, so two
feeds make at most two revisions whatever the order and number of their records; and that a record which was
processed once is never better again. Two pages that differ by less than a fifth are the same page fetched
twice: the winner's own polls will tell what changed in it. Of two feeds that keep different titles or dates
for one page, the first tells them.

"Seen later" is told by `Known.last_seen`. Records of different feeds may come out of order by the time that a
slow page took to fetch, so better text from another feed wins even if it was seen earlier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from article.records import RawArticle, TextSource
from article.tables import Known

_KINDS: dict[TextSource, int] = {"none": 0, "feed": 1, "page": 2}

# How much longer a text of the same kind must be to be better, as a ratio of whole numbers.
_LONGER = (6, 5)

# How old `last_seen` may get before a sighting is worth a write. It only keeps the record from expiring.
_REFRESH = timedelta(days=1)

# Feeds' records may be out of order by so much: a sighting moves `last_seen` no closer to its own time, or it
# could make the winning feed's next version, fetched earlier and published later, look old.
_DISORDER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class New:
    """The first version of an article. `known` is to be written."""

    known: Known


@dataclass(frozen=True, kw_only=True)
class Revised:
    """A version that replaces the one before. `known` is to be written."""

    known: Known


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Nothing new of a known article from a feed that shows it otherwise. `known` is to be written if any."""

    known: Known | None


@dataclass(frozen=True, kw_only=True)
class Unchanged:
    """The same version from the same feed once more. `known` is to be written if any."""

    known: Known | None


Decision = New | Revised | Sighting | Unchanged


def decide_revision(known: Known | None, article: RawArticle) -> Decision:
    """What `article` is, given what is known of its id.

    Needs no clock: all it compares is when feeds showed the article, which the record says.
    """
    seen = article.seen
    if known is None:
        return New(
            known=Known(
                revision=1,
                content_hash=article.content_hash,
                first_seen=seen,
                last_seen=seen,
                feed=article.feed.id,
                text_source=article.text_source,
                text_length=len(article.text),
            )
        )
    same_feed = article.feed.id == known.feed
    if article.content_hash == known.content_hash:
        refreshed = _refreshed(known, seen)
        return Unchanged(known=refreshed) if same_feed else Sighting(known=refreshed)
    if _is_revision(known, article, seen, same_feed=same_feed):
        return Revised(known=_revised(known, article, seen))
    return Sighting(known=_refreshed(known, seen))


def _is_revision(known: Known, article: RawArticle, seen: datetime, *, same_feed: bool) -> bool:
    kind, known_kind = _KINDS[article.text_source], _KINDS[known.text_source]
    if kind != known_kind:
        return kind > known_kind
    if same_feed:
        return seen > known.last_seen
    times, of = _LONGER
    return len(article.text) * of >= known.text_length * times and len(article.text) > known.text_length


def _revised(known: Known, article: RawArticle, seen: datetime) -> Known:
    same_kind = article.text_source == known.text_source
    return replace(
        known,
        revision=known.revision + 1,
        content_hash=article.content_hash,
        last_seen=max(known.last_seen, seen),
        feed=article.feed.id,
        text_source=article.text_source,
        text_length=max(len(article.text), known.text_length if same_kind else 0),
    )


def _refreshed(known: Known, seen: datetime) -> Known | None:
    at = seen - _DISORDER
    return replace(known, last_seen=at) if at - known.last_seen >= _REFRESH else None
