"""What the search page is made of: its address, facets, chips, bars and map, without a server."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadQuery
from article.records import Place
from index.expression import Keyword, Or, leaves
from index.protocol import Bucket
from index.query import KEYWORD_FIELDS
from tests.index.articles import NOON
from web.languages import language_name
from web.search.asked import Asked, moment, read_asked, when
from web.search.chart import HEIGHT, chart, time_facets
from web.search.facets import chips, groups
from web.search.map import LEVELS, world_map
from web.search.view import Piece, pieces
from web.text import shown_text
from web.world.atlas import countries, country_name
from web.world.projection import HEIGHT as MAP_HEIGHT
from web.world.projection import WIDTH, on_map

MOMENTS = st.integers(-60_000_000, 80_000_000).map(lambda minutes: NOON + timedelta(minutes=minutes))
ASKED = st.builds(
    Asked,
    q=st.text(st.characters(codec="utf-8"), max_size=20),
    values=st.lists(
        st.tuples(st.sampled_from(KEYWORD_FIELDS), st.text("aé:&=/ +", min_size=1, max_size=5)),
        max_size=4,
        unique=True,
    ).map(tuple),
    start=st.none() | MOMENTS,
    end=st.none() | MOMENTS,
    sort=st.sampled_from(("", "newest", "relevance")),
    page=st.integers(1, 500),
    more=st.sampled_from(("", "org")),
)


def read(url: str) -> Asked:
    return read_asked(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def days(*counts: int) -> tuple[Bucket, ...]:
    return tuple(_day(NOON + timedelta(days=at), count) for at, count in enumerate(counts) if count)


def _day(at: datetime, count: int) -> Bucket:
    return Bucket(key=f"{at:%Y-%m-%d}", label=f"{at:%Y-%m-%d}", count=count)


@given(ASKED)
def test_an_address_says_all_that_was_asked(asked: Asked) -> None:
    assert read(asked.url) == asked


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/?colour=red", "means nothing"),
        ("/?page=0", "beyond"),
        ("/?page=501", "beyond"),
        ("/?page=x", "no number"),
        ("/?from=yesterday", "no date"),
        ("/?to=0001-01-01", "no date"),
        ("/?sort=colour", "no order"),
        ("/?org=" + 1_001 * "x", "longer"),
        ("/?" + "&".join(f"org={number}" for number in range(51)), "more than 50"),
    ],
)
def test_an_address_that_means_nothing_is_refused(url: str, said: str) -> None:
    with pytest.raises(BadQuery, match=said):
        read(url)


def test_values_of_one_facet_must_all_be_there_but_any_feed_will_do() -> None:
    asked = read("/?org=a&org=b&feed=x&feed=y")
    terms = [leaf for leaf, _, _ in leaves(asked.query(NOON).whole())]
    assert terms == [Keyword("org", "a"), Keyword("org", "b"), Keyword("feed", "x"), Keyword("feed", "y")]
    assert asked.query(NOON, without="org").whole() == Or((Keyword("feed", "x"), Keyword("feed", "y")))


def test_words_are_ranked_and_everything_is_newest_first() -> None:
    assert read("/?q=kabul").query(NOON).sort == "relevance"
    assert read("/?org=taliban").query(NOON).sort == "newest"
    assert read("/?q=kabul&sort=newest").query(NOON).sort == "newest"


@given(MOMENTS)
def test_a_moment_is_written_so_that_it_is_read_again(at: datetime) -> None:
    assert moment("from", when(at)) == at


def test_a_choice_is_added_and_taken_away_and_goes_back_to_the_first_page() -> None:
    asked = read("/?q=kabul&page=3")
    buckets = (Bucket(key="taliban", label="Taliban", count=3), Bucket(key="un", label="UN", count=1))
    (group,) = groups(asked, {"org": buckets})
    assert [(choice.label, choice.url) for choice in group.choices] == [
        ("Taliban", "/?q=kabul&org=taliban"),
        ("UN", "/?q=kabul&org=un"),
    ]
    chosen = asked.with_value("org", "taliban")
    (group,) = groups(chosen, {"org": buckets})
    assert [(choice.chosen, choice.url) for choice in group.choices] == [
        (True, "/?q=kabul"),
        (False, "/?q=kabul&org=taliban&org=un"),
    ]
    assert [(chip.kind, chip.label, chip.url) for chip in chips(chosen, {"org": buckets})] == [
        ("Organisation", "Taliban", "/?q=kabul")
    ]


def test_a_choice_written_otherwise_is_still_the_one() -> None:
    (group,) = groups(read("/?org=TALIBAN"), {"org": (Bucket(key="taliban", label="Taliban", count=3),)})
    assert [(choice.chosen, choice.url) for choice in group.choices] == [(True, "/")]


def test_a_long_facet_is_listed_when_asked_for() -> None:
    buckets = tuple(Bucket(key=str(number), label=str(number), count=1) for number in range(9))
    (group,) = groups(Asked(), {"event": buckets})
    assert (len(group.choices), group.more, group.open) == (8, "/?more=event", False)
    (group,) = groups(Asked(more="event"), {"event": buckets})
    assert (len(group.choices), group.more, group.open) == (9, None, True)


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("/?from=2026-05-10&to=2026-05-11", "10 May 2026"),
        ("/?from=2026-05-10T13:00Z&to=2026-05-10T14:00Z", "10 May 2026, 13:00–14:00"),
        ("/?from=2026-05-01&to=2026-06-01", "1 May 2026 – before 1 Jun 2026"),
        ("/?from=2026-05-01", "from 1 May 2026"),
        ("/?to=2026-05-01", "before 1 May 2026"),
    ],
)
def test_a_span_of_time_is_a_chip(url: str, label: str) -> None:
    assert [(chip.kind, chip.label, chip.url) for chip in chips(read(url), {})] == [("Time", label, "/")]


def test_codes_are_named() -> None:
    facets = {
        "country": (Bucket(key="af", label="AF", count=1),),
        "lang": (Bucket(key="ps", label="ps", count=1),),
    }
    shown = groups(Asked(), facets)  # type: ignore[arg-type]
    assert [choice.label for group in shown for choice in group.choices] == ["Afghanistan", "Pashto"]
    assert (country_name("zz"), language_name("xx"), language_name("de-AT")) == ("ZZ", "xx", "German")


def test_days_without_articles_have_room_but_no_bar() -> None:
    made = chart(Asked(q="kabul"), {"day": days(2, 0, 4)})
    assert made
    assert [(bar.count, bar.height) for bar in made.bars] == [(2, HEIGHT / 2), (0, 0), (4, HEIGHT)]
    assert [bar.room for bar in made.bars] == [pytest.approx(33.333)] * 3
    assert made.bars[0].url == "/?q=kabul&from=2026-05-10&to=2026-05-11"
    assert "most at Tue 12 May 2026: 4" in made.summary


def test_the_chart_shows_the_span_that_was_asked_for() -> None:
    asked = read("/?from=2026-05-01&to=2026-05-15")
    assert [facet.name for facet in time_facets(asked)] == ["day"]
    made = chart(asked, {"day": days(1)})
    assert made
    assert [bar.label for bar in (made.bars[0], made.bars[-1])] == ["Fri 1 May 2026", "Thu 14 May 2026"]


def test_spans_grow_with_the_time_that_is_shown() -> None:
    asked = Asked()
    hour = (Bucket(key="2026-05-10T12:00Z", label="", count=1),)
    month = (Bucket(key="2025-01-01", label="", count=2), Bucket(key="2026-05-01", label="", count=1))
    week = (Bucket(key="2026-05-04", label="", count=1),)
    made = chart(asked, {"hour": hour, "day": days(1), "week": week, "month": month})
    assert made
    assert (made.span, len(made.bars)) == ("month", 17)
    made = chart(asked, {"hour": hour, "day": days(1), "week": week, "month": month[1:]})
    assert made
    assert (made.span, len(made.bars)) == ("hour", 1)


@given(st.none() | MOMENTS, st.none() | MOMENTS, st.lists(st.integers(0, 9), max_size=90))
def test_a_chart_is_never_too_much(start: datetime | None, end: datetime | None, counts: list[int]) -> None:
    asked = Asked(start=start, end=end)
    made = chart(asked, {facet.name: days(*counts) for facet in time_facets(asked) if facet.name != "hour"})
    assert made is None or len(made.bars) <= 62


def test_nothing_found_has_no_chart_and_no_map() -> None:
    assert chart(Asked(), {"day": ()}) is None
    assert world_map(Asked(), ()) is None
    assert world_map(Asked(), (Bucket(key="zz", label="ZZ", count=1),)) is None


def test_countries_are_shaded_by_how_many_name_them() -> None:
    buckets = (Bucket(key="us", label="US", count=1000), Bucket(key="sg", label="SG", count=1))
    made = world_map(Asked(), buckets)
    assert made
    assert [(land.name, land.level, bool(land.shape)) for land in made.lands] == [
        ("United States", LEVELS, True),
        ("Singapore", 1, False),
    ]
    assert made.lands[0].url == "/?country=us"


def test_places_are_dots_in_their_countries() -> None:
    kabul = Place(name="Kabul", country="AF", lat=34.5, lon=69.2, kind="city")
    country = Place(name="Afghanistan", country="AF", lat=34.0, lon=66.0, kind="country")
    made = world_map(
        Asked(),
        (Bucket(key="af", label="AF", count=3),),
        (
            Bucket(key="kabul", label="Kabul", count=2, place=kabul),
            Bucket(key="afghanistan", label="Afghanistan", count=1, place=country),
            Bucket(key="atlantis", label="Atlantis", count=1),
        ),
    )
    assert made
    assert [(spot.name, spot.count, spot.url, (spot.x, spot.y)) for spot in made.spots] == [
        ("Kabul", 2, "/?place=kabul", on_map(34.5, 69.2))
    ]


@given(st.floats(-55, 83), st.floats(-180, 180))
def test_every_place_with_news_is_on_the_map(lat: float, lon: float) -> None:
    x, y = on_map(lat, lon)
    assert 0 <= x <= WIDTH
    assert -1 <= y <= MAP_HEIGHT


def test_the_map_knows_every_country_and_where_it_lies() -> None:
    known = countries()
    assert len(known) > 230
    x, y = known["FR"].at
    there_x, there_y = on_map(46.6, 2.4)
    assert abs(x - there_x) < 10
    assert abs(y - there_y) < 10


def test_a_highlight_is_taken_apart_so_that_it_can_be_escaped() -> None:
    assert tuple(pieces("a &lt;b&gt; <em>c</em>")) == (Piece(text="a <b> "), Piece(text="c", found=True))


def test_what_changes_the_direction_of_what_follows_is_dropped() -> None:
    assert shown_text("safe\u202eexe.pdf\u2069 \x1b[0m m\u200dn") == "safeexe.pdf [0m m\u200dn"
