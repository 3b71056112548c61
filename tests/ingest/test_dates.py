"""Dates in the forms that feeds have been seen with, and what is said of those that are guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.dates import Order, order_of, read_date
from ingest.formats.months import month_named, plain
from ingest.formats.zones import zone_named

MORNING = datetime(2026, 3, 1, 10, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
NO_ZONE = "date has no time zone; UTC was taken"
NO_TIME = "date has no time; midnight in UTC was taken"
NUMBER = "date is a number; it was read as the time since 1970"

CERTAIN = [
    "Sun, 01 Mar 2026 10:00:00 GMT",
    "Sun, 1 Mar 2026 10:00:00 +0000",
    "Sun, 01 Mar 2026 10:00:00 -0000",
    "Sun, 01 Mar 2026 12:00:00 +0200",
    "Sun, 01 Mar 2026 06:30:00 -0330",
    "Sun, 01 Mar 2026 05:00:00 EST",
    "Sun, 01 Mar 2026 12:00:00 CEST",
    "Sun, 01 Mar 2026 13:00:00 MSK",
    "Sun, 01 Mar 2026 05:00 ET",
    "Sun, 01 Mar 2026 11:00:00 Europe/Berlin",
    "Sun, 01 Mar 2026 10:00:00 Etc/UTC",
    "Sun, 01 Mar 2026 10:00:00 UT",
    "Sun, 01 Mar 2026 11:00:00 GMT+1",
    "Sun, 01 Mar 2026 11:00:00 UTC+01:00",
    "Sun, 01 Mar 2026 10:00:00 +0000 (UTC)",
    "Sun, 01 Mar 26 10:00 GMT",
    "Wed, 01 Mar 2026 10:00:00 GMT",  # it was a Sunday
    "Sonntag, 01 Mar 2026 10:00:00 GMT",
    "1 March 2026 10:00 Z",
    "01-Mar-2026 10:00 GMT",
    "01-MAR-26 10.00.00 AM GMT",
    "10:00 GMT, SAT 01 MAR 2026",
    "Sun Mar  1 10:00:00 GMT 2026",
    "Sun Mar 01 11:00:00 CET 2026",
    "Sun Mar 01 2026 11:00:00 GMT+0100 (Central European Standard Time)",
    "March 1, 2026 10:00 AM GMT",
    "March 1st, 2026 at 10:00 a.m. UTC",
    "Mar. 1, 2026, 10 am UTC",
    "2026-03-01T10:00:00Z",
    "2026-03-01T10:00:00.000Z",
    "2026-03-01T10:00:00.000000000Z",
    "2026-03-01T10:00:00,000Z",
    "2026-03-01T11:00:00+01:00",
    "2026-03-01T11:00:00+0100",
    "2026-03-01T11:00:00+01",
    "2026-03-01T11:00+01:00",
    "2026-03-01T10:00Z",
    "2026-03-01T10Z",
    "2026-03-01t10:00:00z",
    "2026-03-01 10:00:00 UTC",
    "2026-03-01 11:00:00 +0100",
    "2026-03-01T11:00:00+01:00[Europe/Berlin]",
    "2026-03-01T10:00:00+0000Z",
    "2026-3-1 10:00:00 GMT",
    "2026/03/01 10:00:00 GMT",
    "20260301T100000Z",
    "20260301T1000Z",
    "01.03.2026 10:00 GMT",
    "２０２６-０３-０１T１０:００:００Z",
]

GUESSED = [
    ("Sun, 01 Mar 2026 10:00:00", MORNING, NO_ZONE),
    ("Sun, 01 Mar 2026 10:00:00 XYZT", MORNING, "date is in the unknown zone XYZT; UTC was taken"),
    ("Sun, 01 Mar 2026 10:00:00 A", MORNING, "date is in the unknown zone A; UTC was taken"),
    (
        "01 Mar 2026 15:30 IST",
        MORNING,
        "date is in IST, which several regions use; one was guessed",
    ),
    ("2026-03-01T10:00:00", MORNING, NO_ZONE),
    ("2026-03-01 10:00", MORNING, NO_ZONE),
    ("20260301100000", MORNING, NO_ZONE),
    ("202603011000", MORNING, NO_ZONE),
    ("2026-03-01", MIDNIGHT, NO_TIME),
    ("20260301", MIDNIGHT, NO_TIME),
    ("1772359200", MORNING, NUMBER),
    ("1772359200000", MORNING, NUMBER),
    ("1772359200000000", MORNING, NUMBER),
    ("01.03.2026", MIDNIGHT, NO_TIME),
    ("1.3.2026 10.00", MORNING, NO_ZONE),
    ("01.03.2026, 10:00 Uhr", MORNING, NO_ZONE),
    ("01/03/2026 10:00 GMT", MORNING, "date may have day or month first; the day was taken for first"),
    ("01-03-2026 10:00 GMT", MORNING, "date may have day or month first; the day was taken for first"),
    ("2026年3月1日", MIDNIGHT, NO_TIME),
    ("2026年03月01日 上午10:00", MORNING, NO_ZONE),
    ("2026年3月1日 22時00分", MORNING + timedelta(hours=12), NO_ZONE),
    ("2026년 3월 1일 오후 10:00", MORNING + timedelta(hours=12), NO_ZONE),
    ("1 tháng 3, 2026", MIDNIGHT, NO_TIME),
    ("1 มี.ค. 2569 10:00", MORNING, NO_ZONE),
    ("๑ มีนาคม ๒๕๖๙", MIDNIGHT, NO_TIME),
    ("١ مارس ٢٠٢٦", MIDNIGHT, NO_TIME),
    ("1 de marzo de 2026 10:00 p. m.", MORNING + timedelta(hours=12), NO_ZONE),
    ("March 1, 2026 12:00 AM", MIDNIGHT, NO_ZONE),
    ("March 1, 2026 12:00 PM", MIDNIGHT + timedelta(hours=12), NO_ZONE),
    ("mar. 5 mai 2026", datetime(2026, 5, 5, tzinfo=UTC), NO_TIME),  # a Tuesday, not March
]

UNUSABLE = [
    "yesterday at noon",
    "2 hours ago",
    "Sunday",
    "March 2026",
    "2026",
    "10:00",
    "0000-00-00 00:00:00",
    "Mon, 01 Jan 0001 00:00:00 +0000",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "1970-01-01",
    "0000000000",
    "31/02/2026",
    "2026-13-01",
    "Sun, 32 Mar 2026 10:00:00 GMT",
    "Sun, 01 Mar 2026 25:00:00 GMT",
    "Sun, 01 Mar 2026 10:61:00 GMT",
    "Sun, 01 Mar 2026 10:00:00 +2500",
    "2026-03-01 - 2026-03-05",
    "1 lip 2026",  # June in Croatian, July in Polish
    "令和8年3月1日",
    "the minister said on 3 of May 2026 that he had not known of it",
]


@pytest.mark.parametrize("text", CERTAIN)
def test_a_date_that_can_be_read_one_way_only(text: str) -> None:
    read = read_date(text)
    assert (read.moment, read.note) == (MORNING, "")


@pytest.mark.parametrize(("text", "moment", "note"), GUESSED)
def test_a_date_that_is_guessed_says_how(text: str, moment: datetime, note: str) -> None:
    read = read_date(text)
    assert (read.moment, read.note) == (moment, note)


@pytest.mark.parametrize("text", UNUSABLE)
def test_a_date_that_cannot_be_used_is_none_and_stays_in_the_note(text: str) -> None:
    read = read_date(text)
    assert read.moment is None
    assert read.note.startswith(f'date cannot be used: "{text[:60]}')
    assert len(read.note) < 100


def test_several_guesses_stand_in_one_note() -> None:
    assert read_date("02/03/26").note == (
        "date may have day or month first; the day was taken for first; "
        "it has no time; midnight in UTC was taken"
    )


def test_midnight_at_the_end_of_a_day_and_a_leap_second() -> None:
    assert read_date("Sun, 01 Mar 2026 24:00:00 GMT").moment == MIDNIGHT + timedelta(days=1)
    assert read_date("2026-03-01T24:00:00Z").moment == MIDNIGHT + timedelta(days=1)
    assert read_date("Sun, 01 Mar 2026 09:59:60 GMT").moment == MORNING - timedelta(seconds=1)


@pytest.mark.parametrize(("year", "meant"), [("26", 2026), ("49", 2049), ("50", 1950), ("99", 1999)])
def test_a_year_of_two_digits(year: str, meant: int) -> None:
    moment = read_date(f"01 Mar {year} 10:00:00 GMT").moment
    assert moment
    assert moment.year == meant


@pytest.mark.parametrize(
    ("others", "order"),
    [
        (["25/12/2025", "03/01/2026"], "day first"),
        (["12/25/2025", "03/01/2026"], "month first"),
        (["12/25/2025", "25/12/2025"], None),
        (["03/01/2026", "2026-12-25", "25.12.2025"], None),
        ([], None),
    ],
)
def test_the_order_is_seen_from_the_other_dates_of_a_feed(others: list[str], order: Order | None) -> None:
    assert order_of(others) == order
    if order:
        read = read_date("01/03/2026 10:00 GMT", order=order)
        day = (
            datetime(2026, 3, 1, 10, tzinfo=UTC)
            if order == "day first"
            else datetime(2026, 1, 3, 10, tzinfo=UTC)
        )
        assert (read.moment, read.note) == (day, "")


def test_the_order_is_guessed_from_the_region() -> None:
    read = read_date("01/03/2026 10:00 GMT", lang="en-US")
    assert read.moment == datetime(2026, 1, 3, 10, tzinfo=UTC)
    assert "the month was taken for first" in read.note


@pytest.mark.parametrize(
    ("zone", "lang", "hour"),
    [("CST", "zh", 2), ("CST", "en", 16), ("CST", None, 16), ("IST", "he", 8), ("AST", "ar", 7)],
)
def test_a_name_that_zones_share_is_read_by_the_language(zone: str, lang: str | None, hour: int) -> None:
    read = read_date(f"01 Mar 2026 10:00:00 {zone}", lang=lang)
    assert read.moment == MORNING.replace(hour=hour)
    assert read.note == ""


def test_a_name_that_months_share_is_read_by_the_language() -> None:
    assert [month_named("lip", lang) for lang in ("pl", "hr", "de", None)] == [7, 6, None, None]


LANGUAGES = {
    "en": "1 March 2026", "de": "1. März 2026", "fr": "1er mars 2026", "es": "1 de marzo de 2026",
    "pt": "1 de março de 2026", "it": "1 marzo 2026", "nl": "1 maart 2026", "sv": "1 mars 2026",
    "da": "1. marts 2026", "nb": "1. mars 2026", "fi": "1. maaliskuuta 2026", "is": "1. mars 2026",
    "et": "1. märts 2026", "lv": "2026. gada 1. marts", "lt": "2026 m. kovo 1 d.", "pl": "1 marca 2026",
    "cs": "1. března 2026", "sk": "1. marca 2026", "sl": "1. marec 2026", "hr": "1. ožujka 2026.",
    "sr": "1. март 2026.", "mk": "1 март 2026", "bg": "1 март 2026 г.", "ru": "1 марта 2026 г.",
    "uk": "1 березня 2026 р.", "be": "1 сакавіка 2026", "ro": "1 martie 2026", "hu": "2026. március 1.",
    "el": "1 Μαρτίου 2026", "tr": "1 Mart 2026", "az": "1 mart 2026", "ca": "1 de març de 2026",
    "gl": "1 de marzo de 2026", "eu": "2026ko martxoa 1", "cy": "1 Mawrth 2026", "ga": "1 Márta 2026",
    "id": "1 Maret 2026", "ms": "1 Mac 2026", "sw": "1 Machi 2026", "sq": "1 mars 2026",
    "ar": "1 مارس 2026", "ar-SY": "1 آذار 2026", "fa": "1 مارس 2026", "he": "1 במרץ 2026",
    "hi": "1 मार्च 2026", "bn": "১ মার্চ ২০২৬", "ta": "1 மார்ச் 2026", "te": "1 మార్చి 2026",
    "ur": "1 مارچ 2026", "th": "1 มีนาคม 2569", "ka": "1 მარტი 2026", "hy": "1 մարտի 2026",
    "kk": "1 наурыз 2026", "uz": "1 mart 2026", "af": "1 Maart 2026", "fil": "1 Marso 2026",
    "vi": "1 tháng 3, 2026", "zh": "2026年3月1日", "ja": "2026年3月1日", "ko": "2026년 3월 1일",
}  # fmt: skip


@pytest.mark.parametrize(("lang", "text"), LANGUAGES.items())
def test_months_have_names_in_many_languages(lang: str, text: str) -> None:
    assert read_date(text, lang=lang).moment == MIDNIGHT


def test_case_and_accents_of_a_month_do_not_count() -> None:
    assert {month_named(name, None) for name in ("MÄRZ", "marz", "Марта", "μαρτιου", "MARTIE")} == {3}
    assert plain("Août") == "aout"


def test_zones_are_known_by_name_and_region() -> None:
    assert zone_named("Nowhere/Else", None) is None
    assert zone_named("ABC", None) is None
    known = zone_named("Asia/Kathmandu", None)
    assert known
    assert MORNING.astimezone(known[0]).hour == 15


ZONES = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
MOMENTS = st.datetimes(
    datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2049, 12, 31),  # noqa: DTZ001
    timezones=ZONES,
).map(lambda moment: moment.replace(microsecond=0))
FORMS = [
    "%a, %d %b %Y %H:%M:%S %z",
    "%A, %d %B %Y %H:%M:%S %z",
    "%d %b %Y %H:%M:%S %z",
    "%d %b %y %H:%M:%S %z",
    "%d-%b-%Y %H:%M:%S %z",
    "%B %d, %Y %H:%M:%S %z",
    "%B %d, %Y %I:%M:%S %p %z",
    "%b %d %H:%M:%S %z %Y",
    "%Y %b %d %H:%M:%S %z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y/%m/%d %H:%M:%S %z",
    "%d.%m.%Y %H:%M:%S %z",
    "%Y%m%dT%H%M%S%z",
    "%H:%M:%S %z, %d %B %Y",
]


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(FORMS))
def test_what_is_written_is_read(moment: datetime, form: str) -> None:
    # strftime follows the locale, which tests leave alone: C
    read = read_date(moment.strftime(form))
    if abs(moment - datetime(1970, 1, 1, tzinfo=UTC)) > timedelta(days=1):
        assert (read.moment, read.note) == (moment, "")


@settings(deadline=None)
@given(MOMENTS)
def test_what_the_standard_library_writes_is_read(moment: datetime) -> None:
    assert read_date(format_datetime(moment)).moment == moment
    assert read_date(moment.isoformat()).moment == moment
    assert read_date(moment.isoformat(timespec="milliseconds")).moment == moment
    if moment.timestamp() >= 10**8:
        assert read_date(str(int(moment.timestamp()))).moment == moment
        assert read_date(f"{int(moment.timestamp()):010d}000").moment == moment


@settings(deadline=None)
@given(st.text(max_size=120) | st.text("0123456789 :/-+.TZamp,MarJunGT", max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    read = read_date(text)
    assert read.moment is None or read.moment.tzinfo is UTC
    assert read.moment or read.note or not text.strip()
