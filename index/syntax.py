"""The query language of the search box.

    ukraine grain            both words          "grain deal"       a phrase
    ukraine OR russia        either              -sport, NOT sport  without
    (a OR b) c               brackets            econom*            words that begin so
    title:x  text:x          in one field        entity:"Red Cross"  person: org: place: country: …
    topic:politics  feed:"BBC News"  lang:en     after:2026-05-01  before:2026-06

Words side by side must all be there. AND binds tighter than OR; the three operators are written in capitals.
`after:` begins with that day (month, year), `before:` ends where it begins, in UTC. A field holds for a
bracket too: title:(flood OR fire). Nothing at all finds everything, exclusions alone everything but these.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

from index.expression import (
    EVERYTHING,
    Between,
    Expression,
    Keyword,
    KeywordField,
    Not,
    Or,
    Phrase,
    Prefix,
    TextField,
    Word,
    conjunction,
    leaves,
)
from index.query import MAX_TERMS
from index.tokens import Kind, Token, bad_query, tokens

MAX_BYTES = 10_000
MAX_NESTING = 16  # brackets; each makes up to two levels of the expression
MAX_WORD = 100

_TEXT: dict[str, TextField] = {name: name for name in get_args(TextField)}
_KEYWORD: dict[str, KeywordField] = {name: name for name in get_args(KeywordField)}
_TIMES = ("before", "after")
FIELDS = frozenset((*_TEXT, *_KEYWORD, *_TIMES))


def parse(text: str) -> Expression:
    """The expression that `text` stands for. Raises BadQuery that shows the place and what to do."""
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise bad_query(text, 0, f"the query has {size} bytes, the most is {MAX_BYTES}", "shorten it")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise bad_query(text, error.start, "is not Unicode text", "type it anew") from error
    return _Parser(text).parse()


class _Parser:
    """Recursive descent; one method for each line of the grammar.

    either  = all {"OR" all}            all   = term {["AND"] term}
    term    = {"NOT" | "-"} primary     primary = "(" either ")" | field primary | phrase | word

    None stands for what holds no letter or digit ("&", "…"), which looks for nothing.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text, FIELDS))
        self._next = 0
        self._depth = 0

    def parse(self) -> Expression:
        if self._peek() is Kind.END:
            return EVERYTHING
        found = self._either(None)
        if self._peek() is not Kind.END:
            raise self._bad("this bracket was never opened", "remove it or add an opening one")
        if found is None:
            raise bad_query(self._text, 0, "holds only punctuation", "search for words, names or numbers")
        if sum(1 for _ in leaves(found)) > MAX_TERMS:
            raise bad_query(self._text, 0, f"more than {MAX_TERMS} terms", "search for fewer things at once")
        return found

    def _either(self, field: Token | None) -> Expression | None:
        parts = [self._all(field)]
        while self._peek() is Kind.OR:
            self._take()
            parts.append(self._all(field))
        found = tuple(part for part in parts if part is not None)
        if not found:
            return None
        return found[0] if len(found) == 1 else Or(found)

    def _all(self, field: Token | None) -> Expression | None:
        parts: list[Expression | None] = []
        after_and = True
        while after_and or self._peek() not in (Kind.END, Kind.CLOSE, Kind.OR):
            parts.append(self._term(field))
            after_and = self._peek() is Kind.AND
            if after_and:
                self._take()
        found = tuple(part for part in parts if part is not None)
        return conjunction(found) if found else None

    def _term(self, field: Token | None) -> Expression | None:
        wanted = True
        while self._peek() is Kind.NOT:
            self._take()
            wanted = not wanted
        part = self._primary(field)
        return part if part is None or wanted else Not(part)

    def _primary(self, field: Token | None) -> Expression | None:
        token = self._take()
        if token.kind is Kind.FIELD:
            if field is not None:
                raise self._bad(f"a field inside {field.text}:", "write field:value", token)
            if self._peek() not in (Kind.OPEN, Kind.WORD, Kind.PHRASE):
                raise self._bad(f"nothing to look for after {token.text}:", "write field:value", token)
            return self._primary(token)
        if token.kind is Kind.OPEN:
            return self._bracket(token, field)
        if token.kind is Kind.PHRASE:
            return self._phrase(token, field)
        if token.kind is Kind.WORD:
            return self._word(token, field)
        names = {Kind.END: "the end", Kind.CLOSE: "this bracket"}
        problem = f"something to look for is missing before {names.get(token.kind, token.text)}"
        raise self._bad(problem, "add a word, or remove the operator", token)

    def _bracket(self, opening: Token, field: Token | None) -> Expression | None:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self._bad(
                f"more than {MAX_NESTING} brackets inside each other", "write it flatter", opening
            )
        found = self._either(field)
        if self._peek() is not Kind.CLOSE:
            raise self._bad("this bracket is never closed", "add a closing one", opening)
        self._take()
        self._depth -= 1
        return found

    def _phrase(self, token: Token, field: Token | None) -> Expression | None:
        if not _says_something(token.text):
            return None
        return self._leaf(token, field, token.text, text=Phrase)

    def _word(self, token: Token, field: Token | None) -> Expression | None:
        word = token.text
        if word == "*" and field is None:
            return EVERYTHING
        prefix = word.endswith("*")
        stem = word.rstrip("*") if prefix else word
        if "*" in stem or (prefix and not _says_something(stem)):
            raise self._bad("* stands only at the end of a word", "write the beginning, then *", token)
        if not _says_something(stem):
            return None
        if len(stem) > MAX_WORD and (field is None or field.text in _TEXT):
            raise self._bad(f"a word of more than {MAX_WORD} characters", "put spaces between words", token)
        return self._leaf(token, field, stem, text=Prefix if prefix else Word, prefix=prefix)

    def _leaf(
        self,
        token: Token,
        field: Token | None,
        value: str,
        *,
        text: Callable[[str, TextField | None], Expression],
        prefix: bool = False,
    ) -> Expression:
        if field is None:
            return text(value, None)
        if field.text in _TEXT:
            return text(value, _TEXT[field.text])
        if field.text in _KEYWORD:
            return Keyword(_KEYWORD[field.text], value, prefix)
        start = None if prefix else _start_of(value)
        if start is None:
            raise self._bad(f"{value!r} is no date", "write YYYY-MM-DD, YYYY-MM or YYYY", token)
        return Between(start, None) if field.text == "after" else Between(None, start)

    def _peek(self) -> Kind:
        return self._tokens[self._next].kind

    def _take(self) -> Token:
        token = self._tokens[self._next]
        if token.kind is not Kind.END:
            self._next += 1
        return token

    def _bad(self, problem: str, remedy: str, token: Token | None = None) -> Exception:
        return bad_query(self._text, (token or self._tokens[self._next]).at, problem, remedy)


def _says_something(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _start_of(date: str) -> datetime | None:
    """The first moment, in UTC, of a day, month or year."""
    for form in ("%Y-%m-%d", "%Y-%m", "%Y"):
        try:
            return datetime.strptime(date.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
