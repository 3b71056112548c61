"""The parts of a date in free form: the time of day, its zone, the day by the name of its month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone, tzinfo

from ingest.formats.months import month_named, plain
from ingest.formats.zones import zone_named

_MOST_WORDS = 8  # names of days, articles, "Uhr"; more is a sentence, not a date
_FARTHEST = 15  # hours; no zone is farther from UTC
_CLOCK = re.compile(
    r"(?<![\d.:+−-])(\d{1,2})(?::|h(?=\d\d))(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?![\d:])", re.IGNORECASE
)
_HOUR = re.compile(r"(?<![\d.:+−-])(\d{1,2})(?=Z|[+-]\d\d|\s?[ap]\s?m\b)()()()", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![\d.:+−-])(\d{1,2})\.(\d\d)(?:\.(\d\d))?(?![\d.:])()")
_HALF = re.compile(
    r"(?<![^\W\d_])(?:(am|a m|上午|午前|오전|πμ|öö)|(pm|p m|下午|午後|오후|μμ|ös))(?![^\W\d_])", re.IGNORECASE
)
_OFFSET = re.compile(r"\s*\(?(?:GMT|UTC|UT|Z)?\s?([+−-])(\d{1,2})(?::?(\d\d))?(?![\d./:]|-\d)", re.IGNORECASE)
_ZONE = re.compile(r"[A-Za-z]+(?:/[A-Za-z]+(?:[_/-][A-Za-z]+)*)?")
_WORD = re.compile(r"[^\s\d,;/()\[\]:’'–—−+-]+")
_BESIDE_TIMES = frozenset(
    (
        "am",
        "pm",
        "uhr",
        "h",
        "o",
        "clock",
        "klo",
        "kl",
        "t",
        "hrs",
        "hours",
        "time",
        "standard",
        "daylight",
        "summer",
    )
)
_WEEKDAYS = frozenset(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
_BUDDHIST = 543  # years between the calendar of Thailand and the common one
_THAI = re.compile("[\u0e00-\u0e7f]")


class NotADate(Exception):
    """What was read is no date that can be used."""


def clock_in(text: str) -> tuple[timedelta | None, str, str]:
    """The time of day, if there is one, and what stands before and after it. 24:00 is the next midnight."""
    found = next((match for form in (_CLOCK, _HOUR, _DOTTED) if (match := form.search(text))), None)
    if found is None:
        return None, text, ""
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    before, after = text[: found.start()], text[found.end() :]
    half = _HALF.search(after[:6]) or _HALF.search(before)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.group(2) else 0)
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        raise NotADate
    fraction = int((found.group(4) or "0").ljust(6, "0")[:6])
    time = timedelta(hours=hour, minutes=minute, seconds=min(second, 59), microseconds=fraction)
    return time, _HALF.sub(" ", before), _HALF.sub(" ", after)


def zone_after(text: str, lang: str | None) -> tuple[tzinfo, str, str]:
    """The zone that stands in `text`, which follows a time of day; the rest; a note where that is a guess."""
    if found := _OFFSET.match(text):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if offset > timedelta(hours=_FARTHEST):
            raise NotADate
        return timezone(-offset if sign != "+" else offset), _without_zone(text[found.end() :]), ""
    for found in _ZONE.finditer(text):
        name = found.group(0)
        rest = text[: found.start()] + text[found.end() :]
        if known := zone_named(name, lang):
            zone, certain = known
            shown = "" if certain else f"is in {name}, which several regions use; one was guessed"
            return zone, rest, shown
        if _may_be_zone(name, lang):
            return UTC, rest, f"is in the unknown zone {name[:20]}; UTC was taken"
    return UTC, text, "has no time zone; UTC was taken"


def day_by_names(text: str, lang: str | None) -> tuple[int, int, int]:
    """Year, month and day where the month is a word. Raises NotADate where that does not work out."""
    words = _WORD.findall(text)
    months = list(_months(text, lang))
    if len({month for month, _ in months}) > 1:
        del months[0]  # "mar. 5 mai 2026" is a Tuesday
    if len({month for month, _ in months}) != 1 or len(words) > _MOST_WORDS:
        raise NotADate
    month, start = months[0]
    numbers = [(found.group(0), found.start()) for found in re.finditer(r"\d+", text)]
    if len(numbers) != 2:
        raise NotADate
    (first, first_at), (second, _) = numbers
    year_first = len(first) == 4 and len(second) <= 2
    day, year = (second, first) if year_first else (first, second)
    if len(day) > 2 or (len(year) < 4 and first_at > start and text[first_at - 1] == "'"):
        raise NotADate
    return whole_year(year, thai=bool(_THAI.search(text))), month, int(day)


def names_a_month(text: str, lang: str | None) -> bool:
    return next(_months(text, lang), None) is not None


def _months(text: str, lang: str | None) -> Iterator[tuple[int, int]]:
    """The months that are named, and where; names of two words, too."""
    words = [(found.group(0), found.start()) for found in _WORD.finditer(text)]
    for at, (word, start) in enumerate(words):
        pair = f"{word}_{words[at + 1][0]}" if at + 1 < len(words) else ""
        if month := (month_named(pair, lang) if pair else None) or month_named(word, lang):
            yield month, start


def whole_year(year: str, *, thai: bool = False) -> int:
    """Of two and three digits as RFC 5322 §4.3 says; where it is written in Thai, of the common era."""
    number = int(year)
    if len(year) == 2:
        return number + (2000 if number < 50 else 1900)
    if len(year) == 3:
        return number + 1900
    return number - _BUDDHIST if thai and 2400 <= number <= 2700 else number


def _may_be_zone(name: str, lang: str | None) -> bool:
    """Whether an unknown word after a time looks like the name of a zone, and like nothing else."""
    word = plain(name)
    return (
        ((name.isupper() and len(name) <= 5) or "/" in name)
        and word[:3] not in _WEEKDAYS
        and word not in _BESIDE_TIMES
        and month_named(word, lang) is None
    )


def _without_zone(text: str) -> str:
    """`text` without the zone's name in brackets, which repeats the offset."""
    return re.sub(r"^\s*Z|[(\[][^)\]]*[)\]]", " ", text)
