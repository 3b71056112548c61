"""What the category that a source gave a text says about each of the 17 top-level Media Topics.

A category is about a few topics: it says yes or no to those, or how likely they are, and nothing of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Known = Mapping[int, float]
"""Topic number (1 to 17) and how likely it is."""

HUFFPOST = """POLITICS
WELLNESS
ENTERTAINMENT
TRAVEL
STYLE & BEAUTY
PARENTING
HEALTHY LIVING
QUEER VOICES
FOOD & DRINK
BUSINESS
COMEDY
SPORTS
BLACK VOICES
HOME & LIVING
PARENTS
THE WORLDPOST
WEDDINGS
WOMEN
IMPACT
DIVORCE
CRIME
MEDIA
WEIRD NEWS
GREEN
WORLDPOST
RELIGION
STYLE
SCIENCE
WORLD NEWS
TASTE
TECH
MONEY
ARTS
FIFTY
GOOD NEWS
ARTS & CULTURE
ENVIRONMENT
COLLEGE
LATINO VOICES
CULTURE & ARTS
EDUCATION""".splitlines()
"""The categories of huffpost_headlines by number."""


def _known(yes: Iterable[int], no: Iterable[int], likely: Mapping[int, float] | None = None) -> Known:
    return dict.fromkeys(no, 0.0) | dict.fromkeys(yes, 1.0) | dict(likely or {})


_SPORT = _known([15], [3, 5, 6, 10, 11, 12, 13, 16, 17])
_ARTS = _known([1], [3, 4, 6, 9, 15, 17])
_LEISURE = _known([10], [2, 3, 4, 9, 11, 13, 15, 16, 17])
_FAMILY = _known([], [2, 3, 4, 6, 9, 11, 12, 13, 15, 16, 17], {14: 0.6})
_IDENTITY = _known([], [3, 6, 13, 17])
_WORLD = _known([], [10, 15])
_NATURE = _known([], [1, 5, 9, 12, 15], {6: 0.65})

_HUFFPOST: dict[str, Known] = {
    "POLITICS": _known([11], [10, 15, 17]),
    "ENTERTAINMENT": _ARTS,
    "COMEDY": _known([1], [3, 4, 6, 9, 12, 15]),
    "ARTS": _ARTS,
    "ARTS & CULTURE": _ARTS,
    "CULTURE & ARTS": _ARTS,
    "MEDIA": _known([1], [3, 6, 15, 17]),
    "CRIME": _known([2], [1, 10, 13, 15, 17]),
    "RELIGION": _known([12], [3, 4, 9, 10, 13, 15, 17]),
    "EDUCATION": _known([5], [3, 10, 12, 15, 17]),
    "COLLEGE": _known([5], [3, 6, 12, 17]),
    "SPORTS": _SPORT,
    "SCIENCE": _known([13], [4, 9, 12, 15, 16]),
    "TECH": _known([13], [3, 6, 12, 15, 17]),
    "BUSINESS": _known([4], [3, 12, 15, 17]),
    "MONEY": _known([4], [1, 3, 6, 12, 13, 15, 16, 17]),
    **dict.fromkeys(
        ["TRAVEL", "FOOD & DRINK", "TASTE", "STYLE & BEAUTY", "STYLE", "HOME & LIVING", "WEDDINGS"], _LEISURE
    ),
    "WELLNESS": _known([], [2, 3, 4, 9, 11, 13, 15, 16, 17], {7: 0.7}),
    "HEALTHY LIVING": _known([], [2, 3, 4, 9, 15, 16, 17], {7: 0.75}),
    "QUEER VOICES": _known([], [3, 4, 6, 9, 13, 17], {14: 0.85}),
    "WOMEN": _known([], [3, 6, 13, 15, 17], {14: 0.6}),
    "BLACK VOICES": _IDENTITY,
    "LATINO VOICES": _IDENTITY,
    "IMPACT": _known([], [15, 17], {14: 0.6}),
    "GREEN": _NATURE,
    "ENVIRONMENT": _NATURE,
    "WEIRD NEWS": _known([], [4, 5, 9, 12], {8: 0.5}),
    "GOOD NEWS": _known([], [2, 3, 4, 6, 9, 11, 12, 13, 15, 16, 17], {8: 0.8}),
    "PARENTING": _FAMILY,
    "PARENTS": _FAMILY,
    "DIVORCE": _FAMILY,
    "FIFTY": _known([], [3, 4, 6, 9, 12, 13, 15, 16, 17]),
    "WORLD NEWS": _known([], [10]),
    "WORLDPOST": _WORLD,
    "THE WORLDPOST": _WORLD,
}
_AG: dict[str, Known] = {
    "1": _WORLD,
    "2": _SPORT,
    "3": _known([4], [1, 5, 8, 10, 12, 15]),
    "4": _known([13], [3, 9, 12, 15, 17]),
}
_BBC: dict[str, Known] = {
    "sport": _SPORT,
    "business": _known([4], [1, 10, 12, 17]),
    "politics": _known([11], [10, 15, 17]),
    "tech": _known([13], [3, 9, 12, 15, 17]),
    "entertainment": _ARTS,
}
_CATEGORIES = {"huff": _HUFFPOST, "hh": _HUFFPOST, "ag": _AG, "bbc": _BBC}
_WHOLE_SOURCES: dict[str, Known] = {
    "insightCrime": _known([2], [1, 3, 5, 6, 7, 8, 10, 12, 13, 15, 17]),
    "satp_relevant": _known([16], [1, 3, 4, 5, 6, 7, 8, 10, 13, 15, 17]),
}


def known_topics(source: str, category: str) -> Known:
    """What is known of a text of that source and category; empty where it is nothing."""
    return _WHOLE_SOURCES.get(source) or _CATEGORIES.get(source, {}).get(category, {})
