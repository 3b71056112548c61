"""Records to bytes and back: JSON, UTF-8. The schemas in `article/schemas/` describe the same bytes."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from article.errors import BadRecord
from article.hubs import FeedHub, HubCall
from article.records import EnrichedArticle, RawArticle
from article.searches import Delivery, Matched, SavedSearch, WaitingRow, Webhook
from article.tables import FeedMemory, FeedState, Known, Subscription

Codable = (
    RawArticle
    | EnrichedArticle
    | Subscription
    | FeedState
    | FeedMemory
    | Known
    | FeedHub
    | HubCall
    | SavedSearch
    | Webhook
    | Matched
    | Delivery
    | WaitingRow
)
T = TypeVar("T", bound=Codable)

_ENCODER = msgspec.json.Encoder()


def encode(record: Codable) -> bytes:
    """The record as one line of JSON. Raises BadRecord for text that has no UTF-8 form (lone surrogates)."""
    try:
        return _ENCODER.encode(record)
    except UnicodeEncodeError as error:
        subject = getattr(record, "id", type(record).__name__)
        raise BadRecord(subject, f"holds text that is not Unicode: {error}") from error


def decode(kind: type[T], data: bytes) -> T:
    """The record that `data` holds. Fields that this version does not know are passed over.

    Raises BadRecord where `data` is not JSON or not a record of that kind; the message names the field.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecord(kind.__name__, f"cannot be decoded: {error}") from error


def convert(kind: type[T], parsed: object) -> T:
    """As `decode`, from JSON that somebody else has parsed already."""
    try:
        return msgspec.convert(parsed, type=kind)
    except msgspec.ValidationError as error:
        raise BadRecord(kind.__name__, f"cannot be decoded: {error}") from error
