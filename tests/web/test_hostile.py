"""Nothing that a feed says is run or followed blindly: all pages that can be reached are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from article.records import FeedRef, Place, Topic
from index.embedded import EmbeddedIndex
from tests.index.articles import article, entity
from tests.web.conftest import Site, serving, settings_with
from web.parts import Parts

MARKUP = (
    '"><script src=//evil.example></script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>'
)
BIDI = "\u202egnp.exe\u2066 \u2067\u2069\u200f"
FEED = FeedRef(id="hostile", url=f"https://evil.example/{MARKUP}", title=MARKUP + BIDI)
TEXT = f"{MARKUP} {{{{ 7*7 }}}} {{% raw %}} ${{7*7}} </textarea></title></style>{BIDI} \x00\x07 O'Hara"
HOSTILE = [
    replace(
        article(
            f"hostile-{number}",
            MARKUP + BIDI,
            TEXT,
            summary=MARKUP,
            feed=FEED,
            entities=[entity("ORG", MARKUP, linked=f"kb:{MARKUP}"), entity("PER", f"O'Hara {BIDI}")],
            topics=[Topic(code=f"custom:{MARKUP}", label=MARKUP, score=0.9)],
            places=[Place(name=MARKUP, country="AF", lat=34.5, lon=69.2, geonames_id=1138958)],
        ),
        url=url,
        canonical_url=url,
        image=url,
        authors=(MARKUP,),
        categories=(MARKUP,),
    )
    for number, url in enumerate(
        [
            "javascript:alert(document.domain)",
            " java\tscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            f"https://evil.example/{MARKUP}",
            "https://user:secret@evil.example/",
            "//evil.example/",
            "http://[",
        ]
    )
]
MOST = 120


@pytest.fixture(scope="module")
def hostile(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    index = EmbeddedIndex(tmp_path_factory.mktemp("hostile") / "index", recency_days=7.0)
    index.write(HOSTILE)
    yield from serving(replace(parts, index=lambda: index), settings_with())
    index.close()


def test_every_page_shows_it_as_text(hostile: Site) -> None:
    waiting = ["/", "/?q=evil", *(f"/articles/{each.id}" for each in HOSTILE)]
    seen = set(waiting)
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        answer = hostile.get(address)
        assert answer.status < 500, address
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        tree = answer.tree
        check(tree, address)
        for link in tree.xpath("//a/@href"):
            target = urljoin(address, link)
            if urlsplit(target).netloc == "" and target.partition("#")[0] not in seen:
                seen.add(target.partition("#")[0])
                waiting.append(target.partition("#")[0])
    assert len(seen) > len(HOSTILE) + 2


def check(tree: html.HtmlElement, address: str) -> None:
    assert not tree.xpath("//iframe | //object | //embed | //base | //style | //*[@style] | //*[@srcdoc]"), (
        address
    )
    scripts = tree.xpath("//script/@src")
    assert len(tree.xpath("//script")) == 1, address
    assert scripts[0].startswith("/static/site.js?"), address
    for element in tree.iter(html.etree.Element):
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), (address, name, value)
            if name in (
                "href",
                "src",
                "action",
                "formaction",
                "poster",
                "data",
                "{http://www.w3.org/1999/xlink}href",
            ):
                check_target(element, value, address)


def check_target(element: html.HtmlElement, value: str, address: str) -> None:
    target = urlsplit(value)
    if target.scheme or target.netloc:
        assert element.tag == "a", (address, value)
        assert target.scheme in ("http", "https"), (address, value)
        assert {"noopener", "noreferrer", "nofollow"} <= set(element.get("rel", "").split()), (address, value)
