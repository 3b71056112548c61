"""Reading a body: unpacked on the way, and never beyond what it may have."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
from aiohttp import hdrs

from ingest.fetch.budget import Share
from ingest.fetch.unpack import BadPacking, unpacker

_MAX_RATIO = 250  # a megabyte of real feeds or pages packs to a tenth; of zeros, to a thousandth and less
_RATIO_FROM = 1_000_000  # bytes below which no ratio does harm


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The most bytes of a body, received and unpacked; longer ones are `cut` there, or refused."""

    size: int
    cut: bool = False


class TooLarge(Exception):
    """The body has more than `size` bytes; what follows was not read."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"is larger than {size} bytes")


async def read_body(
    response: aiohttp.ClientResponse, *, limit: Limit, share: Share, deadline: asyncio.Timeout
) -> bytes:
    """The unpacked body; its bytes count in `share` as they come.

    Waiting for room is not the server's time: `deadline` moves on by it. Raises TooLarge, BadPacking and the
    library's errors; the connection is then closed, with whatever the server would still send.
    """
    if (response.content_length or 0) > limit.size and not limit.cut:
        response.close()
        raise TooLarge(limit.size)
    unpack = unpacker(response.headers.getall(hdrs.CONTENT_ENCODING, ()))
    pieces: list[bytes] = []
    received = size = 0
    while data := await response.content.readany():
        received += len(data)
        for piece in unpack.feed(data):
            if not share.take_now(len(piece)):
                await _room(share, len(piece), deadline)
            pieces.append(piece)
            size += len(piece)
            if size > _RATIO_FROM and size > received * _MAX_RATIO:
                response.close()
                raise BadPacking(f"the answer unpacks to more than {_MAX_RATIO} times its size")
            if size > limit.size:
                break
        if size > limit.size or received > limit.size:
            response.close()
            if limit.cut:
                return b"".join(pieces)[: limit.size]
            raise TooLarge(limit.size)
    unpack.finish()
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def _room(share: Share, count: int, deadline: asyncio.Timeout) -> None:
    loop = asyncio.get_running_loop()
    before, end = loop.time(), deadline.when()
    deadline.reschedule(None)
    await share.take(count)
    deadline.reschedule(end and end + loop.time() - before)
