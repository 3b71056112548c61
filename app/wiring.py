"""Settings to parts: which bus, which index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from article.errors import BadConfiguration

if TYPE_CHECKING:
    from bus.protocol import Bus
    from index.generations import Generations
    from index.protocol import ArticleIndex
    from runtime.settings import Settings


def configured() -> Settings:
    """The settings in force, with logging set up by them."""
    from runtime.logging import configure_logging
    from runtime.settings import load_settings

    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    return settings


def open_bus(settings: Settings, *, create: bool = True) -> Bus:
    """Kafka where it is configured, else the log in the data folder.

    `create` False is for commands that only look: it makes no folder, no log and no channels. Raises
    Unavailable when no broker answers.
    """
    from runtime.clock import SystemClock

    if settings.bus.kafka.bootstrap_servers:
        from bus.kafka import KafkaBus

        return KafkaBus(settings.bus, data_dir=settings.data_dir, clock=SystemClock(), create=create)
    from bus.sqlite import Retention, SqliteBus

    path = settings.data_dir / "log.db"
    if not create and not path.exists():
        raise nothing_yet(settings)
    return SqliteBus(
        path,
        partitions=settings.bus.partitions,
        clock=SystemClock(),
        retention=Retention(
            age=timedelta(days=settings.bus.retention_days),
            size=settings.bus.retention_bytes,
            known=timedelta(days=settings.bus.remember_articles_days),
        ),
    )


def bus_kind(settings: Settings) -> str:
    """Which bus, for a person."""
    servers = settings.bus.kafka.bootstrap_servers
    return f"Kafka at {servers}" if servers else "the log in the data folder"


@contextmanager
def configured_bus(*, create: bool = False) -> Iterator[Bus]:
    """The bus of the settings in force, for as long as a command needs it."""
    bus = open_bus(configured(), create=create)
    try:
        yield bus
    finally:
        bus.close()


def open_index(settings: Settings, *, read_only: bool = False) -> ArticleIndex:
    """Elasticsearch where it is configured, else the index in the data folder."""
    if settings.index.elastic.url:
        from index.elastic import ElasticIndex

        return ElasticIndex(
            settings.index.elastic, recency_days=settings.index.recency_days, read_only=read_only
        )
    from index.embedded import EmbeddedIndex

    path = settings.data_dir / "index"
    if read_only and not path.exists():
        raise nothing_yet(settings)
    return EmbeddedIndex(
        path,
        read_only=read_only,
        recency_days=settings.index.recency_days,
        heap_bytes=settings.index.writer_bytes,
    )


def open_serving(settings: Settings) -> ArticleIndex | None:
    """The index that people search now; None where there is none yet, or a damaged one."""
    try:
        return open_index(settings, read_only=True)
    except BadConfiguration:
        return None


def open_generations(settings: Settings) -> Generations:
    """The way to make the configured index anew."""
    if settings.index.elastic.url:
        from index.elastic import ElasticGenerations

        return ElasticGenerations(settings.index.elastic)
    from index.embedded import EmbeddedGenerations

    return EmbeddedGenerations(settings.data_dir / "index", heap_bytes=settings.index.writer_bytes)


def nothing_yet(settings: Settings) -> BadConfiguration:
    return BadConfiguration(
        str(settings.data_dir),
        "holds no articles yet",
        "start `wirewatch run` first, or set WIREWATCH_DATA_DIR to the folder of one that runs",
    )
