"""What a feed's memory holds of the sites that its entries lead to."""

from __future__ import annotations

from dataclasses import dataclass, field

from article.records import RawArticle, Time


@dataclass(frozen=True, kw_only=True)
class SiteLines:
    """The lines of a site's last articles, and which of them had each.

    `articles` are short hashes of article ids, the newest first. `lines` maps the short hash of a line to a
    bit mask: bit n is set where the article at index n had it.
    """

    articles: tuple[str, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PageRetry:
    """An article whose page could not be had when it was published, and may be had later.

    `article` is what the feed alone told of it. `failures` counts fetches of the page so far, `at` is when
    the next one is due.
    """

    article: RawArticle
    failures: int
    at: Time
