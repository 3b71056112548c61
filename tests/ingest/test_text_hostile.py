"""Markup that means harm: its scripts, handlers and hidden parts never become text."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from article.errors import BadFeed, BadPage
from ingest.entry import ParsedFeed
from ingest.formats.feed import parse_feed
from ingest.formats.text import one_line, to_text
from ingest.pages.page import extract_page
from tests.ingest.documents import NOW, item, page, rss

MARK = "evil()"
HARM = (
    "<script>evil()</script>",
    "<SCRIPT src='//a.test/x.js' defer>evil()</SCRIPT >",
    "<script>var a = '<p>x</p>'; evil()</script>",
    "<script type=text/plain>&lt;/script&gt; evil()</script>",
    "<img src=x onerror='evil()'>",
    '<svg onload="evil()"><script>evil()</script><desc>evil()</desc></svg>',
    "<a href='javascript:evil()'>a link</a>",
    "<style>body { background: url(evil()) }</style>",
    "<iframe srcdoc='<script>evil()</script>'>evil()</iframe>",
    "<!-- evil() -->",
    "<object data='evil()'>evil()</object>",
    "<noscript>evil()</noscript>",
    "<template><p>evil()</p></template>",
    "<textarea>evil()</textarea>",
    "<math><mtext>evil()</mtext></math>",
    "<form action='evil()'><button>evil()</button></form>",
    "<p style='background:url(evil())' onclick=evil()>",
    "<body onload='evil()'>",
    "<meta http-equiv=refresh content='0;url=evil()'>",
    "<base href='evil()'>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml' evil()='1'/>",
    "<div\x00 onclick='evil()'>",
    "<\x00script>evil()</script>",
)
WORDS = ("Rain fell.", "Ministers met", "3 < 4", "AT&T", "&lt;tag&gt;", "</p>", "<p>", "<br>", "\n")
markup = st.lists(st.sampled_from((*HARM, *WORDS)), max_size=12)


@given(pieces=markup)
@example(pieces=HARM)
def test_no_script_becomes_text(pieces: Sequence[str]) -> None:
    for clean in (to_text("<p>" + "".join(pieces)), one_line("<b>" + "".join(pieces))):
        assert MARK not in clean
        assert "<script" not in clean.lower()
        assert "onerror" not in clean


@given(pieces=markup)
def test_what_is_clean_stays_as_it_is(pieces: Sequence[str]) -> None:
    clean = to_text("<p>" + "".join(piece for piece in pieces if "&" not in piece))
    assert to_text(clean) == clean


@given(pieces=markup)
def test_no_script_reaches_the_entry_of_a_feed(pieces: Sequence[str]) -> None:
    body = "<p>" + "".join(pieces).replace("\x00", "")
    document = rss(item(title="A title" + body, summary=body, content=body))
    (entry,) = parse(document).entries
    for told in (entry.title, entry.summary, entry.text, *entry.authors, *entry.categories):
        assert MARK not in told


def parse(document: bytes) -> ParsedFeed:
    return parse_feed(document, url="https://news.test/feed", content_type=None, now=NOW, max_entries=100)


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
BOMBS = {
    "a billion laughs": f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{LAUGHS}]>{{}}".format("{rss}").replace(
        "{rss}", "<rss><channel><item><title>x &l9;</title></item></channel></rss>"
    ),
    "one entity again and again": "<!DOCTYPE rss [<!ENTITY a '"
    + "a" * 100_000
    + "'>]><rss><channel><item><title>x "
    + "&a;" * 100_000
    + "</title></item></channel></rss>",
    "parameter entities": "<!DOCTYPE rss [<!ENTITY % a 'x'>"
    + "".join(f"<!ENTITY % b{n} '{'%a;' * 50}'>" for n in range(50))
    + "]><rss><channel><item><title>x</title></item></channel></rss>",
    "a file": "<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    "<rss><channel><item><title>x &a;</title></item></channel></rss>",
    "an address": "<!DOCTYPE rss SYSTEM 'http://127.0.0.1:1/dtd' [<!ENTITY a SYSTEM 'http://127.0.0.1:1/'>]>"
    "<rss><channel><item><title>x &a;</title></item></channel></rss>",
    "an entity of itself": "<!DOCTYPE rss [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>"
    "<rss><channel><item><title>x &a;</title></item></channel></rss>",
}


DEEP = {
    "elements in elements": b"<rss><channel>" + b"<a>" * 100_000,
    "a page of elements in elements": b"<html><body>" + b"<div>" * 100_000 + b"x",
    "a page of inline elements": b"<html><body><p>" + b"<b><i>" * 50_000 + b"x",
}


def made_of(document: bytes) -> str:
    """All that a feed and a page make of it, errors included."""
    try:
        feed = parse(document)
        told = "".join(entry.title + entry.text for entry in feed.entries)
    except BadFeed as error:
        told = str(error)
    try:
        read = extract_page(document, url="https://news.test/1", content_type=None, max_markup=2_000_000)
        return told + read.title + read.text
    except BadPage as error:
        return told + str(error)


@pytest.mark.parametrize("name", BOMBS)
def test_entities_are_not_expanded(name: str) -> None:
    """Whatever is made of it, it is small, and nothing of this machine is in it."""
    told = made_of(f"<?xml version='1.0'?>{BOMBS[name]}".encode())
    assert "root:" not in told
    assert len(told) < 200_000


def growth() -> int:
    """Megabytes that this process grows by when it reads them all."""
    made_of(rss(item(content=page("A paragraph.").decode())))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for document in (*(bomb.encode() for bomb in BOMBS.values()), *DEEP.values()):
        made_of(document)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024


def test_bombs_take_little_memory() -> None:
    program = "from tests.ingest.test_text_hostile import growth; print(growth())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[-1]) < 250


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "ul><li", "svg", "font"])
def test_nesting_of_any_depth_is_read(tag: str) -> None:
    assert to_text("<p>Rain fell." + f"<{tag}>" * 100_000).startswith("Rain fell.")
