"""The facets beside the results: what can be chosen, what is chosen, and the address of each choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from index.expression import KeywordField
from index.protocol import Bucket
from index.query import Facet, FacetName
from web.languages import language_name
from web.search.asked import Asked
from web.world.atlas import country_name

SIZE, LONG = 8, 60

SHOWN: Mapping[KeywordField, str] = {
    "topic": "Topics",
    "person": "People",
    "org": "Organisations",
    "place": "Places",
    "country": "Countries",
    "group": "Groups and nationalities",
    "event": "Events",
    "feed": "Feeds",
    "lang": "Languages",
}
"""The facets of the page and their headings, in the order to show."""

_ONE: Mapping[KeywordField, str] = {
    "topic": "Topic",
    "person": "Person",
    "org": "Organisation",
    "place": "Place",
    "country": "Country",
    "group": "Group",
    "event": "Event",
    "feed": "Feed",
    "lang": "Language",
    "entity": "Named",
    "location": "Location",
    "other": "Other name",
    "entity_type": "Kind of name",
}
_OPEN: tuple[KeywordField, ...] = ("topic", "person", "org", "place", "country")


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A value of a facet; `url` chooses it, or where it is chosen takes it away."""

    label: str
    count: int | None
    url: str
    chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """`more` lists the facet at length, None where all of it is shown. `open`: shown from the start."""

    name: KeywordField
    heading: str
    choices: tuple[Choice, ...]
    more: str | None
    open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """Something that narrows the search; `url` is the search without it."""

    kind: str
    label: str
    url: str


def wanted(asked: Asked) -> tuple[Facet, ...]:
    return tuple(Facet(name=name, size=(LONG if asked.more == name else SIZE) + 1) for name in SHOWN)


def groups(asked: Asked, found: Mapping[FacetName, Sequence[Bucket]]) -> tuple[Group, ...]:
    """Those with anything to choose."""
    made = (_group(asked, name, heading, found.get(name, ())) for name, heading in SHOWN.items())
    return tuple(group for group in made if group.choices)


def chips(asked: Asked, found: Mapping[FacetName, Sequence[Bucket]]) -> tuple[Chip, ...]:
    """The choices in the order in which they were made, then the time."""
    made = [
        Chip(
            kind=_ONE[name],
            label=_label_of(name, value, found.get(name, ())),
            url=asked.without_value(name, value).url,
        )
        for name, value in asked.values
    ]
    if asked.start or asked.end:
        made.append(Chip(kind="Time", label=_time(asked), url=asked.between(None, None).url))
    return tuple(made)


def shown(name: FacetName, bucket: Bucket) -> str:
    """A value as people say it."""
    if name == "country":
        return country_name(bucket.key)
    if name == "lang":
        return language_name(bucket.key)
    return bucket.label


def _group(asked: Asked, name: KeywordField, heading: str, buckets: Sequence[Bucket]) -> Group:
    size = LONG if asked.more == name else SIZE
    chosen = {value.casefold() for value in asked.chosen(name)}
    choices = tuple(
        Choice(
            label=shown(name, bucket),
            count=bucket.count,
            url=(asked.without_value if is_chosen else asked.with_value)(name, _own(asked, name, bucket)).url,
            chosen=is_chosen,
        )
        for bucket in buckets[:size]
        for is_chosen in (_names(bucket) & chosen != set(),)
    )
    longer = len(buckets) > size and asked.more != name
    return Group(
        name=name,
        heading=heading,
        choices=choices,
        more=asked.listing(name).url if longer else None,
        open=name in _OPEN or bool(chosen) or asked.more == name,
    )


def _own(asked: Asked, name: KeywordField, bucket: Bucket) -> str:
    """The value as the address has it where it is chosen, so that it can be taken away."""
    names = _names(bucket)
    return next((value for value in asked.chosen(name) if value.casefold() in names), bucket.key)


def _names(bucket: Bucket) -> set[str]:
    return {bucket.key.casefold(), bucket.label.casefold()}


def _label_of(name: KeywordField, value: str, buckets: Sequence[Bucket]) -> str:
    for bucket in buckets:
        if value.casefold() in _names(bucket):
            return shown(name, bucket)
    return shown(name, Bucket(key=value, label=value, count=0))


def _time(asked: Asked) -> str:
    """In as few words as say it: a day, a month, or where it begins and ends."""
    start, end = asked.start, asked.end
    if start is None or end is None:
        return f"from {_moment(start)}" if start else f"before {_moment(end)}" if end else ""
    if end - start == timedelta(days=1) and start.hour == start.minute == 0:
        return _moment(start)
    if end.date() == start.date():
        return f"{_moment(start)}–{end:%H:%M}"
    return f"{_moment(start)} – before {_moment(end)}"


def _moment(at: datetime) -> str:
    day = f"{at.day} {at:%b %Y}"
    return day if (at.hour, at.minute) == (0, 0) else f"{day}, {at:%H:%M}"
