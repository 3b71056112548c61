"""Settings to parts: which bus, which index."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from article.errors import BadConfiguration

if TYPE_CHECKING:
    from bus.sqlite import SqliteBus
    from index.embedded import EmbeddedIndex
    from runtime.settings import Settings


def configured() -> Settings:
    """The settings in force, with logging set up by them."""
    from runtime.logging import configure_logging
    from runtime.settings import load_settings

    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    return settings


def open_bus(settings: Settings, *, create: bool = True) -> SqliteBus:
    """The log in the data folder. `create` False is for commands that only look: no folder, no data."""
    from bus.sqlite import Retention, SqliteBus
    from runtime.clock import SystemClock

    path = settings.data_dir / "log.db"
    if not create and not path.exists():
        raise nothing_yet(settings)
    return SqliteBus(
        path,
        partitions=settings.bus.partitions,
        clock=SystemClock(),
        retention=Retention(
            age=timedelta(days=settings.bus.retention_days), size=settings.bus.retention_bytes
        ),
    )


def open_index(settings: Settings, *, read_only: bool = False) -> EmbeddedIndex:
    """The index in the data folder."""
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


def nothing_yet(settings: Settings) -> BadConfiguration:
    return BadConfiguration(
        str(settings.data_dir),
        "holds no articles yet",
        "start `wirewatch run` first, or set WIREWATCH_DATA_DIR to the folder of one that runs",
    )
