"""A feed in a list, whatever the list's format."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What lists call these fields, reduced by `plain_name`; the names that say most first.
URL_NAMES = (
    "xmlurl", "feedurl", "rssurl", "feedlink", "rsslink", "feed", "rss", "url", "link", "address", "href"
)  # fmt: skip
TITLE_NAMES = (
    "title", "feedtitle", "name", "feedname", "sitename", "text", "publisher", "source", "site", "feed"
)  # fmt: skip
CATEGORY_NAMES = (
    "category", "categories", "folder", "group", "section", "tags", "tag", "topic", "label", "path"
)  # fmt: skip
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]")


def plain_name(name: str) -> str:
    """The name of a field without what spellings differ in: "Feed URL", "feed_url" and "feedUrl" are one."""
    return _NOT_IN_A_NAME.sub("", name.lower())


@dataclass(frozen=True, kw_only=True)
class ListedFeed:
    """`where` is the place in the list for a person ("line 3"); `category` is a path, "a/b".

    `url` is as the list has it, "" where it has none: whether it is an address is looked at later.
    """

    where: str
    url: str
    title: str = ""
    category: str = ""
