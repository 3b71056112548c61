"""Questions to the brokers that no member of a group has to ask: what is there, and how far is who?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar, cast

from kafka import KafkaConsumer, TopicPartition
from kafka import errors as kafka
from kafka.admin import KafkaAdminClient, MemberToRemove

from article.errors import Unavailable
from bus.kafka.connect import admin_client
from bus.kafka.errors import own_errors
from bus.kafka.options import consumer_options
from runtime.settings import KafkaSettings

T = TypeVar("T")

_RESET_SECONDS = 30.0
_STEP = 0.05
_FINDING_OUT = (
    kafka.CoordinatorNotAvailableError,
    kafka.CoordinatorLoadInProgressError,
    kafka.NotCoordinatorError,
)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic as it is there. `created` tells it from another of the same name that was deleted."""

    name: str
    partitions: int
    created: str

    def places(self) -> list[TopicPartition]:
        return [TopicPartition(self.name, number) for number in range(self.partitions)]


class Cluster:
    """Safe to share between threads: they take turns. Connects when it is first asked."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._admin: KafkaAdminClient | None = None
        self._probe: KafkaConsumer | None = None

    def topics(self, names: Sequence[str]) -> dict[str, Topic]:
        """Those of the topics that are there."""
        found = self.ask(lambda admin: admin.describe_topics(list(names)))
        topics = {}
        for each in found:
            error = kafka.for_code(each["error_code"])
            if error is kafka.NoError:
                topics[each["name"]] = Topic(
                    name=each["name"], partitions=len(each["partitions"]), created=str(each["topic_id"])
                )
            elif error is not kafka.UnknownTopicOrPartitionError:
                with own_errors(each["name"]):
                    raise error()
        return topics

    def ends(self, topic: Topic) -> dict[int, int]:
        """Of each partition the offset behind the last record that a reader of committed records sees."""
        with self._probing() as probe:
            return _by_number(probe.end_offsets(topic.places()))

    def beginnings(self, topic: Topic) -> dict[int, int]:
        """Of each partition the offset of the oldest record that is kept."""
        with self._probing() as probe:
            return _by_number(probe.beginning_offsets(topic.places()))

    def committed(self, topic: Topic, *, group: str) -> dict[int, int]:
        """Of each partition what the group will read next; partitions that it never read are left out."""
        found = self.ask(lambda admin: admin.list_group_offsets({group: topic.places()})[group])
        return {place.partition: each.offset for place, each in found.items() if each.offset >= 0}

    def sharing(self, topic: str, *, group: str) -> dict[str, frozenset[int]] | None:
        """The partitions of each member, by its instance; None while they are being shared out."""
        described = self.ask(lambda admin: admin.describe_groups([group])[group])
        if described["group_state"] != "Stable":
            return None
        return {
            str(member["group_instance_id"]): _assigned(topic, member["member_assignment"])
            for member in described["members"]
        }

    def leave(self, *, group: str, instance: str) -> None:
        """End a member's place in its group at once, so that the others need not wait for its silence."""
        member = MemberToRemove(group_instance_id=instance)
        self.ask(lambda admin: admin.remove_group_members(group, [member]))

    def forget(self, *, group: str) -> None:
        """Take a group back to where it has read nothing. Members that are in it are put out first.

        They come back by themselves, maybe before the group is gone: then it is done once more.
        """
        deadline = time.monotonic() + _RESET_SECONDS
        while not self._forgotten(group):
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"group {group}", "could not be reset, its members come back", "stop the other processes"
                )
            time.sleep(_STEP)

    def ask(self, question: Callable[[KafkaAdminClient], T], *, subject: str = "") -> T:
        """The answer to `question`, asked again while the brokers are still finding out, as new ones do."""
        deadline = time.monotonic() + self._settings.request_seconds
        with self._lock, own_errors(subject or self._settings.bootstrap_servers):
            if self._admin is None:
                self._admin = admin_client(self._settings)
            while True:
                try:
                    return question(self._admin)
                except _FINDING_OUT:
                    if time.monotonic() > deadline:
                        raise
                time.sleep(_STEP)

    def close(self) -> None:
        with self._lock, suppress(kafka.KafkaError):
            if self._admin is not None:
                self._admin.close()
            if self._probe is not None:
                self._probe.close(autocommit=False)
            self._admin = self._probe = None

    def _forgotten(self, group: str) -> bool:
        described = self.ask(lambda admin: admin.describe_groups([group])[group])
        members = [
            MemberToRemove(member_id=each["member_id"], group_instance_id=each["group_instance_id"])
            for each in described["members"]
        ]
        if members:
            self.ask(lambda admin: admin.remove_group_members(group, members))
        outcome = self.ask(lambda admin: admin.delete_groups([group])[group])
        return outcome in ("OK", kafka.GroupIdNotFoundError.__name__)

    @contextmanager
    def _probing(self) -> Iterator[KafkaConsumer]:
        with self._lock, own_errors(self._settings.bootstrap_servers):
            if self._probe is None:
                self._probe = KafkaConsumer(**consumer_options(self._settings))
            yield self._probe


def _assigned(topic: str, assignment: dict[str, list[dict[str, object]]] | None) -> frozenset[int]:
    topics = assignment["assigned_partitions"] if assignment else []
    return frozenset(
        int(str(number))
        for each in topics
        if each["topic"] == topic
        for number in cast("list[int]", each["partitions"])
    )


def _by_number(offsets: Mapping[TopicPartition, int]) -> dict[int, int]:
    return {place.partition: offset for place, offset in offsets.items()}
