"""The channels as topics: how they are set up, and whether what is there will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kafka import errors as kafka
from kafka.admin import ConfigResource, KafkaAdminClient

from article.errors import BadConfiguration
from bus.channels import CHANNELS, DEAD, KNOWN, Channel
from bus.kafka.cluster import Cluster, Topic
from bus.kafka.options import MAX_RECORD
from runtime.settings import BusSettings

_DAY = 86_400_000  # milliseconds
_KEEP_REMOVALS = 7 * _DAY  # how long a table says that a key was removed: longer than any copy of it is used
_COPIES_TO_AGREE = 2  # of three or more: a record counts as written once so many brokers have it


def topic_config(channel: Channel, settings: BusSettings) -> dict[str, str]:
    """The topic's configuration, where it is not the broker's default."""
    config = {
        "max.message.bytes": str(MAX_RECORD + (1_000_000 if channel == DEAD else 0)),
        "min.insync.replicas": str(_COPIES_TO_AGREE if settings.kafka.replication > _COPIES_TO_AGREE else 1),
        # A record's time is when it was written: retention and `wirewatch why` count on it.
        "message.timestamp.type": "LogAppendTime",
    }
    if not channel.compacted:
        share = settings.retention_bytes // settings.partitions
        return config | {
            "cleanup.policy": "delete",
            "retention.ms": str(int(settings.retention_days * _DAY)),
            "retention.bytes": str(share),
        }
    config |= {"cleanup.policy": "compact", "delete.retention.ms": str(_KEEP_REMOVALS)}
    if channel == KNOWN:
        config |= {
            "cleanup.policy": "compact,delete",
            "retention.ms": str(int(settings.remember_articles_days * _DAY)),
            "retention.bytes": "-1",
        }
    return config


def check_channels(cluster: Cluster) -> dict[str, Topic]:
    """Every channel's topic, by the channel's name. Raises BadConfiguration where one will not do."""
    topics = cluster.topics(list(CHANNELS))
    if missing := [name for name in CHANNELS if name not in topics]:
        raise BadConfiguration(
            f"channel {missing[0]}", "is not there", "`wirewatch setup` creates what is missing"
        )
    _check_families(topics)
    return topics


def ensure_channels(cluster: Cluster, settings: BusSettings) -> dict[str, Topic]:
    """Create the channels that are missing; then as `check_channels`. Leaves those that are there alone."""
    topics = cluster.topics(list(CHANNELS))
    for channel in CHANNELS.values():
        if channel.name not in topics:
            _create(
                cluster, channel, settings, partitions=_family_size(channel, topics) or settings.partitions
            )
    return check_channels(cluster)


def setup_channels(cluster: Cluster, settings: BusSettings) -> dict[str, Topic]:
    """`ensure_channels`, and bring configurations, and empty channels that are too small, to the settings."""
    before = cluster.topics(list(CHANNELS))
    for channel in CHANNELS.values():
        wanted = _family_size(channel, before)
        topic = before.get(channel.name)
        if topic and topic.partitions < wanted and not any(cluster.ends(topic).values()):
            _grow(cluster, channel, wanted)
    for channel in CHANNELS.values():
        if channel.name in before:
            _configure(cluster, channel, settings)
    return ensure_channels(cluster, settings)


def partitions_of(topics: Mapping[str, Topic]) -> dict[str, int]:
    return {name: topic.partitions for name, topic in topics.items()}


def _create(cluster: Cluster, channel: Channel, settings: BusSettings, *, partitions: int) -> None:
    """Another process may do the same at the same moment."""
    wanted = {
        channel.name: {
            "num_partitions": partitions,
            "replication_factor": settings.kafka.replication,
            "configs": topic_config(channel, settings),
        }
    }

    def create(admin: KafkaAdminClient) -> None:
        try:
            admin.create_topics(wanted)
        except kafka.TopicAlreadyExistsError:
            pass
        except kafka.InvalidReplicationFactorError as error:
            raise BadConfiguration(
                f"channel {channel.name}",
                f"cannot have {settings.kafka.replication} copies: there are not so many brokers",
                "lower WIREWATCH_BUS__KAFKA__REPLICATION",
            ) from error
        admin.wait_for_topics([channel.name])

    cluster.ask(create, subject=f"channel {channel.name}")


def _grow(cluster: Cluster, channel: Channel, partitions: int) -> None:
    cluster.ask(
        lambda admin: admin.create_partitions({channel.name: partitions}), subject=f"channel {channel.name}"
    )


def _configure(cluster: Cluster, channel: Channel, settings: BusSettings) -> None:
    wanted = ConfigResource("TOPIC", channel.name, topic_config(channel, settings))
    cluster.ask(lambda admin: admin.alter_configs([wanted]), subject=f"channel {channel.name}")


def _family(channel: Channel) -> Sequence[Channel]:
    return [each for each in CHANNELS.values() if each.family == channel.family]


def _family_size(channel: Channel, topics: Mapping[str, Topic]) -> int:
    """The most partitions that a channel of the family has; 0 where none is there."""
    return max((topics[each.name].partitions for each in _family(channel) if each.name in topics), default=0)


def _check_families(topics: Mapping[str, Topic]) -> None:
    for channel in CHANNELS.values():
        wanted, found = _family_size(channel, topics), topics[channel.name].partitions
        if found < wanted:
            largest = next(each for each in _family(channel) if topics[each.name].partitions == wanted)
            raise BadConfiguration(
                f"channel {channel.name}",
                f"has {found} partitions and {largest.name} has {wanted}; both must have the same number, so"
                " that a key lies in the same partition of each",
                "while it is empty `wirewatch setup` mends it; else stop all stages, move its records to a"
                f" topic with {wanted} partitions and give that its name",
            )
