"""Content codings: what was packed comes out, in small pieces, and what is wrong is told."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Sequence

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.unpack import PIECE, BadPacking, unpacker

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
BODY = b"<rss>" + bytes(range(256)) * 2000 + b"</rss>"


def unpacked(headers: Sequence[str], *chunks: bytes) -> bytes:
    unpack = unpacker(headers)
    pieces = [piece for chunk in chunks for piece in unpack.feed(chunk)]
    unpack.finish()
    assert all(len(piece) <= PIECE for piece in pieces)
    return b"".join(pieces)


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("coding", PACK)
@pytest.mark.parametrize("size", [1, 7, 1 << 30])
def test_each_coding_is_undone(coding: str, size: int) -> None:
    name = "deflate" if coding == "raw" else coding
    packed = PACK[coding](BODY)
    assert unpacked((name,), *cut(packed, size)) == BODY


@given(body=st.binary(max_size=300), coding=st.sampled_from(sorted(PACK)), size=st.integers(1, 400))
def test_however_it_arrives(body: bytes, coding: str, size: int) -> None:
    body = b"<" + body
    assert unpacked(("deflate" if coding == "raw" else coding,), *cut(PACK[coding](body), size)) == body


@pytest.mark.parametrize("headers", [("gzip, br",), ("gzip", "br"), ("GZIP , identity", "Br")])
def test_several_codings_are_undone_from_the_last(headers: Sequence[str]) -> None:
    assert unpacked(headers, brotli.compress(gzip.compress(BODY))) == BODY


@pytest.mark.parametrize("headers", [(), ("identity",), ("none",), ("UTF-8",), ("",)])
def test_what_is_not_packed_passes(headers: Sequence[str]) -> None:
    assert unpacked(headers, b"<rss", b"/>") == b"<rss/>"
    assert unpacked(headers) == b""


def test_a_body_that_is_a_gzip_file_is_unpacked() -> None:
    assert unpacked((), *cut(gzip.compress(BODY), 1)) == BODY
    assert unpacked(("gzip",), gzip.compress(gzip.compress(BODY))) == BODY
    assert unpacked((), b"\x1f") == b""


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_streams_one_after_the_other_are_one(coding: str) -> None:
    packed = PACK[coding](b"<rss>") + PACK[coding](b"</rss>")
    assert unpacked((coding,), packed) == b"<rss></rss>"
    assert unpacked((coding,), *cut(packed, 1)) == b"<rss></rss>"


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_follows_the_end_is_ignored(coding: str) -> None:
    assert unpacked((coding,), PACK[coding](BODY) + b"\x00\x00junk", b"more junk") == BODY


@pytest.mark.parametrize("coding", PACK)
def test_a_packed_body_that_breaks_off_is_told(coding: str) -> None:
    name = "deflate" if coding == "raw" else coding
    with pytest.raises(BadPacking, match="broke off"):
        unpacked((name,), PACK[coding](BODY)[:-9])
    with pytest.raises(BadPacking, match="broke off"):
        unpacked((name,), PACK[coding](BODY)[:1])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_nothing_at_all_is_nothing(coding: str) -> None:
    assert unpacked((coding,)) == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_no_packed_body_is_told(coding: str) -> None:
    with pytest.raises(BadPacking, match="cannot be decompressed"):
        unpacked((coding,), b"<rss>this is plain text</rss>")


def test_a_coding_that_nobody_knows_is_told() -> None:
    with pytest.raises(BadPacking, match="'compress'"):
        unpacker(("compress",))
    with pytest.raises(BadPacking, match="packed 4 times"):
        unpacker(("gzip, gzip", "gzip, gzip"))


def test_a_window_larger_than_a_server_may_ask_for_is_refused() -> None:
    options: dict[int, int] = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.content_size_flag: 0,
    }
    packer = zstd.ZstdCompressor(options=options)
    with pytest.raises(BadPacking, match="cannot be decompressed"):
        unpacked(("zstd",), packer.compress(BODY, packer.FLUSH_BLOCK))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_comes_out_in_small_pieces(coding: str) -> None:
    packed = PACK[coding](bytes(20_000_000))
    pieces = unpacker((coding,)).feed(packed)
    assert len(next(pieces)) <= PIECE  # and nobody has to ask for the next
