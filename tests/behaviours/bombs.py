"""Documents that are small on the way and large when they are unpacked, or cost much to read."""

from __future__ import annotations

import gzip
import zlib

import brotli

from tests.behaviours.declared import Behaviour, Told
from tests.behaviours.documents import RSS, feed, rest, xml
from tests.behaviours.formats import zstandard
from tests.behaviours.server import Answer
from tests.ingest.documents import LONG, item

_NOTHING = b"\x00" * 200_000_000


def _bomb(name: str, coding: str, body: bytes, problem: str = "times its size") -> Behaviour:
    return Behaviour(
        name=f"{name}-bomb",
        kind="hostile",
        server=f"sends {len(body) // 1000} kB of {coding} that become 200 MB",
        wirewatch="hangs up when a limit is reached: of size, or of how much larger it may become",
        routes=rest(Answer(body=body, kind=RSS, headers=(("Content-Encoding", coding),))),
        problem=problem,
        polls=1,
    )


def _is_cut(told: Told) -> None:
    assert "the first" in told.feed.notes
    assert told.feed.state
    assert told.feed.state.entries <= 5_000


BOMBS = (
    _bomb("gzip", "gzip", gzip.compress(_NOTHING), "is larger than"),
    _bomb("deflate", "deflate", zlib.compress(_NOTHING), "is larger than"),
    _bomb("brotli", "br", brotli.compress(_NOTHING, quality=5)),
    _bomb("zstd", "zstd", zstandard(_NOTHING)),
    _bomb("gzip-in-gzip", "gzip, gzip", gzip.compress(gzip.compress(_NOTHING))),
    Behaviour(
        name="attributes",
        kind="hostile",
        server="gives an element fifty thousand attributes",
        wirewatch="reads no further, and says why",
        routes=rest(
            xml(
                feed(item(title="Title 1", content=LONG)).body.replace(
                    b"<item>", b"<item " + b" ".join(b"a%d='x'" % number for number in range(50_000)) + b">"
                )
            )
        ),
        problem="attributes",
    ),
    Behaviour(
        name="ten-thousand-entries",
        kind="hostile",
        server="shows ten thousand entries in one document",
        wirewatch="reads the first five thousand, and says so",
        routes=rest(feed(*(f"<item><guid>{number}</guid></item>" for number in range(10_000)), etag='"1"')),
        titles=("",) * 5_000,
        check=_is_cut,
    ),
)
