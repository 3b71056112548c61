"""`wirewatch feeds list` and `feeds check`: how feeds fare, and why."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from article.tables import FeedState, Subscription
    from bus.protocol import Bus
    from ingest.look import Look
    from ingest.rhythm.health import Health
    from runtime.settings import Settings


def register(cli: typer.Typer) -> None:
    cli.command("list")(list_feeds)
    cli.command("check")(check)


def list_feeds(
    unwell: Annotated[
        bool, typer.Option("--unwell", help="Only those that a person should look at.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, one feed each.")] = False,
) -> None:
    """Every feed with its health: last and next poll, entries, what is wrong and what to do."""
    from app.watched_feeds import listed, watched
    from app.wiring import configured_bus
    from ingest.rhythm.health import health

    now = datetime.now(UTC)
    with configured_bus() as bus:
        rows = [(feed, state, health(feed, state, now)) for feed, state in watched(bus)]
    shown = [row for row in rows if row[2][0].unwell or not unwell]
    if as_json:
        for row in shown:
            sys.stdout.write(json.dumps(listed(*row), ensure_ascii=False) + "\n")
    elif shown:
        _print_table(shown)
    else:
        sys.stdout.write(f"all {len(rows)} feeds are well\n" if rows else "no feeds are watched\n")


def check(
    feed: Annotated[str, typer.Argument(metavar="URL|ID", help="A feed; with --now one not watched, too.")],
    live: Annotated[
        bool, typer.Option("--now", help="Poll it now, and say what that would lead to; nothing is kept.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Explain one feed: how it fares, why it is polled when it is, what is trusted, what may be missing.

    With --now the exit code is 69 where the feed cannot be had, and 65 where what it gives is no feed.
    """
    from app.watched_feeds import checked, hub_row
    from app.wiring import configured, open_bus
    from article.errors import BadInput, Unavailable
    from ingest.rhythm.checkup import explained
    from ingest.rhythm.health import health

    settings = configured()
    bus = open_bus(settings, create=False)
    try:
        found, state = _found(bus, feed, unwatched=live)
        looked = _look(bus, found, state, settings) if live else None
        now = datetime.now(UTC)
        hub = hub_row(bus, state, now)
    finally:
        bus.close()
    told = health(found, state, now)
    rows = explained(found, state, now=now, settings=settings.ingest) | hub
    if as_json:
        now_found = {"now": _as_json(looked)} if looked else {}
        sys.stdout.write(json.dumps(checked(found, state, told, rows) | now_found, ensure_ascii=False) + "\n")
    else:
        _print_check(found, state, told, rows | (_told(looked) if looked else {}))
    if looked and looked.decision.state.problem:
        raise typer.Exit((BadInput if looked.fetched.body_hash else Unavailable).exit_code)


def _found(bus: Bus, url_or_id: str, *, unwatched: bool) -> tuple[Subscription, FeedState | None]:
    """The feed and how it stands; with `unwatched`, a feed that nobody watches is as if it were added now."""
    from app.watched_feeds import find_feed, state_of
    from article.errors import BadInput
    from ingest.lists.subscriptions import subscription

    try:
        feed = find_feed(bus, url_or_id)
    except BadInput:
        if not unwatched:
            raise
        return subscription(url_or_id, now=datetime.now(UTC)), None
    return feed, state_of(bus, feed)


def _look(bus: Bus, feed: Subscription, state: FeedState | None, settings: Settings) -> Look:
    from article.codec import decode
    from article.tables import FeedMemory
    from bus.channels import FEED_MEMORY
    from ingest.look import look
    from runtime.clock import SystemClock

    value = bus.table(FEED_MEMORY).get([feed.id]).get(feed.id)
    memory = decode(FeedMemory, value) if value is not None else None
    return asyncio.run(look(feed, state, memory, settings=settings.ingest, clock=SystemClock()))


def _as_json(looked: Look) -> dict[str, object]:
    after = looked.decision.state
    return {
        "status": after.status,
        "problem": after.problem,
        "format": after.format,
        "unchanged": looked.fetched.parsed is None and not after.problem,
        "articles": [
            {"outcome": draft.outcome, "title": draft.article.title, "url": draft.article.url}
            for draft in looked.decision.drafts
        ],
        "interval": after.interval,
        "reason": after.reason,
    }


def _told(looked: Look) -> dict[str, str]:
    from ingest.rhythm.durations import lasting

    after, fetched = looked.decision.state, looked.fetched
    if after.problem:
        return {"polled now": after.problem, "it would": after.stopped or f"be tried again: {after.reason}"}
    drafts = looked.decision.drafts
    new = sum(draft.outcome == "published" for draft in drafts)
    what = f"{new} new entries, {len(drafts) - new} changed ones, {after.flow.window} in all"
    return {
        "polled now": f"status {fetched.status}, {'unchanged' if fetched.parsed is None else what}",
        "it would": f"be polled every {lasting(after.interval)}: {after.reason}",
    }


def _print_check(
    feed: Subscription, state: FeedState | None, told: Sequence[Health], rows: Mapping[str, str]
) -> None:
    from ingest.urls import without_credentials

    title = (state.title if state else "") or feed.title
    lines = [title] if title else []
    lines.append(f"{without_credentials(feed.url)} ({feed.id})")
    for each in told:
        lines.append(f"  {each.word}: {each.explanation}")
        lines += [f"    {each.remedy}"] if each.remedy else []
    width = max(len(name) for name in rows)
    lines += ["", *(f"  {name:<{width}}  {text}" for name, text in rows.items())]
    sys.stdout.write("\n".join(lines) + "\n")


def _print_table(rows: Sequence[tuple[Subscription, FeedState | None, Sequence[Health]]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from ingest.urls import without_credentials

    table = Table(box=None, padding=(0, 1))
    for heading in ("feed", "last poll", "next poll", "entries", "health"):
        table.add_column(heading, justify="right" if heading == "entries" else "left", overflow="fold")
    for feed, state, told in rows:
        title = (state.title if state else "") or feed.title
        times = (state.polled, state.next_poll) if state else (None, None)
        table.add_row(
            f"{escape(title)}\n[dim]{escape(without_credentials(feed.url))}[/dim]",
            *(f"{moment:%m-%d %H:%M}" if moment else "" for moment in times),
            str(state.entries) if state else "",
            "\n".join(_line(each) for each in told),
        )
    Console().print(table)


def _line(health: Health) -> str:
    from rich.markup import escape

    colour = "red" if health.unwell else "green"
    remedy = f" [dim]({escape(health.remedy)})[/dim]" if health.remedy else ""
    return f"[{colour}]{health.word}[/{colour}] {escape(health.explanation)}{remedy}"
