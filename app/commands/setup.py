"""`wirewatch setup`: make what the stages need, as often as one likes."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from runtime.settings import Settings


def register(cli: typer.Typer) -> None:
    cli.command("setup")(setup)


def setup(
    *,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to keep trying for while a server is away.")
    ] = 0.0,
) -> None:
    """Create channels, index templates and Kibana's saved objects, or bring them up to this release.

    Nothing is deleted, and doing it again changes nothing.
    """
    from app.wiring import configured
    from runtime.backoff import Backoff, patiently
    from runtime.shutdown import Stop

    settings = configured()
    until = time.monotonic() + wait
    waits = Backoff(base=1.0, cap=5.0)
    for step in (_bus, _index, _kibana):
        done = patiently(
            partial(step, settings),
            component="setup",
            event="setup.waiting",
            stop=Stop(),
            backoff=waits,
            until=until,
        )
        sys.stdout.write(done + "\n")
        sys.stdout.flush()


def _bus(settings: Settings) -> str:
    if not settings.bus.kafka.bootstrap_servers:
        from app.wiring import open_bus

        open_bus(settings).close()
        return f"channels: in {settings.data_dir.absolute() / 'log.db'}"
    from bus.kafka import setup_kafka

    made = setup_kafka(settings.bus)
    told = ", ".join(f"{name} ({partitions})" for name, partitions in made.items())
    return f"channels, with their partitions, on {settings.bus.kafka.bootstrap_servers}: {told}"


def _index(settings: Settings) -> str:
    if not settings.index.elastic.url:
        return "index: the embedded one needs nothing"
    from index.elastic import setup_index

    setup_index(settings.index.elastic)
    return f"index: templates and alias {settings.index.elastic.index_prefix} in Elasticsearch"


def _kibana(settings: Settings) -> str:
    if not settings.kibana.url:
        return "Kibana: not configured (kibana.url)"
    from index.kibana import import_saved_objects

    count = import_saved_objects(settings.kibana, alias=settings.index.elastic.index_prefix)
    return f"Kibana: {count} saved objects imported"
