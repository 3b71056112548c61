"""What was looked for, marked in the text of a hit, by the server's highlighter.

The server escapes the text and puts the marks between the pieces, so no markup of an article comes through.
Work and output are bounded: the first MAX_TEXT characters are looked at, and at most MAX_FRAGMENTS fragments
of about FRAGMENT characters come back.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from index.elastic.compile import any_of
from index.expression import Expression, Keyword, Phrase, Prefix, TextField, Word, leaves
from index.fold import normal
from index.protocol import Highlight
from index.query import FIELD_OF_TYPE

MAX_TEXT = 20_000
MAX_FRAGMENTS = 3
FRAGMENT = 200

Json = dict[str, object]
Shown = Literal["title", "summary", "text"]
SHOWN: tuple[Shown, ...] = get_args(Shown)

_PIECE = re.compile(r"</?em>|&[#\w]+;|.", re.DOTALL)
_NAME_FIELDS = frozenset(("entity", "place", *FIELD_OF_TYPE.values()))


def request(expression: Expression) -> Json | None:
    """The `highlight` part of a search: words, phrases, prefixes and names that were asked for, not those
    that were excluded. None where nothing can be marked."""
    fields: Json = {}
    for name in SHOWN:
        field: TextField = "title" if name == "title" else "text"
        sought = [
            query
            for leaf, _, wanted in leaves(expression)
            if wanted and (query := _sought(leaf, name, field)) is not None
        ]
        if sought:
            fields[name] = {
                "highlight_query": any_of(sought),
                "matched_fields": [f"{name}.words"],
                "number_of_fragments": 0 if name == "title" else MAX_FRAGMENTS,  # 0 is the whole field
            }
    if not fields:
        return None
    return {
        "type": "unified",
        "encoder": "html",
        "order": "none",
        "fragment_size": FRAGMENT,
        "boundary_scanner": "sentence",
        "max_analyzed_offset": MAX_TEXT,
        "require_field_match": True,
        "fields": fields,
    }


def highlights(source: Mapping[str, object], found: Mapping[str, Sequence[str]]) -> tuple[Highlight, ...]:
    """Of each field that holds something sought: the whole title, the best pieces of the others."""
    made: list[Highlight] = []
    for name in SHOWN:
        text = str(source.get(name, ""))
        fragments = (_shortened(one) for one in found.get(name, ()))
        framed = tuple(_framed(one, text) for one in fragments if "<em>" in one)
        if framed:
            made.append(Highlight(field=name, fragments=framed))
    return tuple(made)


def _sought(leaf: Expression, name: Shown, field: TextField) -> Json | None:
    if isinstance(leaf, Word | Phrase | Prefix) and leaf.field in (None, field):
        if isinstance(leaf, Prefix):
            return {"match_bool_prefix": {f"{name}.words": {"query": normal(leaf.text)}}}
        return {"match_phrase": {name: normal(leaf.text)}}
    if isinstance(leaf, Keyword) and leaf.field in _NAME_FIELDS and not leaf.prefix:
        return {"match_phrase": {name: normal(leaf.value)}}
    return None


def _shortened(fragment: str) -> str:
    """The beginning of a fragment that is far longer than asked for, as of a title without end."""
    pieces = _PIECE.findall(fragment)
    if len(pieces) <= 2 * FRAGMENT:
        return fragment
    kept = "".join(pieces[: 2 * FRAGMENT])
    return kept if kept.count("<em>") == kept.count("</em>") else f"{kept}</em>"


def _framed(fragment: str, text: str) -> str:
    """With an ellipsis where it begins or ends within the text."""
    plain = html.unescape(fragment.replace("<em>", "").replace("</em>", "")).strip()
    before = "" if text.lstrip().startswith(plain) else "…"
    after = "" if text.rstrip().endswith(plain) else "…"
    return f"{before}{fragment}{after}"
