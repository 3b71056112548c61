"""Dates as feeds write them, to instants in UTC, with a note wherever the reading is a guess.

Known are RFC 822 and 5322, ISO 8601 and what looks like it, seconds and milliseconds since 1970, day, month
and year as numbers in any order, and names of months in more than fifty languages. What is relative ("2 hours
ago") is not used: it would be another date at each poll.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Literal

from ingest.formats.date_parts import NotADate, clock_in, day_by_names, names_a_month, whole_year, zone_after
from ingest.formats.moment import utc

Order = Literal["day first", "month first"]

_MAX = 100  # characters; no date is longer
_SHOWN = 60  # of a date that cannot be used, in its note
_RFC = re.compile(r"(?:[A-Z][a-z]{2}, )?\d\d? [A-Z][a-z]{2} [12]\d{3} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)")
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)[T ]?(?:(\d\d)(\d\d)(\d\d)?)?(?=$|[.Z+ -])")
_NUMBER = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}|\d{16}")
_EAST_ASIAN = (
    (re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?"), r" \1-\2-\3 "),
    (re.compile(r"(\d{1,2})\s*[時时시点點]\s*(\d{1,2})\s*[分분]\s*(\d{1,2})\s*[秒초]"), r" \1:\2:\3 "),
    (re.compile(r"(\d{1,2})\s*[時时시点點]\s*(\d{1,2})\s*[分분]"), r" \1:\2 "),
    (re.compile(r"(\d{1,2})\s*[時时시点點](?!\s*\d)"), r" \1:00 "),
    (re.compile(r"(\d{1,2})\s*tháng\s*(\d{1,2})(?:,|\s*năm)?\s*(\d{4})", re.I), r" \1.\2.\3 "),
)
_YEAR_FIRST = re.compile(r"(?<![\d.])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)(?![\d:])")
_LIKE_A_TIME = re.compile(r"\d\d?\.\d\d\.\d\d")
_MONTH_FIRST = ("en-us", "en-ph", "en-bz", "en-pr", "es-us", "es-pr", "fil", "tl")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Dated:
    """The instant, None where there is none to be had; and how it was guessed, or why it cannot be used."""

    moment: datetime | None = None
    note: str = ""


def read_date(text: str, *, order: Order | None = None, lang: str | None = None) -> Dated:
    """The instant that `text` names. `order` is what `order_of` found in the feed, `lang` its language.

    Without a zone, and without a time of day, it is taken in UTC and at midnight. Never raises.
    """
    raw = " ".join(text.split())
    if not raw:
        return Dated()
    try:
        moment, notes = _read(raw, order, lang)
        there = utc(moment)
    except (NotADate, ValueError, OverflowError):
        there, notes = None, []
    if there is None or abs(there - _EPOCH) <= timedelta(days=1):  # what programs write for no date
        return Dated(note=f'date cannot be used: "{raw[:_SHOWN]}{"…" * (len(raw) > _SHOWN)}"')
    return Dated(moment=there, note="date " + "; it ".join(notes) if notes else "")


def order_of(values: Iterable[str]) -> Order | None:
    """Whether these dates of one feed have the day first or the month, where those tell that can be read
    one way only. None where none does, or where they do not agree."""
    seen: set[Order] = set()
    for value in values:
        for first, _, second, _ in _YEAR_LAST.findall(value[:_MAX]) if "/" in value or "-" in value else ():
            if int(first) > 12 >= int(second):
                seen.add("day first")
            elif int(second) > 12 >= int(first):
                seen.add("month first")
    return seen.pop() if len(seen) == 1 else None


def _read(raw: str, order: Order | None, lang: str | None) -> tuple[datetime, list[str]]:
    if len(raw) > _MAX:
        raise NotADate
    if usual := _usual(raw):
        return usual, []
    text = _plain_digits(unicodedata.normalize("NFKC", raw))
    if _NUMBER.fullmatch(text):
        return _since_1970(text), ["is a number; it was read as the time since 1970"]
    for pattern, form in (*_EAST_ASIAN, (_COMPACT, _spread)):
        text = pattern.sub(form, text)
    text = re.sub(r"(?<=[^\s\d])\.", "", text)  # of abbreviations
    return _wild(text, order, lang)


def _usual(raw: str) -> datetime | None:
    """What nine of ten feeds write, read by the standard library."""
    try:
        if _RFC.fullmatch(raw):
            return parsedate_to_datetime(raw)
        if _ISO.fullmatch(raw):
            return datetime.fromisoformat(raw)
    except ValueError:  # hour 24, second 60
        pass
    return None


def _wild(text: str, order: Order | None, lang: str | None) -> tuple[datetime, list[str]]:
    notes: list[str] = []
    found = [
        match
        for pattern in (_YEAR_FIRST, _YEAR_LAST)
        for match in pattern.finditer(text)
        if not (_LIKE_A_TIME.fullmatch(match.group(0)) and names_a_month(text, lang))
    ]
    if len(found) > 1:
        raise NotADate  # a span of days
    left = text if not found else f"{text[: found[0].start()]} {text[found[0].end() :]}"
    clock, before, after = clock_in(left)
    zone: tzinfo | None = None
    if clock is not None:
        zone, after, note = zone_after(after, lang)
        notes += [note] if note else []
    if found:
        day, note = _day_by_numbers(found[0], order, lang)
        notes += [note] if note else []
    else:
        day = day_by_names(f"{before} {after}", lang)
    if clock is None:
        notes.append("has no time; midnight in UTC was taken")
    moment = datetime(*day, tzinfo=zone or UTC) + (clock or timedelta())
    return moment, notes


def _day_by_numbers(
    found: re.Match[str], order: Order | None, lang: str | None
) -> tuple[tuple[int, int, int], str]:
    """Year, month and day, and a note where day and month, or the century, are guessed."""
    if len(found.group(1)) == 4:
        year, _, month, day = found.groups()
        return (whole_year(year), int(month), int(day)), ""
    first, separator, second, year = found.groups()
    a, b, century = int(first), int(second), whole_year(year)
    short = "has a year of two digits" if len(year) == 2 else ""
    if a == b or a > 12 or b > 12:
        return (century, min(a, b), max(a, b)) if max(a, b) > 12 else (century, b, a), short
    if separator == ".":
        return (century, b, a), short
    if order is not None:
        return (century, b, a) if order == "day first" else (century, a, b), short
    month_first = (lang or "").lower().startswith(_MONTH_FIRST)
    taken = "month" if month_first else "day"
    day = (century, a, b) if month_first else (century, b, a)
    return day, f"may have day or month first; the {taken} was taken for first"


def _since_1970(text: str) -> datetime:
    number = (
        float(text) if len(text) < 13 or "." in text else int(text) / (1000 if len(text) == 13 else 10**6)
    )
    return _EPOCH + timedelta(seconds=number)


def _spread(found: re.Match[str]) -> str:
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month}-{day} " + (f"{hour}:{minute}:{second or '00'}" if hour else "")


def _plain_digits(text: str) -> str:
    """Digits of every script as ASCII ones."""
    if text.isascii():
        return text
    return "".join(
        str(digit) if (digit := unicodedata.decimal(each, None)) is not None else each for each in text
    )
