"""Content codings (RFC 9110 §8.4), undone piece by piece, so that nobody can make us hold more than we allow.

    unpack = unpacker(("gzip",))
    for data in received:
        for piece in unpack.feed(data): ...      # at most PIECE bytes each
    unpack.finish()

gzip and deflate (zlib's and the raw one that some servers mean by it), br, zstd, and several on top of each
other. A body that is a gzip file in itself, as of "sitemap.xml.gz", is unpacked as well.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator, Sequence
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
PIECE = 65_536
_BROTLI_PIECE = 32_000  # the library's pieces have 32,752 bytes, and three times as many above that
_MOST_CODINGS = 3  # real servers pack once, misconfigured ones twice
_NOT_PACKED = frozenset(("", "identity", "none", "binary", "7bit", "8bit", "utf-8", "utf8"))
_GZIP = b"\x1f\x8b"
_ZSTD_WINDOW = 23  # 8 MiB, the most that RFC 9659 lets a server ask for


class BadPacking(ValueError):
    """The body cannot be unpacked; the message says why."""


class Unpacker(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out of `data`, in pieces of at most PIECE bytes. Raises BadPacking."""
        ...

    def finish(self) -> None:
        """After the last data. Raises BadPacking where the packed stream had not come to its end."""
        ...


def unpacker(headers: Sequence[str]) -> Unpacker:
    """For the values of Content-Encoding; raises BadPacking for one that nobody knows."""
    named = [name.strip().lower() for value in headers for name in value.split(",")]
    codings = [name for name in named if name not in _NOT_PACKED]
    if len(codings) > _MOST_CODINGS:
        raise BadPacking(f"the answer is packed {len(codings)} times")
    steps: list[Unpacker] = []
    for name in reversed(codings):  # the last one named was put on last
        if name not in _CODINGS:
            raise BadPacking(f"the answer is packed as {name[:40]!r}, which nobody asked for")
        steps.append(_CODINGS[name]())
    steps.append(_GzipFile())
    whole = steps.pop()
    while steps:
        whole = _Chain(steps.pop(), whole)
    return whole


class _Chain:
    def __init__(self, outer: Unpacker, inner: Unpacker) -> None:
        self._outer, self._inner = outer, inner

    def feed(self, data: bytes) -> Iterator[bytes]:
        for piece in self._outer.feed(data):
            yield from self._inner.feed(piece)

    def finish(self) -> None:
        self._outer.finish()
        self._inner.finish()


class _GzipFile:
    """What is no gzip file passes as it is."""

    def __init__(self) -> None:
        self._start: bytes | None = b""
        self._inner: _Gzip | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._start is not None:
            data = self._start + data
            if len(data) < len(_GZIP) and _GZIP.startswith(data):
                self._start = data
                return
            self._start = None
            if data.startswith(_GZIP):
                self._inner = _Gzip()
        if self._inner:
            yield from self._inner.feed(data)
        elif data:
            yield data

    def finish(self) -> None:
        if self._inner:
            self._inner.finish()


class _Gzip:
    """One member or several, one after the other (RFC 1952 §2.2); what follows the last is ignored."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member.eof:
                if not _GZIP.startswith(data[:2]):
                    return
                self._member = zlib.decompressobj(wbits=31)
            self._begun = True
            yield from _inflated(self._member, data)
            data = self._member.unused_data

    def finish(self) -> None:
        if self._begun and not self._member.eof:
            raise BadPacking("the packed answer broke off")


class _Deflate:
    """RFC 9110 means zlib's format; some servers send the raw one, which the first two bytes tell."""

    def __init__(self) -> None:
        self._start = b""
        self._stream: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            data = self._start + data
            if len(data) < 2:
                self._start = data
                return
            is_zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        if not self._stream.eof:
            yield from _inflated(self._stream, data)

    def finish(self) -> None:
        if not self._stream.eof if self._stream else self._start:
            raise BadPacking("the packed answer broke off")


def _inflated(stream: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    try:
        while not stream.eof:
            piece = stream.decompress(data, PIECE)
            if piece:
                yield piece
            data = stream.unconsumed_tail
            if not data and len(piece) < PIECE:  # a full piece may have more behind it, inside the stream
                return
    except zlib.error as error:
        raise BadPacking("the answer cannot be decompressed") from error


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._begun = True
        try:
            while not self._stream.is_finished():
                piece = self._stream.process(data, output_buffer_limit=_BROTLI_PIECE)
                if piece:
                    yield piece
                data = b""
                if len(piece) < _BROTLI_PIECE and self._stream.can_accept_more_data():
                    return
        except brotli.error as error:
            raise BadPacking("the answer cannot be decompressed") from error

    def finish(self) -> None:
        if self._begun and not self._stream.is_finished():
            raise BadPacking("the packed answer broke off")


class _Zstd:
    """Frames, one after the other (RFC 8878 §3.1)."""

    def __init__(self) -> None:
        self._frame = self._new()
        self._begun = False

    @staticmethod
    def _new() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._begun = True
        try:
            while True:
                piece = self._frame.decompress(data, PIECE)
                if piece:
                    yield piece
                data = b""
                if self._frame.eof:
                    data = self._frame.unused_data
                    self._frame = self._new()
                    self._begun = bool(data)
                if not data and self._frame.needs_input:
                    return
        except zstd.ZstdError as error:
            raise BadPacking("the answer cannot be decompressed") from error

    def finish(self) -> None:
        if self._begun:
            raise BadPacking("the packed answer broke off")


_CODINGS: dict[str, type[_Gzip] | type[_Deflate] | type[_Brotli] | type[_Zstd]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
