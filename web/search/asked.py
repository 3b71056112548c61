"""What somebody asks the search page for: read from its address, and written to one again.

q=…                     what stands in the search box
org=taliban&lang=en     a facet's name and a value; of feed and lang any of several will do, else all must
from=, to=              a day or a time, UTC without an offset; `to` is where it ends, not included
sort=newest, page=2     the order, and which twenty
more=org                the facet to list at length
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, cast, get_args
from urllib.parse import urlencode

from article.errors import BadQuery
from index.expression import Expression, Keyword, KeywordField, Or, conjunction
from index.query import KEYWORD_FIELDS, MAX_WINDOW, Query, Sort
from index.syntax import parse

PAGE_SIZE = 20
MAX_PAGES = MAX_WINDOW // PAGE_SIZE
MAX_CHOSEN = 50
MAX_VALUE = 1_000
ANY_OF: tuple[KeywordField, ...] = ("feed", "lang")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_TYPE = "type"  # the API's name of entity_type

Value = tuple[KeywordField, str]
Order = Literal["relevance", "newest", ""]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`start` and `end` as in Query; `sort` "" is relevance where words are looked for, else newest."""

    q: str = ""
    values: tuple[Value, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    sort: Order = ""
    page: int = 1
    more: str = ""

    @property
    def url(self) -> str:
        """The shortest address that asks for this; "/" for everything."""
        named = [("q", self.q)] if self.q else []
        named += [(_TYPE if name == "entity_type" else name, value) for name, value in self.values]
        named += [(name, when(at)) for name, at in (("from", self.start), ("to", self.end)) if at]
        named += [("sort", self.sort)] if self.sort else []
        named += [("page", str(self.page))] if self.page > 1 else []
        named += [("more", self.more)] if self.more else []
        return f"/?{urlencode(named)}" if named else "/"

    @property
    def typed(self) -> str:
        """The same as text for the search box, to be saved; without the span of time, which would end."""
        parts = [f"({self.q})" if self.values else self.q] if self.q.strip() else []
        parts += [f"{name}:{_quoted(value)}" for name, value in self.values if name not in ANY_OF]
        for each in ANY_OF:
            wanted = [_quoted(value) for name, value in self.values if name == each]
            parts += [f"{each}:({' OR '.join(wanted)})"] if wanted else []
        return " ".join(parts)

    @property
    def narrowed(self) -> bool:
        return bool(self.values or self.start or self.end)

    def with_value(self, name: KeywordField, value: str) -> Asked:
        return replace(self, values=(*self.values, (name, value)), page=1, more="")

    def without_value(self, name: KeywordField, value: str) -> Asked:
        values = tuple(each for each in self.values if each != (name, value))
        return replace(self, values=values, page=1, more="")

    def between(self, start: datetime | None, end: datetime | None) -> Asked:
        return replace(self, start=start, end=end, page=1, more="")

    def sorted_by(self, sort: Order) -> Asked:
        return replace(self, sort=sort, page=1, more="")

    def at_page(self, number: int) -> Asked:
        return replace(self, page=number, more="")

    def listing(self, name: str) -> Asked:
        return replace(self, more=name)

    def plainly(self) -> Asked:
        """The words alone."""
        return Asked(q=self.q, sort=self.sort)

    def chosen(self, name: KeywordField) -> tuple[str, ...]:
        return tuple(value for field, value in self.values if field == name)

    def query(self, now: datetime, *, without: KeywordField | None = None) -> Query:
        """Without hits and facets, for the caller to ask for; `without` leaves one facet's choice out.

        Raises BadQuery, with the place where the words cannot be read.
        """
        words = parse(self.q)
        sort: Sort = self.sort or ("relevance" if self.q.strip() else "newest")
        return Query(
            expression=conjunction((words, *self._chosen(without))),
            published_from=self.start,
            published_to=self.end,
            sort=sort,
            limit=0,
            now=now,
        )

    def _chosen(self, without: KeywordField | None) -> Iterable[Expression]:
        for name in dict.fromkeys(name for name, _ in self.values if name != without):
            each: tuple[Expression, ...] = tuple(Keyword(name, value) for value in self.chosen(name))
            yield from (Or(each),) if name in ANY_OF and len(each) > 1 else each


def read_asked(params: Iterable[tuple[str, str]]) -> Asked:
    """From an address. Raises BadQuery for a name that means nothing, or a value that cannot be."""
    asked, values = Asked(), []
    for name, value in params:
        if name == "q":
            asked = replace(asked, q=value)
        elif (field := _field(name)) is not None:
            if value:
                values.append((field, _checked(name, value)))
        elif name == "from":
            asked = replace(asked, start=moment(name, value))
        elif name == "to":
            asked = replace(asked, end=moment(name, value))
        elif name == "sort":
            asked = replace(asked, sort=_order(value))
        elif name == "page":
            asked = replace(asked, page=_number(value))
        elif name == "more":
            asked = replace(asked, more=value if _field(value) else "")
        else:
            raise BadQuery(f"{name!r} in the address", "means nothing here", "start from the search box")
    if len(values) > MAX_CHOSEN:
        raise BadQuery("the filters", f"are more than {MAX_CHOSEN}", "take some away")
    return replace(asked, values=tuple(dict.fromkeys(values)))


def moment(name: str, value: str) -> datetime | None:
    """A day or a time with or without an offset, None for nothing. Raises BadQuery."""
    if not value.strip():
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        if not _FIRST_YEAR <= read.year <= _LAST_YEAR:
            raise ValueError(read.year)
    except ValueError as error:
        raise BadQuery(f"{name}={value[:40]}", "is no date of news", "write it like 2026-05-31") from error
    return (read if read.utcoffset() is not None else read.replace(tzinfo=UTC)).astimezone(UTC)


def when(at: datetime) -> str:
    """The shortest form that `moment` reads: a day where it is one."""
    utc = at.astimezone(UTC)
    if utc == utc.replace(hour=0, minute=0, second=0, microsecond=0):
        return utc.date().isoformat()
    return utc.isoformat(timespec="minutes").replace("+00:00", "Z")


def _field(name: str) -> KeywordField | None:
    if name == _TYPE:
        return "entity_type"
    return next((each for each in KEYWORD_FIELDS if each == name), None)


def _checked(name: str, value: str) -> str:
    if len(value) > MAX_VALUE:
        raise BadQuery(f"{name}={value[:40]}…", f"is longer than {MAX_VALUE} characters", "shorten it")
    return value


def _order(value: str) -> Order:
    for order in get_args(Order):
        if value == order:
            return cast("Order", order)
    raise BadQuery(f"sort={value[:40]}", "is no order", "use relevance or newest")


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise BadQuery(f"page={value[:40]}", "is no number of a page", "start from the first")
    number = int(value)
    if not 1 <= number <= MAX_PAGES:
        raise BadQuery(
            f"page {number}", f"is beyond the last that is listed, {MAX_PAGES}", "narrow the search, by time"
        )
    return number


def _quoted(value: str) -> str:
    return '"' + value.replace('"', " ") + '"'
