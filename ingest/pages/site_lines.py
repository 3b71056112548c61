"""Lines that a site puts on most of its pages: learned from the articles that a feed leads to, per host.

Extraction leaves some of a site's furniture in the text: prompts for newsletters, bylines, disclaimers. On
one page it cannot be told from the article; over several pages of a site it can, because it comes again.

For each site the last WINDOW articles count, and for each line on which of them it stood. An article counts
once however often its page is fetched, so that a paragraph of a revised article is not taken for furniture.
A line goes when it stands on at least LEAST of them and on at least half. What the last articles no longer
have is forgotten, so that a site may be redesigned. Nothing here knows any site by name. Pure.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from article.sites import SiteLines

WINDOW = 16  # articles of a site that count
LEAST = 3  # articles on which a line must stand
LEAST_PROSE = 5  # the same for sentences: three reports of one event may share a paragraph, five hardly do
MAX_SITES = 16  # of one feed; the one not seen for longest goes first
MAX_LINES = 400  # of one site, about 8 kB
_FIRST, _LAST = 40, 80  # lines of a text that are looked at, from its beginning and its end
_ONCE = 4  # articles after which a line is forgotten that stood on one only
_STALE = WINDOW // 2  # the same for a line that stood on several
_DIGITS = re.compile(r"\d+")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r"[.!?。！？।]['\"”’»)\]]*$")
_PROSE_WORDS = 12

Sites = Mapping[str, SiteLines]


@dataclass(frozen=True, kw_only=True)
class Stripped:
    """What is left of a text, and how many lines were left out."""

    text: str
    left_out: int = 0


def site_of(url: str) -> str:
    """The site of a page: its host without "www."."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def learn(
    sites: Sites, *, site: str, article: str, lines: Iterable[str], canonical: str | None = None
) -> dict[str, SiteLines]:
    """`sites` with the lines of the page of `article` (its id), which lies on `site`.

    `canonical` is the address that the page gives as its own, kept like a line. An article that is known
    already counts as it is now. The sites come back in the order in which they were seen, the last one last.
    """
    before = sites.get(site, SiteLines())
    mark = _hash(article)
    if mark in before.articles:
        articles = before.articles
        bit = 1 << articles.index(mark)
        masks = {line: mask & ~bit for line, mask in before.lines.items()}
    else:
        articles = (mark, *before.articles)[:WINDOW]
        bit = 1
        window = (1 << WINDOW) - 1
        masks = {line: mask << 1 & window for line, mask in before.lines.items()}
    found = {_key(line) for line in _looked_at(list(lines))}
    found.add(_claim(canonical) if canonical else "")
    for line in found - {""}:
        masks[line] = masks.get(line, 0) | bit
    after = {name: known for name, known in sites.items() if name != site}
    after[site] = SiteLines(articles=articles, lines=_bounded(masks))
    return dict(list(after.items())[-MAX_SITES:])


def strip(text: str, known: SiteLines | None) -> Stripped:
    """`text` (paragraphs as lines) without the lines that stand on most pages of its site."""
    if known is None or len(known.articles) < LEAST:
        return Stripped(text=text)
    lines = text.split("\n")
    kept = [line for line in lines if not stands_on_most(line, known)]
    return Stripped(text="\n".join(kept), left_out=len(lines) - len(kept))


def stands_on_most(line: str, known: SiteLines) -> bool:
    count = standing_on(line, known)
    return count >= (LEAST_PROSE if _is_prose(line) else LEAST) and 2 * count >= len(known.articles)


def standing_on(line: str, known: SiteLines) -> int:
    """On how many of the site's last articles the line stands."""
    return known.lines.get(_key(line), 0).bit_count()


def claiming(canonical: str, known: SiteLines) -> int:
    """How many of the site's last articles give this address as their own."""
    return known.lines.get(_claim(canonical), 0).bit_count()


def _claim(canonical: str) -> str:
    return _hash(f"canonical {canonical}")


def _looked_at(lines: list[str]) -> Iterator[str]:
    yield from lines[:_FIRST]
    yield from lines[max(_FIRST, len(lines) - _LAST) :]


def _bounded(masks: dict[str, int]) -> dict[str, int]:
    """Without lines that cannot stand on most pages soon; those on the most pages first where too many."""
    kept = {line: mask for line, mask in masks.items() if mask & (1 << _horizon(mask)) - 1}
    if len(kept) > MAX_LINES:
        best = sorted(kept.items(), key=lambda item: (-item[1].bit_count(), item[1] & -item[1]))
        kept = dict(best[:MAX_LINES])
    return kept


def _horizon(mask: int) -> int:
    return _ONCE if mask.bit_count() == 1 else _STALE


def _key(line: str) -> str:
    """What makes two lines the same: letters count, and in sentences numbers, too.

    In short lines it counts only that there is a number, not which ("3 min read"). "" for a line without
    letters, which says nothing of a site.
    """
    if not _LETTER.search(line):
        return ""
    plain = " ".join(line.casefold().split())
    return _hash(plain if _is_prose(line) else _DIGITS.sub("0", plain))


def _hash(value: str) -> str:
    digest = hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=6).digest()
    return urlsafe_b64encode(digest).decode()


def _is_prose(line: str) -> bool:
    return len(line.split()) >= _PROSE_WORDS and _SENTENCE.search(line) is not None
