"""Finds an article by what its id is not made of, which takes reading the whole stream."""

from __future__ import annotations

from contextlib import closing

from article.codec import decode
from article.errors import BadRecord
from article.identity import canonical_url
from article.records import RawArticle
from bus.channels import RAW
from bus.protocol import Bus


def look_through(bus: Bus, wanted: str) -> str | None:
    """The id of the latest article whose page says that `wanted` is its address, or whose entry has it as id.

    Looks at all raw articles that the stream keeps: seconds for a day of news, minutes for a month of much.
    """
    address = canonical_url(wanted)
    spellings = [each.encode() for each in {wanted, address or wanted}]
    found = None
    with closing(bus.reader(RAW, from_start=True, until_now=True)) as reader:
        while messages := reader.poll(0):
            for message in messages:
                value = message.value or b""
                if not any(spelling in value for spelling in spellings):
                    continue  # decoding is what takes the time
                try:
                    article = decode(RawArticle, value)
                except BadRecord:
                    continue
                if article.entry_id == wanted or (address and article.canonical_url == address):
                    found = article.id
    return found
