"""The bus of one machine: one SQLite file in WAL mode that any number of processes share."""

from bus.sqlite.bus import SqliteBus
from bus.sqlite.retention import Retention

__all__ = ["Retention", "SqliteBus"]
