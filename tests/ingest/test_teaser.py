from __future__ import annotations

import pytest

from ingest.entry import Entry
from ingest.formats.feed import parse_feed
from ingest.formats.teaser import is_cut, text_is_full
from tests.ingest.documents import LONG, NOW, SENTENCE, item, rss


@pytest.mark.parametrize(
    ("content", "summary", "full"),
    [
        (LONG, "Short.", True),
        (LONG, "", True),
        (SENTENCE * 4, "Short.", True),
        (SENTENCE * 4, SENTENCE * 3, False),
        ("", SENTENCE, False),
        ("", LONG, True),
        (LONG + " […]", "Short.", False),
        (LONG[:700], "Short.", False),
        ("", "", False),
    ],
)
def test_whether_the_feed_carries_the_whole_article(content: str, summary: str, full: bool) -> None:
    assert text_is_full(content=content, summary=summary) is full


@pytest.mark.parametrize(
    "ending",
    [
        "…",
        " ...",
        " [&hellip;]",
        " Read more",
        "\nContinue reading the article →",
        "\nRead the full story at Example News",
        "\nWeiterlesen …",
        "\nLesen Sie mehr",
        "\nLire la suite",
        "\nSeguir leyendo",
        "\nLeer más »",
        "\nContinua a leggere",
        "\nLeggi tutto",
        "\nLeia mais",
        "\nContinuar a ler",
        "\nLees verder",
        "\nRead more\nShare on Facebook",
        "\nThe ministers of the four countries, who had met for the first time in eleven years, then",
    ],
)
def test_a_text_that_says_that_it_goes_on_is_cut(ending: str) -> None:
    assert is_cut(LONG.strip() + ending)


@pytest.mark.parametrize(
    "ending",
    [
        "",
        "\nReporting by Eva Beispiel in Geneva",
        "\nRead more: What the treaty says",
        "\n“We are here to stay,” he said",
        "\nHe wants to read more books.",
        "\nTo learn more, she went to Geneva and asked the people who had written the treaty.",
    ],
)
def test_a_text_that_ends_is_whole(ending: str) -> None:
    assert not is_cut(LONG.strip() + ending)


def entry(content: str) -> Entry:
    body = rss(item(summary="Short.", content=content))
    (one,) = parse_feed(
        body, url="https://news.test/feed", content_type=None, now=NOW, max_entries=10
    ).entries
    return one


def test_the_link_that_leads_on_is_no_text_and_tells_that_there_is_more() -> None:
    assert entry(f"<p>{LONG}</p>").text_is_full
    one = entry(f"<p>{LONG}</p><p><a href='/1'>Read more</a></p>")
    assert one.text == LONG.strip()
    assert not one.text_is_full
    footer = "<p>The post <a href='x'>A title</a> appeared first on <a>Site</a>.</p>"
    assert entry(f"<p>{LONG}</p>{footer}").text_is_full
    assert not entry(f"<p>{LONG} [&#8230;]</p>{footer}").text_is_full
