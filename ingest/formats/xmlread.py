"""One pass over an XML document with expat: names under known prefixes, limits, and where it breaks.

Nothing outside the document is read, and no entity that it declares is believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from xml.parsers import expat

MAX_DEPTH = 200  # nested elements; feeds have about ten
MAX_ELEMENTS = 200_000  # 5,000 entries have about 100,000; a feed's reader takes 20 µs for each
MAX_ATTRIBUTES = 500  # of one element
_MAX_VALUE = 20_000  # characters of an attribute; longer ones are embedded files, not addresses
_BETWEEN = "\x1f"  # no XML character, so it cannot stand in a name
_CUT_OFF = frozenset(
    expat.errors.codes[reason]
    for reason in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_MORE_AFTER_ROOT = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """Why a text is not well-formed, with line and column, and at which byte that shows.

    `cut_off`: it ends too early and is else fine. `goes_on`: something follows its root element.
    """

    reason: str
    at: int
    cut_off: bool = False
    goes_on: bool = False


class Handler(Protocol):
    """What is told of a document. Names are lower-case `prefix:local`, or `local` for the main vocabulary.

    `at` is where the tag begins, in bytes. `root` is the name of the first element, "" before it.
    """

    root: str

    def namespace(self, prefix: str | None, uri: str) -> None: ...
    def start(self, name: str, attributes: dict[str, str], at: int) -> None: ...
    def end(self, name: str, at: int) -> None: ...
    def text(self, data: str) -> None: ...


def plain_namespace(uri: str) -> str:
    """`uri` as writers mean it: case, https and a slash at the end are often wrong and make no difference."""
    uri = uri.strip().lower().rstrip("/")
    return "http" + uri[5:] if uri.startswith("https:") else uri


def read_xml(data: bytes, handler: Handler, prefixes: Mapping[str, str], *, begin: int = 0) -> Flaw | None:
    """Tells `handler` of the UTF-8 document in `data`, from byte `begin` to its first flaw, the result.

    `prefixes` has the prefix of each known namespace by its `plain_namespace`; others keep their own.
    Raises ValueError, with the reason, where there is too much of something.
    """
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=_BETWEEN)
    parser.namespace_prefixes = True
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    names: dict[str, str] = {}
    depth = count = 0

    def known(raw: str) -> str:
        name = names[raw] = _name(raw, prefixes)
        return name

    def start(raw: str, attributes: list[str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > MAX_DEPTH:
            raise ValueError(f"more than {MAX_DEPTH} nested elements")
        if count > MAX_ELEMENTS:
            raise ValueError(f"more than {MAX_ELEMENTS} elements")
        if len(attributes) > MAX_ATTRIBUTES * 2:
            raise ValueError(f"more than {MAX_ATTRIBUTES} attributes on <{raw[-40:]}>")
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        given = {names.get(key) or known(key): value for key, value in pairs if len(value) <= _MAX_VALUE}
        handler.start(names.get(raw) or known(raw), given, begin + parser.CurrentByteIndex)

    def end(raw: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(names.get(raw) or known(raw), begin + parser.CurrentByteIndex)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.StartNamespaceDeclHandler = handler.namespace
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(memoryview(data)[begin:], True)
    except expat.ExpatError as error:
        return Flaw(
            reason=str(error),
            at=begin + parser.ErrorByteIndex,
            cut_off=error.code in _CUT_OFF,
            goes_on=error.code == _MORE_AFTER_ROOT,
        )
    return None


def _name(raw: str, prefixes: Mapping[str, str]) -> str:
    uri, _, rest = raw.rpartition(_BETWEEN)
    if not uri:
        return raw.lower()
    if _BETWEEN in uri:
        uri, _, local = uri.partition(_BETWEEN)
        given = rest
    else:
        local, given = rest, ""
    prefix = prefixes.get(plain_namespace(uri), given)
    return f"{prefix}:{local}".lower() if prefix else local.lower()


def _refuse(*_declaration: object) -> None:
    raise ValueError("it declares entities in a way that cannot be set aside")
