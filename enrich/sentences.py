"""The sentences of an article: where each begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from article.records import Span

MAX_SENTENCE = 1_000
"""Characters. What is longer is a text without full stops, of which nobody would read a sentence."""

_END = re.compile(r"""[.!?…]["'”’)\]]{0,3}(?=\s)|\n""")
_NEXT = re.compile(r"""\s{1,5}["'“‘(\[]{0,3}(\S)""")
_LAST_WORD = re.compile(r"\S{1,12}$")
# Words before a full stop that ends no sentence, between spaces.
_SHORT_FORMS = (
    " mr mrs ms dr prof sen rep gov gen col capt lt sgt maj rev st hon jr sr vs etc inc ltd co corp no fig "
    "jan feb mar apr jun jul aug sept sep oct nov dec "
)


def sentences(title: str, text: str, *, upto: int) -> Iterator[Span]:
    """The title, and the sentences of the text that begin before `upto`, without space around them.

    One pass over so much of the text; a line end always ends a sentence.
    """
    if title.strip() and len(title) <= MAX_SENTENCE:
        start, end = _stripped(title, 0, len(title))
        yield Span(field="title", start=start, end=end)
    head = text[: upto + MAX_SENTENCE]
    begin = 0
    for end in _ends(head):
        start, stop = _stripped(head, begin, end)
        begin = end
        if start >= upto:
            return
        if start < stop and stop - start <= MAX_SENTENCE:
            yield Span(field="text", start=start, end=stop)


def _ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if text[match.start()] != "." or _is_full_stop(text, match.start(), match.end()):
            yield match.end()
    yield len(text)


def _is_full_stop(text: str, at: int, end: int) -> bool:
    """Not that of "Gen.", "U.S." or an initial, nor one in mid-sentence."""
    following = _NEXT.match(text, end)
    if following is not None and following[1].islower():
        return False
    word = _LAST_WORD.search(text[max(0, at - 12) : at])
    if word is None:
        return True
    last = word.group().strip("\"'“‘([")
    return len(last) > 1 and "." not in last and f" {last.casefold()} " not in _SHORT_FORMS


def _stripped(source: str, start: int, end: int) -> tuple[int, int]:
    part = source[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())
