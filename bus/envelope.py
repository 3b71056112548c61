"""Records with CloudEvents 1.0 headers in binary mode, and dead letters.

Source: CloudEvents 1.0.2 and its Kafka protocol binding 1.0.2, §3.2: attributes are headers `ce_…`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from bus.channels import CHANNELS, DEAD, Channel
from bus.protocol import Headers, Message, Record
from bus.trace import Trace

_DEAD_PREFIX = "dead_"


def event(
    channel: Channel,
    key: str,
    value: bytes,
    *,
    kind: str,
    event_id: str,
    source: str,
    now: datetime,
    extensions: Mapping[str, str] = MappingProxyType({}),
    trace: Trace | None = None,
) -> Record:
    """A record that says of itself what it is.

    `kind` is the event's type ("article.raw"), `event_id` unique for `source`, a stage ("enrich").
    `extensions` are further attributes, by which a consumer can choose without reading the value: names of
    lower-case letters and digits (CloudEvents 1.0.2, §3.1). `trace` is the step that writes the record.
    """
    return Record(
        channel=channel,
        key=key,
        value=value,
        headers=(
            ("ce_specversion", b"1.0"),
            ("ce_type", f"wirewatch.{kind}.v1".encode()),
            ("ce_id", event_id.encode()),
            ("ce_source", f"/wirewatch/{source}".encode()),
            ("ce_time", timestamp(now).encode()),
            *((f"ce_{name}", text.encode("utf-8", "replace")) for name, text in extensions.items()),
            ("content-type", b"application/json"),
            *(trace.headers() if trace else ()),
        ),
    )


def dead_letter(message: Message, *, stage: str, reason: str, now: datetime) -> Record:
    """`message` byte for byte, with where it came from and why it was given up in added headers.

    Headers of an earlier death, of a record that was re-driven, are replaced.
    """
    original = tuple(header for header in message.headers if not header[0].startswith(_DEAD_PREFIX))
    added: Headers = (
        ("dead_stage", stage.encode()),
        ("dead_reason", reason.encode("utf-8", "replace")),
        ("dead_channel", message.channel.name.encode()),
        ("dead_partition", str(message.partition).encode()),
        ("dead_offset", str(message.offset).encode()),
        ("dead_time", timestamp(now).encode()),
    )
    return Record(channel=DEAD, key=message.key, value=message.value, headers=original + added)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A dead letter, read: the record as it was, where it stood, and why it was given up.

    `channel` is None where the letter does not say it, or names one that we do not have.
    """

    message: Message
    channel: Channel | None
    partition: int
    offset: int
    stage: str
    reason: str
    time: datetime

    @property
    def place(self) -> str:
        """Names the letter for good: the place of the original, as channel/partition/offset."""
        name = self.channel.name if self.channel else "?"
        return f"{name}/{self.partition}/{self.offset}"

    def original(self) -> Record | None:
        """The record to write again, or None where nobody knows into which channel."""
        if self.channel is None:
            return None
        headers = tuple(header for header in self.message.headers if not header[0].startswith(_DEAD_PREFIX))
        return Record(channel=self.channel, key=self.message.key, value=self.message.value, headers=headers)


def letter_of(message: Message) -> Letter:
    """Never fails: what a header does not say is taken from the message itself."""
    said = {name: value.decode("utf-8", "replace") for name, value in message.headers}
    return Letter(
        message=message,
        channel=CHANNELS.get(said.get("dead_channel", "")),
        partition=_number(said.get("dead_partition"), message.partition),
        offset=_number(said.get("dead_offset"), message.offset),
        stage=said.get("dead_stage", "?"),
        reason=said.get("dead_reason", "?"),
        time=_moment(said.get("dead_time"), message.time),
    )


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else default


def _moment(text: str | None, default: datetime) -> datetime:
    try:
        return datetime.fromisoformat(text) if text else default
    except ValueError:
        return default


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
