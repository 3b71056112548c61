"""`wirewatch feeds …`: which feeds are watched."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

cli = typer.Typer(
    help="Which feeds are watched: find, add, remove, list, check, import and export.", no_args_is_help=True
)

Urls = Annotated[list[str], typer.Argument(metavar="URL…")]


@cli.command()
def remove(urls: Urls) -> None:
    """Stop watching feeds, named by URL or id. Their articles stay."""
    from app.watched_feeds import find_feed
    from app.watching import remove_feed
    from app.wiring import configured_bus

    with configured_bus() as bus:
        found = [find_feed(bus, url) for url in urls]
        for id in {each.id for each in found}:
            remove_feed(bus, id)
    for each in found:
        sys.stdout.write(f"removed: {each.url}\n")


@cli.command()
def pause(urls: Urls) -> None:
    """Keep feeds, but do not poll them until `feeds resume`."""
    _set_paused(urls, paused=True)


@cli.command()
def resume(urls: Urls) -> None:
    """Poll feeds again that were paused, or stopped because their site said that they are gone for good."""
    _set_paused(urls, paused=False)


@cli.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the OPML file; - for standard output.")] = Path(
        "-"
    ),
) -> None:
    """Write every watched feed as OPML, for any other reader."""
    from app.files import write_bytes
    from app.wiring import configured_bus
    from bus.channels import FEEDS
    from ingest.lists.opml import write_opml
    from ingest.lists.subscriptions import subscriptions

    with configured_bus() as bus:
        document = write_opml(subscriptions(bus.table(FEEDS)))
    write_bytes(file, document)


def _set_paused(urls: list[str], *, paused: bool) -> None:
    from app.watched_feeds import find_feed, with_pause
    from app.watching import change_feed
    from app.wiring import configured_bus

    now = datetime.now(UTC)
    with configured_bus() as bus:
        found = [find_feed(bus, url) for url in urls]
        for each in found:
            change_feed(bus, each.id, lambda feed: with_pause(feed, paused=paused, now=now), now=now)
    for each in found:
        sys.stdout.write(f"{'paused' if paused else 'resumed'}: {each.url}\n")
