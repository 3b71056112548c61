from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.encoding import decode_html, decode_xml

FRENCH = "Un café à la crème près du marché, c’est très bien."
RUSSIAN = "Пример текста на русском языке, и ещё один"
POLISH = "Rząd zapowiedział, że ustawa wejdzie w życie w przyszłym miesiącu."


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (FRENCH.encode(), None, FRENCH),
        (FRENCH.encode("cp1252"), "text/html; charset=iso-8859-1", FRENCH),
        (codecs.BOM_UTF8 + FRENCH.encode(), "text/html; charset=koi8-r", FRENCH),
        (codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"), None, FRENCH),
        (
            b"<meta charset=windows-1251>" + RUSSIAN.encode("cp1251"),
            None,
            "<meta charset=windows-1251>" + RUSSIAN,
        ),
        (
            b"<meta charset=utf-8>" + RUSSIAN.encode("koi8-r"),
            "text/html; charset=koi8-r",
            "<meta charset=utf-8>" + RUSSIAN,
        ),
        (RUSSIAN.encode("cp1251"), None, RUSSIAN),
        (FRENCH.encode("cp1252"), None, FRENCH),
        (POLISH.encode("cp1250"), None, POLISH),
    ],
)
def test_a_page_is_read_as_what_it_is(body: bytes, content_type: str | None, text: str) -> None:
    assert decode_html(body, content_type).text == text


def test_a_right_declaration_needs_no_note() -> None:
    assert not decode_html(FRENCH.encode("cp1252"), "text/html; charset=iso-8859-1").note


@pytest.mark.parametrize("declared", ["utf-8", "us-ascii", "utf-16", "no-such-thing", "idna", "hex", "rot13"])
def test_a_wrong_declaration_is_survived_and_noted(declared: str) -> None:
    body = f"<?xml version='1.0' encoding='{declared}'?><a>".encode() + FRENCH.encode("cp1252")
    decoded = decode_xml(body, None)
    assert decoded.text.endswith(FRENCH)
    assert bool(decoded.note) == (declared != "us-ascii")  # on the web that means windows-1252


def test_utf8_that_is_declared_as_latin_is_utf8() -> None:
    decoded = decode_html(FRENCH.encode(), "text/html; charset=iso-8859-1")
    assert (decoded.text, decoded.note) == (FRENCH, "declared as iso-8859-1, is UTF-8")


def test_a_character_that_was_cut_off_does_not_spoil_the_rest() -> None:
    assert decode_xml(FRENCH.encode() + "é".encode()[:1], "text/xml; charset=utf-8").text == FRENCH


def test_a_few_broken_bytes_do_not_spoil_the_rest() -> None:
    decoded = decode_xml((FRENCH * 10).encode() + b"\xff end", None)
    assert decoded.text.startswith(FRENCH)
    assert decoded.text.endswith("\ufffd end")
    assert decoded.note


@given(st.binary(), st.one_of(st.none(), st.text()))
def test_anything_can_be_decoded(body: bytes, content_type: str | None) -> None:
    decode_html(body, content_type).text.encode()
    decode_xml(body, content_type).text.encode()


def test_the_order_is_mark_header_declaration_detection() -> None:
    """Each knows of another encoding; the body is valid in all of them."""
    declared = b'<?xml version="1.0" encoding="koi8-r"?><rss>' + "Жизнь".encode("cp1251")
    assert decode_xml(b"\xef\xbb\xbf" + "Жизнь".encode(), "text/xml; charset=koi8-r").encoding == "utf-8"
    assert decode_xml(declared, "text/xml; charset=windows-1251").encoding == "cp1251"
    assert decode_xml(declared, "text/xml").encoding == "koi8-r"
    page = b'<html><meta charset="koi8-r">' + "Жизнь".encode("cp1251")
    assert decode_html(page, "text/html; charset=windows-1251").encoding == "cp1251"
    assert decode_html(page, None).encoding == "koi8-r"
    assert decode_html("Жизнь идёт своим чередом".encode("cp1251"), None).encoding == "cp1251"


def test_a_server_that_says_utf_16_of_plain_bytes_is_not_believed() -> None:
    body = b"<?xml version='1.0'?><rss><channel/></rss>"
    assert decode_xml(body, "text/xml; charset=utf-16").text == body.decode()
    wide = body.decode().encode("utf-16-be")
    assert decode_xml(wide, "text/xml; charset=utf-16be").text == body.decode()
