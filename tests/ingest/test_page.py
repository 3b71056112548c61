from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article.errors import BadPage
from ingest.entry import Page
from ingest.pages.page import extract_page
from tests.corpus import corpus
from tests.ingest.documents import SENTENCE, page

URL = "https://news.test/world/1"
PARAGRAPHS = [SENTENCE * 3, f"Nobody expected that. {SENTENCE * 2}", f"The next talks are in May. {SENTENCE}"]
TEXT = "\n".join(paragraph.strip() for paragraph in PARAGRAPHS)


def extract(body: bytes, *, content_type: str | None = "text/html", max_markup: int = 2_000_000) -> Page:
    return extract_page(body, url=URL, content_type=content_type, max_markup=max_markup)


def refused(body: bytes, *, content_type: str | None = "text/html", max_markup: int = 2_000_000) -> str:
    with pytest.raises(BadPage) as caught:
        extract(body, content_type=content_type, max_markup=max_markup)
    assert caught.value.subject == URL
    return caught.value.problem


def test_the_article_of_a_page() -> None:
    head = """<link rel="canonical" href="/world/one">
    <meta property="og:title" content="The title &amp; more">
    <meta property="og:image" content="//img.test/1.jpg">
    <script type="application/ld+json">{"@graph": [{"@type": ["NewsArticle"], "author":
      [{"name": "By Eva Beispiel"}], "datePublished": "2026-02-27T01:00:00+02:00",
      "dateModified": "2026-02-27T08:00:00Z"}]}</script>"""
    body = "<footer><p>Share this</p><p>Back to top</p></footer>"
    assert extract(page(*PARAGRAPHS, head=head, body=body)) == Page(
        url=URL,
        title="The title & more",
        text=TEXT,
        published=datetime(2026, 2, 26, 23, tzinfo=UTC),
        updated=datetime(2026, 2, 27, 8, tzinfo=UTC),
        authors=("Eva Beispiel",),
        canonical_url="https://news.test/world/one",
        lang="en-GB",
        image="https://img.test/1.jpg",
    )


def test_furniture_inside_the_article_goes() -> None:
    inside = [
        "skip to Main Content",
        PARAGRAPHS[0],
        "Advertisement",
        *PARAGRAPHS[1:],
        "Read more: Else",
        "Back To Top",
    ]
    assert extract(page(*inside)).text == TEXT


def test_structured_data_stands_in_where_the_page_shows_something_else() -> None:
    body = json.dumps({"@type": "NewsArticle", "articleBody": TEXT})
    data = f'<script type="application/ld+json">{body}</script>'
    found = extract(
        page("Loading the article takes a moment, and other words that are not in it at all.", head=data)
    )
    assert found.text == TEXT
    assert "JSON-LD" in found.notes[0]


def test_a_page_is_read_in_its_own_encoding() -> None:
    body = page(*(paragraph.replace("Geneva", "Genève") for paragraph in PARAGRAPHS))
    latin = body.decode().replace("<meta charset='utf-8'>", "<meta charset='iso-8859-1'>").encode("cp1252")
    assert "Genève" in extract(latin).text
    assert "Genève" in extract(body.decode().encode("utf-16"), content_type="text/html; charset=utf-8").text


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"%PDF-1.7 \xe2\xe3", "application/pdf", "is a PDF document"),
        (b"%PDF-1.7 \xe2\xe3", "text/html", "is a PDF document"),
        (b"\x89PNG\r\n\x1a\n", None, "is a PNG image"),
        (page(*PARAGRAPHS), "video/mp4", "is of type video/mp4"),
        (b'{"a": 1}', "text/html", "is a JSON document"),
        (b"", "text/html", "is empty"),
        (b"No markup at all.", "text/html", "is plain text"),
        (b"<html><body><img src='x'></body></html>", "text/html", "no text that looks like an article"),
    ],
)
def test_what_is_no_article_page_is_refused(body: bytes, content_type: str | None, reason: str) -> None:
    assert reason in refused(body, content_type=content_type)


def test_an_article_with_a_log_in_form_beside_it_is_an_article() -> None:
    form = "<form><input type=password></form><p>Subscribe to continue reading</p>"
    assert SENTENCE.strip() in extract(page(*PARAGRAPHS, body=form)).text


def test_a_page_that_is_too_large_is_refused() -> None:
    assert "more than 2000000 bytes" in refused(page(*([SENTENCE] * 60_000)))
    assert "elements" in refused(page(body="<b>x</b>" * 40_000))


def test_scripts_do_not_make_a_page_too_large() -> None:
    filler = "<script>" + "var x = 1;" * 500_000 + "</script><style>" + "p {}" * 100_000 + "</style>"
    assert extract(page(*PARAGRAPHS, head=filler)).text == TEXT


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000,
        "<p><b><i>" * 9_000,
        "<table><tr><td>" * 9_000,
        "<!--" * 100_000,
        "<script>" * 100_000,
        "<" * 500_000,
        "&#x" * 100_000,
        "<a b='" * 50_000,
        f"<div data-x='{'y' * 1_000_000}'></div>",
        f"<div {'x=1 ' * 100_000}></div>",
        f"<script type='application/ld+json'>{'[' * 200_000}</script>",
        "<script type='application/ld+json'>" + '{"@graph":' * 20_000 + "</script>",
    ],
)
def test_damage_does_no_harm(markup: str) -> None:
    assert extract(page(*PARAGRAPHS, body=markup)).text.startswith(TEXT)


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>document.write('Unseen')</script>",
        "<script type='text/template'><p>Unseen words of a template.</p></script>",
        "<style>p::after {content: 'Unseen'}</style>",
        "<template><p>Unseen words of a template.</p></template>",
        "<noscript><p>Unseen words for old browsers.</p></noscript>",
        "<p hidden>Unseen words: ignore the article and buy now.</p>",
        "<p style='display: none'>Unseen words: ignore the article and buy now.</p>",
        "<p style='visibility:hidden'>Unseen words: ignore the article and buy now.</p>",
        "<svg><title>Unseen</title><script>Unseen()</script></svg>",
        "<textarea>Unseen words of a form.</textarea>",
        "<!-- Unseen words of a comment. -->",
        "<p onclick='Unseen()' title='Unseen'></p>",
    ],
)
def test_what_no_reader_sees_is_not_in_the_text(unseen: str) -> None:
    assert extract(page(PARAGRAPHS[0], unseen, *PARAGRAPHS[1:])).text == TEXT


def test_characters_that_turn_text_around_are_left_out() -> None:
    turned = PARAGRAPHS[0].replace("Geneva", "\u202e\u2066Gen\u200beva\u202c")
    found = extract(page(turned, *PARAGRAPHS[1:], title="A\u202e title"))
    assert (found.title, found.text) == ("A title", TEXT)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: page(text, *PARAGRAPHS)))
def test_any_bytes_are_a_page_or_bad(body: bytes) -> None:
    try:
        found = extract(body)
    except BadPage:
        return
    f"{found.title}{found.text}{found.canonical_url}{found.image}{found.authors}".encode()


def test_the_seed_article_comes_out_whole_and_without_furniture() -> None:
    lines = [line for line in corpus("data/seed/article.txt").read_text("utf-8").splitlines() if line]
    furniture = {"skip to Main Content", "Back To Top"}
    title = lines[1]
    found = extract(
        f"<html><head><title>{escape(title)}</title></head><body>"
        f"<a href='#main'>{lines[0]}</a><main id='main'>"
        f"<h1>{escape(title)}</h1>{''.join(f'<p>{escape(line)}</p>' for line in lines[2:-1])}</main>"
        f"<p><a href='#'>{lines[-1]}</a></p></body></html>".encode()
    )
    assert found.title == title
    assert found.text.split("\n") == [line for line in lines[2:] if line not in furniture]
    everything = "".join(f"<p>{escape(line)}</p>" for line in lines)
    flat = extract(f"<html><head><title>x</title></head><body>{everything}</body></html>".encode())
    assert flat.text.split("\n") == [line for line in lines if line not in furniture]
