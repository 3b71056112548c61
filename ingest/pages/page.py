"""One HTML page to the article on it."""

from __future__ import annotations

import logging
import re
from collections import Counter
from typing import TYPE_CHECKING

from article.errors import BadPage
from ingest.entry import Page
from ingest.formats.boilerplate import without_boilerplate
from ingest.formats.encoding import decode_html
from ingest.formats.markup import not_a_page, without_scripts
from ingest.formats.moment import parse_moment
from ingest.formats.naming import clean_authors
from ingest.formats.parser_errors import PARSER_ERRORS
from ingest.formats.text import one_line, tidy
from ingest.pages.gates import gate
from ingest.pages.meta import PageMeta, read_meta
from ingest.pages.paywall import NOTE as PAYWALL_NOTE
from ingest.pages.paywall import is_cut, without_prompt

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

_LEAST = 25  # characters; less is a caption or a button
_ENOUGH_BODY = 300  # characters of articleBody from which it can stand in for a failed extraction
_AGREE = 0.5  # share of articleBody's words that the extraction has when both found the same article
_MAX_ELEMENTS = 30_000  # ten times what news pages have; extraction time grows faster than their number
_SAME = 0.98  # share from which they are one text, and that with paragraphs is the better
_TABLE_RULE = re.compile(r"^[\s|:-]+$", re.MULTILINE)
_CELL_EDGE = re.compile(r"^\| | \|$", re.MULTILINE)
_WORD = re.compile(r"\w+")
# Some sites hide the whole page until their scripts have run; that is not meant to keep it from readers.
_HIDDEN = "//template | //*[@hidden and not(self::html or self::body or self::main or self::article)]"


def extract_page(body: bytes, *, url: str, content_type: str | None, max_markup: int) -> Page:
    """The article in `body`, an HTML page that came from `url`.

    Scripts, styles and comments do not count towards `max_markup` (bytes). Raises BadPage, with the
    reason, for what is not HTML, for a page with more markup than that, for a log-in wall or consent page,
    and where nothing can be extracted.
    """
    wrong = not_a_page(body, content_type)
    if wrong:
        raise BadPage(url, f"is {wrong}, not an HTML page")
    decoded = decode_html(body, content_type)
    markup = without_scripts(decoded.text) if len(body) > max_markup else decoded.text
    if len(markup) > max_markup:
        raise BadPage(
            url, f"has more than {max_markup} bytes of markup", "raise WIREWATCH_INGEST__MAX_MARKUP"
        )
    tree = _tree(markup, url)
    meta = read_meta(tree, url)
    _drop_hidden(tree)
    document = _extract(tree, url)
    title = meta.title or one_line(str(document.title or "") if document else "")
    found, note = _best_text(document, meta, {title.casefold(), *_headings(tree)})
    text, asks_to_subscribe = without_prompt(found)
    asked = gate(tree, title=title, text=text)
    if asked:
        raise BadPage(url, asked, "save the page from a browser that shows the article")
    if len(text) < _LEAST:
        raise BadPage(url, "has no text that looks like an article")
    paid = PAYWALL_NOTE if asks_to_subscribe or is_cut(tree, meta, text) else ""
    return Page(
        url=url,
        title=title,
        text=text,
        published=meta.published or parse_moment(str(document.date or "") if document else ""),
        updated=meta.updated,
        authors=meta.authors or _guessed_authors(document),
        canonical_url=meta.canonical_url,
        lang=meta.lang,
        image=meta.image,
        notes=tuple(filter(None, (f"page: {decoded.note}" if decoded.note else "", note, paid))),
    )


def _tree(markup: str, url: str) -> HtmlElement:
    from lxml import etree
    from trafilatura import load_html

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its warnings become our errors below
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        tree = load_html(markup)
    except (*PARSER_ERRORS, etree.LxmlError) as error:
        raise BadPage(url, f"cannot be parsed as HTML: {error}") from error
    if tree is None:
        raise BadPage(url, "cannot be parsed as HTML")
    found: HtmlElement = tree
    if sum(1 for _ in found.iter()) > _MAX_ELEMENTS:
        raise BadPage(url, f"has more than {_MAX_ELEMENTS} elements")
    return found


def _drop_hidden(tree: HtmlElement) -> None:
    """What no browser shows goes; trafilatura itself knows the usual styles that hide."""
    for element in tree.xpath(_HIDDEN):
        element.drop_tree()


def _extract(tree: HtmlElement, url: str) -> Document | None:
    from trafilatura import bare_extraction

    try:
        # `fast` leaves out the comparison with readability and jusText, which on the gold pages more often
        # replaces a good text by a longer one (bench/extraction.py).
        document: Document | None = bare_extraction(
            tree,
            url=url,
            fast=True,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except PARSER_ERRORS:
        return None
    return document


def _best_text(document: Document | None, meta: PageMeta, titles: set[str]) -> tuple[str, str]:
    """The extracted text, or JSON-LD's articleBody where that is another text or has the paragraphs."""
    raw = str(document.text or "") if document else ""
    text = without_boilerplate(_without_title(tidy(_CELL_EDGE.sub("", _TABLE_RULE.sub("", raw))), titles))
    same = _share(meta.body, of=text)
    better_lines = same > _SAME and meta.body.count("\n") > text.count("\n")
    if len(meta.body) >= _ENOUGH_BODY and (same < _AGREE or better_lines):
        return without_boilerplate(
            meta.body
        ), "page: text taken from its structured data (JSON-LD articleBody)"
    return text, ""


def _without_title(text: str, titles: set[str]) -> str:
    first, _, rest = text.partition("\n")
    return rest if rest and first.casefold() in titles else text


def _headings(tree: HtmlElement) -> set[str]:
    headings = (one_line(str(heading.text_content())) for heading in tree.xpath("//h1")[:5])
    return {heading.casefold() for heading in headings if heading}


def _share(body: str, *, of: str) -> float:
    """The share of the words of `body` that `of` has too."""
    want, have = Counter(_WORD.findall(body.lower())), Counter(_WORD.findall(of.lower()))
    return (want & have).total() / max(1, want.total())


def _guessed_authors(document: Document | None) -> tuple[str, ...]:
    return clean_authors(str(document.author or "").split(";")) if document else ()
