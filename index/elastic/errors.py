"""The border to the client: its errors become the project's own here and nowhere else.

    no connection, time-out, 429, 500 and above     Unavailable: trying again may help
    401, 403                                        BadConfiguration: who we log in as, what that one may do
    404                                             BadConfiguration: not set up, or deleted
    400 and the rest                                BadConfiguration; BadQuery while searching
    a certificate, an answer of another product     BadConfiguration

Messages carry the server's own reason, shortened. Neither keys nor passwords are in what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from elasticsearch import (
    ApiError,
    ConnectionError,
    SerializationError,
    SSLError,
    TransportError,
    UnsupportedProductError,
)

from article.errors import BadConfiguration, BadQuery, Unavailable, WirewatchError

SETUP = "run `wirewatch setup`"
REBUILD = "run `wirewatch rebuild`: it makes the index anew from the stream"
MAX_REASON = 300


@contextmanager
def talking(subject: str, *, searching: bool = False) -> Iterator[None]:
    """Around every request; `subject` is the server, `searching` where a 400 is the question's fault."""
    try:
        yield
    except (ApiError, TransportError) as error:
        raise own_error(error, subject, searching=searching) from error


def own_error(error: ApiError | TransportError, subject: str, *, searching: bool = False) -> WirewatchError:
    if isinstance(error, UnsupportedProductError):
        return BadConfiguration(
            subject, "what answers is not Elasticsearch", "check index.elastic.url; is a proxy in between?"
        )
    if isinstance(error, ApiError):
        return _answered(error, subject, searching=searching)
    return _not_answered(error, subject)


def reason_of(answer: object) -> str:
    """Why, in the server's words: `type: reason` of an error object, and what caused it."""
    said: list[str] = []
    while isinstance(answer, Mapping) and len(said) < 3:
        kind, reason = answer.get("type"), answer.get("reason")
        words = ": ".join(str(part) for part in (kind, reason) if part)
        if words and words not in said:
            said.append(words)
        answer = answer.get("caused_by")
    return short("; ".join(said) or str(answer))


def kind_of(answer: object) -> str:
    """The type of an error object, such as version_conflict_engine_exception."""
    return str(answer.get("type", "")) if isinstance(answer, Mapping) else ""


def error_in(error: ApiError) -> object:
    """The error object of an answer, or the answer where it has none."""
    return error.body.get("error", error.body) if isinstance(error.body, Mapping) else error.body


def short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_REASON else flat[:MAX_REASON] + "…"


def _answered(error: ApiError, subject: str, *, searching: bool) -> WirewatchError:  # noqa: PLR0911 - one return for each kind of answer
    status, answer = error.status_code, error_in(error)
    reason = reason_of(answer)
    if status == 401:
        return BadConfiguration(
            subject,
            "does not know who we log in as",
            "check index.elastic.api_key, or index.elastic.username and .password",
        )
    if status == 403 and kind_of(answer) != "cluster_block_exception":
        return BadConfiguration(
            subject,
            f"does not allow it: {reason}",
            "give the API key or user of index.elastic the privileges in docs/operations.md",
        )
    if status == 404:
        return BadConfiguration(subject, reason, SETUP)
    if status in (403, 408, 429) or status >= 500:
        return Unavailable(subject, f"answers with {status}, {reason}", "see the server's own log")
    if status == 413:
        return BadConfiguration(subject, "takes no request of that size", "lower index.elastic.bulk_bytes")
    if searching:
        return BadQuery("query", f"cannot be answered: {reason}", "search for fewer things at once")
    return BadConfiguration(subject, f"answers with {status}, {reason}", SETUP)


def _not_answered(error: TransportError, subject: str) -> WirewatchError:
    reason = short(str(error.message))
    if isinstance(error, SSLError):
        return BadConfiguration(subject, f"cannot be trusted: {reason}", "check index.elastic.ca_file")
    if isinstance(error, ConnectionError):
        return Unavailable(subject, f"cannot be reached: {reason}", "is it running? Check index.elastic.url")
    if isinstance(error, SerializationError):
        return BadConfiguration(
            subject, f"does not answer in JSON: {reason}", "check index.elastic.url; is a proxy in between?"
        )
    return Unavailable(subject, f"does not answer: {reason}", "is it running? Check index.elastic.url")
