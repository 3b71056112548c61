"""Servers that get HTTP wrong, byte for byte: each has one clear outcome."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest

from article.errors import FetchFailed
from ingest.fetch.response import Response
from tests.ingest.wire import OPEN, fetched

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
TIGHT = OPEN.model_copy(update={"max_body": 100_000})


def body(*pieces: bytes) -> bytes:
    answer = fetched(pieces)
    assert isinstance(answer, Response), answer
    return answer.body


def problem(*pieces: bytes, etag: str | None = None) -> str:
    answer = fetched(pieces, etag=etag)
    assert isinstance(answer, FetchFailed), answer
    return answer.problem


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 3\r\n\r\nabc",
        HEAD + b"\r\nabc",
        b"HTTP/1.0 200 OK\r\n\r\nabc",
        b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
        b"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc",
        CHUNKED + b"1\r\na\r\n2;name=value\r\nbc\r\n0\r\nTrailer: x\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HEAD + b"Content-Length: 3\r\n\r\nabc",
        HEAD + b"X-Long: a\r\n b\r\nContent-Length: 3\r\n\r\nabc",
        HEAD + b"X-Policy: " + b"x" * 20_000 + b"\r\nContent-Length: 3\r\n\r\nabc",
        HEAD + b"X-Editor: Zo\xeb\xff\xfe\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
def test_what_can_be_read_is_read(answer: bytes) -> None:
    assert body(answer) == b"abc"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "the answer broke off before it began"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "the answer broke off before it began"),
        (HEAD + b"Content-Length: 100\r\n\r\nabc", "the answer broke off"),
        (CHUNKED + b"64\r\nabc", "the answer broke off"),
        (CHUNKED + b"3\r\nabc\r\n", "the answer broke off"),
        (b"220 mail.test ESMTP\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 two OK\r\n\r\n", "the answer is not HTTP"),
        (HEAD + b"Content-Length: -3\r\n\r\nabc", "the answer is not HTTP"),
        (HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "Duplicate Content-Length"),
        (
            HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "the answer is not HTTP",
        ),
        (HEAD + b"X-Nul: a\x00b\r\n\r\nabc", "the answer is not HTTP"),
        (HEAD + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n", "Got more than 32768 bytes"),
        (HEAD + b"X-More: y\r\n" * 1000 + b"\r\n", "Too many headers"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "answers with status 101"),
        (b"HTTP/1.1 206 Partial\r\nContent-Length: 3\r\n\r\nabc", "answers with status 206"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "answers with status 304"),
        (b"HTTP/1.1 999 Go away\r\nContent-Length: 0\r\n\r\n", "answers with status 999"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "answers with status 302"),
        (HEAD + b"Content-Encoding: compress\r\nContent-Length: 3\r\n\r\nabc", "packed as 'compress'"),
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "cannot be decompressed"),
    ],
)
def test_what_cannot_be_read_is_told(answer: bytes, told: str) -> None:
    assert told in problem(answer)


def test_an_unchanged_document_needs_no_body_and_may_have_none() -> None:
    answer = fetched([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"], etag='"1"')
    assert isinstance(answer, Response)
    assert answer.status == 304


def test_a_body_behind_a_304_has_one_of_two_outcomes() -> None:
    """The library takes it for the beginning of another answer, if it comes in the same packet."""
    answer = fetched([b"HTTP/1.1 304 Not Modified\r\n\r\n", b"<rss/>"], etag='"1"')
    assert isinstance(answer, Response) or "is not HTTP" in answer.problem


def test_of_repeated_headers_the_first_counts_and_lists_are_joined() -> None:
    answer = fetched(
        [
            b'HTTP/1.1 200 OK\r\nETag: "1"\r\nETag: "2"\r\n'
            b"Content-Type: text/xml\r\nContent-Type: text/html\r\n"
            b'Link: <a>; rel="hub"\r\nLink: <b>; rel="self"\r\n'
            b"Cache-Control: public\r\nCache-Control: max-age=5\r\n"
            b"Expires: 0\r\nExpires: -1\r\nContent-Length: 0\r\n\r\n"
        ]
    )
    assert isinstance(answer, Response)
    assert (answer.etag, answer.content_type) == ('"1"', "text/xml")
    assert answer.headers.link == '<a>; rel="hub", <b>; rel="self"'
    assert (answer.headers.cache_control, answer.headers.expires) == ("public, max-age=5", "0")


def test_bytes_that_are_no_text_leave_the_headers_printable() -> None:
    answer = fetched([b'HTTP/1.1 200 OK\r\nETag: "caf\xe9"\r\nContent-Length: 0\r\n\r\n'])
    assert isinstance(answer, Response)
    assert answer.etag
    assert answer.etag.isprintable()


def test_a_huge_body_is_refused_before_it_is_read() -> None:
    answer = fetched([HEAD + b"Content-Length: 1000000000\r\n\r\n"], settings=TIGHT, hold=True)
    assert isinstance(answer, FetchFailed)
    assert answer.problem == "is larger than 100000 bytes"


@pytest.mark.parametrize("head", [HEAD + b"\r\n", CHUNKED])
def test_a_body_without_end_is_cut_at_the_limit(head: bytes) -> None:
    piece = b"a" * 50_000 if head != CHUNKED else b"C350\r\n" + b"a" * 50_000 + b"\r\n"
    answer = fetched([head, *[piece] * 1000], settings=TIGHT)
    assert isinstance(answer, FetchFailed)
    assert answer.problem == "is larger than 100000 bytes"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(bytes(50_000_000))),
        ("deflate", zlib.compress(bytes(50_000_000))),
        ("br", brotli.compress(bytes(50_000_000))),
        ("br, gzip", gzip.compress(brotli.compress(bytes(50_000_000)))),
    ],
)
def test_a_packed_bomb_ends_at_the_limit(coding: str, packed: bytes) -> None:
    head = HEAD + f"Content-Encoding: {coding}\r\n\r\n".encode()
    answer = fetched([head, packed], settings=TIGHT)
    assert isinstance(answer, FetchFailed)
    assert answer.problem == "is larger than 100000 bytes"


def test_a_body_that_unpacks_to_much_more_than_any_text_is_a_bomb() -> None:
    packed = zlib.compress(bytes(9_000_000))
    head = HEAD + b"Content-Encoding: deflate\r\nContent-Length: %d\r\n\r\n" % len(packed)
    assert "more than 250 times its size" in problem(head + packed)


def test_empty_blocks_without_end_are_cut_at_the_limit() -> None:
    empty = b"\x00\x00\x00\xff\xff" * 10_000
    head = HEAD + b"Content-Encoding: deflate\r\n\r\n\x78\x9c"
    answer = fetched([head, *[empty] * 100], settings=TIGHT)
    assert isinstance(answer, FetchFailed)
    assert answer.problem == "is larger than 100000 bytes"


def test_a_server_that_says_nothing_is_given_up_before_one_that_is_slow() -> None:
    silent = fetched([], settings=OPEN.model_copy(update={"first_byte_timeout": 0.2}), hold=True)
    assert isinstance(silent, FetchFailed)
    assert silent.problem == "nothing heard for 0.2 seconds"
    quick = OPEN.model_copy(update={"total_timeout": 0.4})
    slow = fetched([HEAD + b"Content-Length: 100\r\n\r\nabc"], settings=quick, hold=True)
    assert isinstance(slow, FetchFailed)
    assert slow.problem == "no complete answer within 0.4 seconds"
