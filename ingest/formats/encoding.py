"""Bytes to text: byte-order mark, what the server declared, what the document declares, detection.

That is the order of RFC 7303 §3 and of HTML §13.2.3.2. Text that is valid UTF-8 and more than ASCII is UTF-8,
whatever was declared.

Source for the meaning of labels: WHATWG Encoding Standard, §4.2 ("latin1" means windows-1252, and so on).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_STARTS = (  # byte-order marks, and "<" in encodings that need none; how many bytes to skip
    (codecs.BOM_UTF8, 3, "utf-8"),
    (codecs.BOM_UTF32_LE, 4, "utf-32-le"),
    (codecs.BOM_UTF32_BE, 4, "utf-32-be"),
    (codecs.BOM_UTF16_LE, 2, "utf-16-le"),
    (codecs.BOM_UTF16_BE, 2, "utf-16-be"),
    (b"<\x00", 0, "utf-16-le"),
    (b"\x00<", 0, "utf-16-be"),
)
_WEB_MEANING = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_FAMILIES = re.compile(
    r"utf-(?:8|16|32)(?:-[lb]e)?|ascii|iso8859-\d+|cp\d+|koi8-[rut]|gb2312|gbk|gb18030|big5\w*|shift_jis\w*"
    r"|euc_\w+|euc_jp|mac-\w+|iso2022_\w+|tis-620|hz|johab"
)
_PLAUSIBLE = re.compile(r"cp125[13-8]|cp932|cp949|cp874|iso8859-[57]|koi8-[ru]|gb18030|big5|euc_jp|euc_kr")
_SPECIAL = re.compile(rb"[\x80-\xff]+")
_NOT_WESTERN = re.compile(r"[^\W\d_][¹³¿¶¼¾¥£][^\W\d_]")
_XML_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_PROLOG = 4096
_SAMPLE = 20_000
_FEW = 0.05  # share of broken characters up to which text still counts as what it is declared to be


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """The text, the codec that read it, and what was wrong with the declaration ("" if nothing)."""

    text: str
    encoding: str
    note: str = ""


def decode_xml(body: bytes, content_type: str | None) -> Decoded:
    """A feed's text. The XML declaration counts after the HTTP header (RFC 7303 §3.2)."""
    return _decode(body, _http_charset(content_type), _group(_XML_DECLARATION, body))


def decode_html(body: bytes, content_type: str | None) -> Decoded:
    """A page's text."""
    declared = _group(_META, body) or _group(_XML_DECLARATION, body)
    return _decode(body, _http_charset(content_type), declared)


def _decode(body: bytes, http: str | None, document: str | None) -> Decoded:
    for start, skip, name in _STARTS:
        if body.startswith(start):
            return Decoded(text=body[skip:].decode(name, "replace"), encoding=name)
    is_wide = b"\x00" in body[:_PROLOG]  # markup in two or four bytes a character has many
    declared = list(_known(http, wide=is_wide)) + list(_known(document, wide=False))
    text = _strict(body, "utf-8")
    if text is not None and (not declared or declared[0] == "utf-8"):
        return Decoded(text=text, encoding="utf-8")
    # Text that is valid UTF-8 and not plain ASCII is UTF-8, whatever was declared: chance hardly makes it.
    if text is not None and not body.isascii() and not declared[0].startswith(("utf-", "iso2022", "hz")):
        return Decoded(text=text, encoding="utf-8", note=f"declared as {http or document}, is UTF-8")
    wrong = f"declared as {http or document}" if declared else "no usable encoding declared"
    for name in declared:
        text = _strict(body, name)
        if text is not None:
            note = "" if name == declared[0] else f"{wrong}, read as {name}"
            return Decoded(text=text, encoding=name, note=note)
    for name in (*declared, "utf-8"):
        text = _nearly(body, name)
        if text is not None:
            return Decoded(
                text=text, encoding=name, note=f"some characters are not valid {name} and are lost"
            )
    name = _detect(body)
    return Decoded(text=body.decode(name, "replace"), encoding=name, note=f"{wrong}, read as {name}")


def _strict(body: bytes, name: str) -> str | None:
    """The text, or None. A last character that was cut off is no error."""
    try:
        return codecs.getincrementaldecoder(name)().decode(body)
    except (UnicodeError, LookupError):
        return None


def _nearly(body: bytes, name: str) -> str | None:
    """The text with a few broken characters replaced; None where there are more than a few."""
    text = body.decode(name, "replace")
    broken = text.count("\ufffd")
    special = sum(1 for character in text if character > "\x7f")
    return text if broken <= max(1, special * _FEW) and special > broken else None


def _detect(body: bytes) -> str:
    """A guess. Where special characters stand alone among Latin letters, the alphabet is Latin.

    The detector takes French for Czech; windows-1252 it is, unless its symbols would stand inside words.
    """
    from trafilatura.utils import detect_encoding

    first = _SPECIAL.search(body)
    start = max(0, first.start() - _SAMPLE // 10) if first else 0
    sample = body[start : start + _SAMPLE]
    runs = _SPECIAL.findall(sample)
    if sum(len(run) for run in runs if len(run) == 1) * 2 >= sum(map(len, runs)):
        return "cp1250" if _NOT_WESTERN.search(sample.decode("cp1252", "replace")) else "cp1252"
    guesses = [codecs.lookup(guess).name for guess in detect_encoding(sample)]
    return next((guess for guess in guesses if _PLAUSIBLE.fullmatch(guess)), "cp1252")


def _known(label: str | None, *, wide: bool) -> Iterator[str]:
    """The codec that a label means, unless it is no codec for text on the web.

    A document that can be read byte by byte is not in a `wide` encoding, whatever is said of it.
    """
    if not label:
        return
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return
    if _FAMILIES.fullmatch(name) and (wide or not name.startswith(("utf-16", "utf-32"))):
        yield _WEB_MEANING.get(name, name)


def _http_charset(content_type: str | None) -> str | None:
    found = _CHARSET.search(content_type or "")
    return found.group(1) if found else None


def _group(pattern: re.Pattern[bytes], body: bytes) -> str | None:
    found = pattern.search(body[:_PROLOG])
    return found.group(1).decode("ascii") if found else None
