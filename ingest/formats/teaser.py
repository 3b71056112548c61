"""Whether a feed tells the whole article or only how it begins.

Where in doubt it is a teaser: then the article's page is fetched, and the longer of the two texts counts.
"""

from __future__ import annotations

import re

_FULL_CONTENT = 600  # characters of a content element that make an article
_FULL_SUMMARY = 1500  # of a description without a content element beside it
_LONGER = 2.0  # times the summary: then even a short content element is the whole of a short article
_SHORT_FULL = 250
_PROSE = 80  # characters of a last line that is a sentence, not a name, a tag or a line of code
_LAST = 3  # lines at the end among which "Read more" may stand

_ON = (  # English, German, French, Spanish, Italian, Portuguese, Dutch
    r"(?:read|see|learn|view) (?:more|on|full \w+)|(?:read|see|view) the (?:full|rest)\b.{0,40}"
    r"|(?:continue|keep) reading\b.{0,120}|more ?(?:…|\.{3}|»|>>|→)|full (?:story|article)|\(more\)",
    r"(?:hier )?weiterlesen\b.{0,80}|(?:weiter|mehr) lesen|lesen sie (?:hier )?(?:mehr|weiter)\b.{0,40}"
    r"|(?:den )?(?:ganzen|vollständigen) (?:artikel|beitrag) lesen|zum (?:ganzen )?(?:artikel|beitrag)",
    r"lire (?:la suite|plus|l['’]article)\b.{0,80}|en savoir plus|continuer la lecture\b.{0,80}",
    r"(?:leer|ver|saber) más|(?:seguir|continuar|sigue|continúa) leyendo\b.{0,80}"
    r"|leer (?:la nota|el artículo)\b.{0,40}",
    r"(?:leggi|scopri) (?:tutto|di più|ancora|l['’]articolo)\b.{0,60}"
    r"|continua (?:a leggere|la lettura)\b.{0,80}",
    r"(?:leia|ler|saiba|ver) mais|continu(?:e|ar) (?:a ler|lendo|a leitura)\b.{0,80}"
    r"|leia (?:o artigo|a matéria)\b.{0,40}",
    r"lees (?:meer|verder)\b.{0,60}|verder lezen|lees het (?:hele|volledige) artikel",
)
_GO_ON = "|".join(_ON)
# Of text in lower case: without IGNORECASE an alternative is dropped at its first letter, four times as fast.
_CUT = re.compile(rf"(?:…|\.{{3}}|\[(?:…|\.{{3}}|&hellip;)\]|{_GO_ON})[\s»>→.\])]*$")
_LINK = re.compile(rf"[\s«<[(]*(?:{_GO_ON})[\s»>→.…\])]*", re.IGNORECASE)
_IN_A_SENTENCE = re.compile(r"[\w,;–—-]$")


def is_cut(text: str) -> bool:
    """Whether `text`, links and all, ends as teasers do: "[…]", "Read more", in the middle of a sentence."""
    lines = text.split("\n")
    last = lines[-1]
    return (
        _CUT.search(text[-200:].lower()) is not None
        or any(len(line) <= _PROSE and _LINK.fullmatch(line) for line in lines[-_LAST:])
        or (len(last) >= _PROSE and _IN_A_SENTENCE.search(last) is not None)
    )


def text_is_full(*, content: str, summary: str) -> bool:
    """Whether the feed carries the whole article, so that its page need not be fetched.

    A content element (content:encoded, Atom content) of 600 characters and more is the article, a shorter
    one (250 and more) if it is at least twice as long as the summary beside it; a description alone is,
    from 1,500 characters. None of them is when it ends as teasers do (`is_cut`).
    """
    text = content if len(content) >= len(summary) else summary
    if is_cut(text):
        return False
    if not content or content == summary:
        return len(text) >= _FULL_SUMMARY
    return len(content) >= _FULL_CONTENT or (
        len(content) >= _SHORT_FULL and bool(summary) and len(content) >= _LONGER * len(summary)
    )
