"""Records with CloudEvents 1.0 headers in binary mode, and dead letters.

Source: CloudEvents 1.0.2 and its Kafka protocol binding 1.0.2, §3.2: attributes are headers `ce_…`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bus.channels import DEAD, Channel
from bus.protocol import Headers, Message, Record

_DEAD_PREFIX = "dead_"


def event(
    channel: Channel, key: str, value: bytes, *, kind: str, event_id: str, source: str, now: datetime
) -> Record:
    """A record that says of itself what it is.

    `kind` is the event's type ("article.raw"), `event_id` unique for `source`, a stage ("enrich").
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
            ("content-type", b"application/json"),
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


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
