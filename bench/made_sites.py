"""Sites made of the gold pages, for what is learned from several pages of one site.

The gold set has no site with more than two pages. A made site is one real page and what stands on it besides
its article, with the articles of other gold pages put in its article's place, paragraph by paragraph, so
that what the page has between paragraphs stays between them. On a real site the links to other articles
differ from page to page: here, too, each page gets other headlines in its long links. The rest is the same
on all pages, which is more than real sites repeat: dates, pictures' captions and teasers differ there.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.gold import GoldPage

if TYPE_CHECKING:
    from lxml.html import HtmlElement

PAGES = 6  # of one site: one that its template had, and five others
_COVERED = 0.9  # share of the gold text that must be found in a page's elements for it to be a template
_FEWEST = 4  # paragraphs that a template must have
_HEADLINE_WORDS = 5  # from so many words on a link is a headline
_BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote", "div", "span")


@dataclass(frozen=True, kw_only=True)
class MadeSite:
    host: str
    pages: tuple[GoldPage, ...]


def made_sites(gold: list[GoldPage]) -> list[MadeSite]:
    """A site for each gold page that can be a template; the same ones at each call."""
    chance = random.Random(7)  # noqa: S311 - pages for a bench, no secret
    return [site for page in gold if (site := _site(page, gold, chance)) is not None]


def _site(template: GoldPage, gold: list[GoldPage], chance: random.Random) -> MadeSite | None:
    from lxml import etree, html

    tree = html.document_fromstring(template.body, parser=html.HTMLParser(encoding="utf-8"))
    slots = _slots(tree, template.text)
    found = sum(len(_squeezed(slot.text_content())) for slot in slots)
    if len(slots) < _FEWEST or found < _COVERED * len(_squeezed(template.text)):
        return None
    for number, slot in enumerate(slots):
        slot.set("data-slot", str(number))
    host = f"{template.id[:8]}.test"
    fitting = [page for page in gold if page is not template and len(_paragraphs(page.text)) >= _FEWEST]
    others = chance.sample(fitting, PAGES - 1)
    pages = []
    for article in (template, *others):
        made = copy.deepcopy(tree)
        _fill(made, _paragraphs(article.text))
        _rename(made, article.title)
        _exchange_headlines(made, [page.title for page in gold], chance)
        _structured(made, article)
        pages.append(
            GoldPage(
                id=f"{host}/{article.id}",
                url=f"https://{host}/{article.id}",
                title=article.title,
                text=article.text,
                body=etree.tostring(made, method="html", encoding="utf-8"),
            )
        )
    return MadeSite(host=host, pages=tuple(pages))


def _slots(tree: HtmlElement, text: str) -> list[HtmlElement]:
    """The elements that hold the article's paragraphs, one each, the innermost ones, in the page's order."""
    wanted = {_squeezed(paragraph) for paragraph in _paragraphs(text)}
    slots: list[HtmlElement] = []
    for element in tree.iter(*_BLOCKS):
        squeezed = _squeezed(element.text_content())
        if squeezed in wanted and not any(child.tag in _BLOCKS[:-1] for child in element.iterdescendants()):
            wanted.discard(squeezed)
            slots.append(element)
    return slots


def _fill(tree: HtmlElement, paragraphs: list[str]) -> None:
    """The paragraphs in the slots' places; where they are fewer, the other slots go."""
    from lxml import html

    slots = tree.xpath("//*[@data-slot]")
    for number, slot in enumerate(slots):
        share = paragraphs[
            number * len(paragraphs) // len(slots) : (number + 1) * len(paragraphs) // len(slots)
        ]
        for paragraph in share:
            made = html.Element("p", {"class": slot.get("class", "")})
            made.text = paragraph
            slot.addprevious(made)
        slot.drop_tree()


def _rename(tree: HtmlElement, title: str) -> None:
    for element in tree.xpath("//head//title | //h1"):
        for child in list(element):
            element.remove(child)
        element.text = title
    for element in tree.xpath("//meta[@property='og:title' or @name='twitter:title' or @name='title']"):
        element.set("content", title)
    for element in tree.xpath("//meta[contains(@property, 'description') or contains(@name, 'description')]"):
        element.set("content", "")


def _exchange_headlines(tree: HtmlElement, titles: list[str], chance: random.Random) -> None:
    for link in tree.iter("a"):
        if len(link.text_content().split()) >= _HEADLINE_WORDS:
            for child in list(link):
                link.remove(child)
            link.text = chance.choice(titles)


def _structured(tree: HtmlElement, article: GoldPage) -> None:
    """JSON-LD tells of this article, too, where it told of the template's."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "", strict=False)
        except ValueError:
            script.drop_tree()
            continue
        for node in _nodes(data):
            if isinstance(node.get("articleBody"), str):
                node["articleBody"] = article.text
            if isinstance(node.get("headline"), str):
                node["headline"] = article.title
        script.text = json.dumps(data)


def _nodes(data: object) -> Iterator[dict[str, object]]:
    if isinstance(data, dict):
        yield data
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            yield from _nodes(item)


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
