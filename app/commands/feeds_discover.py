"""`wirewatch feeds discover`: which feeds a site has."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ingest.lists.discover import FoundFeed
    from runtime.settings import Settings


def register(cli: typer.Typer) -> None:
    cli.command("discover")(discover)


def discover(
    url: Annotated[str, typer.Argument(help="A site, one of its pages, or a feed.")],
    everywhere: Annotated[
        bool,
        typer.Option(
            "--all", help="Look at the usual places and sitemaps, too; --add then takes all that is found."
        ),
    ] = False,
    add: Annotated[bool, typer.Option("--add", help="Watch the first feed that is found.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, one feed each.")] = False,
) -> None:
    """Find the feeds of a site: each that is listed was fetched and read. Feeds of comments come last.

    The exit code is 65 where there is no feed, and 69 where the site cannot be reached.
    """
    from app.wiring import configured

    settings = configured()
    address = url.strip() if "://" in url or url.startswith("feed:") else f"https://{url.strip()}"
    found = asyncio.run(_discover(address, settings, everywhere=everywhere))
    if as_json:
        for feed in found:
            sys.stdout.write(json.dumps(_as_json(feed), ensure_ascii=False) + "\n")
    else:
        _print_table(found)
    if add:
        _add([feed.url for feed in found if not feed.comments] or [found[0].url], all_of_them=everywhere)


async def _discover(url: str, settings: Settings, *, everywhere: bool) -> tuple[FoundFeed, ...]:
    from ingest.fetch.client import Fetcher
    from ingest.lists.discover import discover as discover_feeds
    from ingest.urls import checked_feed_url

    checked = checked_feed_url(url)
    async with Fetcher(settings.ingest) as fetcher:
        return await discover_feeds(
            checked,
            fetcher,
            now=datetime.now(UTC),
            max_entries=settings.ingest.max_entries,
            everywhere=everywhere,
        )


def _add(urls: list[str], *, all_of_them: bool) -> None:
    from app.commands.feeds_add import watch

    for line in watch(urls if all_of_them else urls[:1]):
        sys.stderr.write(f"{line}\n")


def _as_json(feed: FoundFeed) -> dict[str, object]:
    from bus.envelope import timestamp

    return {
        "url": feed.url,
        "title": feed.title,
        "format": feed.format,
        "entries": feed.entries,
        "newest": timestamp(feed.newest) if feed.newest else None,
        "found_as": feed.source,
        "comments": feed.comments,
    }


def _print_table(found: Sequence[FoundFeed]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 1))
    for heading in ("feed", "format", "entries", "newest"):
        table.add_column(heading, justify="right" if heading == "entries" else "left", overflow="fold")
    for feed in found:
        title = f"{feed.title} (comments)" if feed.comments else feed.title
        table.add_row(
            f"{escape(title)}\n[dim]{escape(feed.url)}[/dim]",
            feed.format,
            str(feed.entries),
            f"{feed.newest:%Y-%m-%d %H:%M}" if feed.newest else "",
        )
    Console().print(table)
