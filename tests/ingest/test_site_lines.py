from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from article.codec import decode, encode
from article.sites import SiteLines
from article.tables import FeedMemory
from ingest.pages.site_lines import (
    LEAST,
    LEAST_PROSE,
    MAX_LINES,
    MAX_SITES,
    WINDOW,
    Sites,
    learn,
    site_of,
    standing_on,
    strip,
)

SITE = "news.test"
PROMPT = "Get our morning letter"
PROSE = "The talks between the four countries began in May and were broken off twice before the summer."


def learned(*texts: str, sites: Sites | None = None, first: int = 0) -> dict[str, SiteLines]:
    """What is known after the pages of as many articles with these texts."""
    known = dict(sites or {})
    for number, text in enumerate(texts, first):
        known = learn(known, site=SITE, article=f"article {number}", lines=text.split("\n"))
    return known


def own(number: int) -> str:
    """A paragraph that only one article has."""
    return f"This is what only article {chr(ord('a') + number)} says."


def left(text: str, sites: Sites) -> list[str]:
    return strip(text, sites.get(SITE)).text.split("\n")


def test_a_line_of_every_page_goes_and_is_counted() -> None:
    texts = [f"{own(number)}\n{PROMPT}" for number in range(LEAST)]
    found = strip(texts[0], learned(*texts)[SITE])
    assert (found.text, found.left_out) == (own(0), 1)


def test_nothing_goes_before_enough_articles_were_seen() -> None:
    texts = [f"{own(number)}\n{PROMPT}" for number in range(LEAST - 1)]
    assert PROMPT in left(texts[0], learned(*texts))
    assert strip(texts[0], None).text == texts[0]


def test_a_line_of_fewer_than_half_of_the_articles_stays() -> None:
    texts = [own(number) for number in range(LEAST + 1)]
    with_it = [f"{own(LEAST + 1 + number)}\n{PROMPT}" for number in range(LEAST)]
    assert PROMPT in left(with_it[0], learned(*texts, *with_it))


def test_an_article_counts_once_however_often_its_page_is_fetched() -> None:
    sites: dict[str, SiteLines] = {}
    for version in range(WINDOW):
        text = f"{PROSE}\n{PROMPT}\n{own(version)}"
        sites = learn(sites, site=SITE, article="the same", lines=text.split("\n"))
    sites = learned(own(20), own(21), sites=sites)
    assert left(f"{PROSE}\n{PROMPT}", sites) == [PROSE, PROMPT]
    assert standing_on(PROSE, sites[SITE]) == 1


def test_a_revised_article_counts_as_it_is_now() -> None:
    sites = learned(*[f"{own(number)}\n{PROMPT}" for number in range(LEAST)])
    sites = learn(sites, site=SITE, article="article 0", lines=[own(0)])
    assert standing_on(PROMPT, sites[SITE]) == LEAST - 1
    assert PROMPT in left(PROMPT, sites)


def test_sentences_need_more_articles_than_short_lines() -> None:
    """Reports of one event share a paragraph that tells its background."""
    few = [f"{own(number)}\n{PROSE}" for number in range(LEAST_PROSE - 1)]
    assert PROSE in left(few[0], learned(*few))
    enough = [*few, f"{own(LEAST_PROSE)}\n{PROSE}"]
    assert PROSE not in left(enough[0], learned(*enough))


def test_numbers_do_not_make_lines_different() -> None:
    texts = [f"{number} min read\n{own(number)}" for number in range(1, LEAST + 1)]
    assert left(texts[0], learned(*texts)) == [own(1)]


def test_sentences_that_differ_in_a_number_are_different() -> None:
    texts = [
        f"The river stood at {number} metres when the town was cleared of its people." for number in "123456"
    ]
    assert left(texts[0], learned(*texts)) == [texts[0]]


def test_lines_without_letters_say_nothing() -> None:
    texts = [f"1\n{own(number)}\n* * *" for number in range(WINDOW)]
    assert left(texts[0], learned(*texts)) == ["1", own(0), "* * *"]


def test_a_redesign_is_forgotten() -> None:
    old = learned(*[f"{own(number)}\n{PROMPT}" for number in range(WINDOW)])
    new = learned(*[own(number) for number in range(WINDOW // 2 + 1)], sites=old, first=WINDOW)
    assert standing_on(PROMPT, new[SITE]) == 0
    assert PROMPT in left(PROMPT, new)


def test_sites_are_apart_and_the_one_not_seen_for_longest_goes_first() -> None:
    sites: dict[str, SiteLines] = {}
    for number in range(MAX_SITES + 1):
        sites = learn(sites, site=f"{number}.test", article="a", lines=[PROMPT])
        sites = learn(sites, site="often.test", article=f"a{number}", lines=[PROMPT])
    assert len(sites) == MAX_SITES
    assert "often.test" in sites
    assert "0.test" not in sites
    assert f"{MAX_SITES}.test" in sites


def test_what_is_known_is_small_and_the_lines_of_most_pages_stay() -> None:
    long = "\n".join(f"Line {chr(97 + number % 26)}{chr(97 + number // 26)} of many" for number in range(600))
    texts = [long.replace("of many", f"of {own(number)}") + f"\n{PROMPT}" for number in range(26)]
    sites = learned(*texts)
    assert len(sites[SITE].lines) <= MAX_LINES
    assert len(sites[SITE].articles) == WINDOW
    assert standing_on(PROMPT, sites[SITE]) == WINDOW
    assert len(encode(FeedMemory(id="feed", sites=sites))) < 10_000


def test_a_site_is_its_host() -> None:
    assert site_of("https://www.News.test:8080/a/b") == "news.test"
    assert site_of("https://news.test/") == "news.test"
    assert site_of("mailto:x") == ""


lines = st.lists(st.sampled_from([PROMPT, PROSE, *(own(number) for number in range(6))]), max_size=8)


@given(st.lists(st.tuples(st.sampled_from("abcd"), lines), max_size=40))
def test_a_line_counts_the_articles_that_have_it_now(pages: list[tuple[str, list[str]]]) -> None:
    sites: dict[str, SiteLines] = {}
    now: dict[str, list[str]] = {}
    for article, text in pages:
        sites = learn(sites, site=SITE, article=article, lines=text)
        now[article] = text
    known = sites.get(SITE, SiteLines())
    for line in (PROMPT, PROSE):
        having = [article for article, text in now.items() if line in text]
        assert standing_on(line, known) == len(having)
    memory = FeedMemory(id="feed", sites=sites)
    assert decode(FeedMemory, encode(memory)) == memory
