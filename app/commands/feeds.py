"""`wirewatch feeds …`: which feeds are watched, and how they stand."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from article.tables import FeedState, Subscription
    from bus.protocol import Bus

cli = typer.Typer(
    help="Which feeds are watched: find, add, remove, list, import and export.", no_args_is_help=True
)

Urls = Annotated[list[str], typer.Argument(metavar="URL…")]


@cli.command()
def remove(urls: Urls) -> None:
    """Stop watching feeds, named by URL or id. Their articles stay."""
    from app.wiring import configured_bus
    from ingest.subscriptions import removed

    with configured_bus() as bus:
        found = [_find(bus, url) for url in urls]
        bus.publish([removed(each.id) for each in found])
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


@cli.command("list")
def list_feeds(
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, one feed each.")] = False,
) -> None:
    """Every feed with its health: last and next poll, entries, what went wrong."""
    from app.wiring import configured_bus
    from article.codec import decode
    from article.tables import FeedState
    from bus.channels import FEED_STATE, FEEDS
    from ingest.subscriptions import subscriptions

    with configured_bus() as bus:
        feeds = subscriptions(bus.table(FEEDS))
        values = bus.table(FEED_STATE).get([each.id for each in feeds])
    rows = [(each, decode(FeedState, values[each.id]) if each.id in values else None) for each in feeds]
    if as_json:
        for feed, state in rows:
            sys.stdout.write(json.dumps(_as_json(feed, state), ensure_ascii=False) + "\n")
    else:
        _print_table(rows)


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
    from ingest.opml import write_opml
    from ingest.subscriptions import subscriptions

    with configured_bus() as bus:
        document = write_opml(subscriptions(bus.table(FEEDS)))
    write_bytes(file, document)


def _set_paused(urls: list[str], *, paused: bool) -> None:
    from dataclasses import replace

    from app.wiring import configured_bus
    from ingest.subscriptions import added

    with configured_bus() as bus:
        found = [_find(bus, url) for url in urls]
        now = datetime.now(UTC)
        changed = [replace(each, paused=paused, resumed=each.resumed if paused else now) for each in found]
        bus.publish([added(each, now=now) for each in changed])
    for each in found:
        sys.stdout.write(f"{'paused' if paused else 'resumed'}: {each.url}\n")


def _find(bus: Bus, url_or_id: str) -> Subscription:
    from article.codec import decode
    from article.errors import BadInput
    from article.identity import feed_id
    from article.tables import Subscription
    from bus.channels import FEEDS

    found = bus.table(FEEDS).get([url_or_id, feed_id(url_or_id)])
    for value in found.values():
        return decode(Subscription, value)
    raise BadInput(url_or_id, "is not watched", "see `wirewatch feeds list`")


def _as_json(feed: Subscription, state: FeedState | None) -> dict[str, object]:
    from dataclasses import asdict

    from article.counts import Counts
    from bus.envelope import timestamp

    def time(moment: datetime | None) -> str | None:
        return timestamp(moment) if moment else None

    return {
        "id": feed.id,
        "url": feed.url,
        "title": (state.title if state else "") or feed.title,
        "category": feed.category,
        "paused": feed.paused,
        "polled": time(state.polled) if state else None,
        "succeeded": time(state.succeeded) if state else None,
        "next_poll": time(state.next_poll) if state else None,
        "status": state.status if state else None,
        "failures": state.failures if state else 0,
        "problem": state.problem if state else "",
        "notes": list(state.notes) if state else [],
        "entries": state.entries if state else 0,
        "counts": asdict(state.counts if state else Counts()),
    }


def _print_table(rows: list[tuple[Subscription, FeedState | None]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 1))
    for heading in ("feed", "last poll", "next poll", "entries", "health"):
        table.add_column(heading, justify="right" if heading == "entries" else "left", overflow="fold")
    for feed, state in rows:
        title = (state.title if state else "") or feed.title
        times = [moment.strftime("%m-%d %H:%M") if moment else "" for moment in
                 ((state.polled, state.next_poll) if state else (None, None))]  # fmt: skip
        table.add_row(
            f"{escape(title)}\n[dim]{escape(feed.url)}[/dim]",
            *times,
            str(state.entries) if state else "",
            _health(feed, state),
        )
    Console().print(table)


def _health(feed: Subscription, state: FeedState | None) -> str:
    from rich.markup import escape

    if feed.paused:
        return "paused"
    if state is None:
        return "not polled yet"
    if state.failures:
        return f"[red]{escape(state.problem)}[/red] [dim]({state.failures} in a row)[/dim]"
    return "[green]well[/green]" + (
        f" [dim]{escape('; '.join(state.notes[:2]))}[/dim]" if state.notes else ""
    )
