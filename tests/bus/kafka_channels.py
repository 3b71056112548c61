"""Empty channels on a broker that the tests share."""

from __future__ import annotations

import time

from kafka import errors
from kafka.admin import KafkaAdminClient

from bus.channels import CHANNELS
from runtime.settings import BusSettings, KafkaSettings

SECONDS = 30.0


def bus_settings(bootstrap: str, **more: object) -> BusSettings:
    """Of a bus whose members are missed soon."""
    kafka = KafkaSettings.model_validate(
        {"bootstrap_servers": bootstrap, "session_seconds": 6, "request_seconds": 10} | more
    )
    return BusSettings(kafka=kafka)


def empty_channels(bootstrap: str) -> None:
    """Delete what tests before have left: topics and groups."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        deadline = time.monotonic() + SECONDS
        while there := [name for name in admin.list_topics() if name in CHANNELS]:
            assert time.monotonic() < deadline, f"cannot delete {there}"
            try:
                admin.delete_topics(there)
            except errors.UnknownTopicOrPartitionError:
                continue  # a deletion of before is still on its way through the broker
        groups = [each["group_id"] for each in admin.list_groups()]
        if groups:
            admin.delete_groups(groups)
    finally:
        admin.close()
