"""`wirewatch why URL|ID`: one article's way through, and where it was never seen, how its feeds stand."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.account import Account, Standing
    from app.sightings import Sighting
    from bus.protocol import Bus
    from index.protocol import ArticleIndex
    from runtime.settings import Settings


def register(cli: typer.Typer) -> None:
    cli.command("why")(why)


def why(
    article: Annotated[str, typer.Argument(metavar="URL|ID", help="The article's address or its id.")],
    thorough: Annotated[
        bool,
        typer.Option(
            "--thorough",
            help="Read the whole stream for an article whose page gives this address or whose entry this id.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Everything known about one article: which feeds showed it, what was made of it, where it is now.

    Of an address that no feed has shown: the watched feeds of its site, and how they stand.
    """
    from app.wiring import configured, open_bus

    settings = configured()
    bus = open_bus(settings, create=False)
    index = _index(settings)
    try:
        account = _account(article, bus, index, thorough=thorough)
    finally:
        bus.close()
        if index is not None:
            index.close()
    sys.stdout.write(_as_json(account) if as_json else _told(account))


def _account(article: str, bus: Bus, index: ArticleIndex | None, *, thorough: bool) -> Account:
    from app.account import account_of, expected_from, id_of
    from app.look_through import look_through
    from app.watched_feeds import watched

    account = account_of(id_of(article), bus, index)
    if account.is_unknown and thorough and (id := look_through(bus, article)):
        return account_of(id, bus, index)
    return expected_from(account, article, watched(bus)) if account.is_unknown else account


def _index(settings: Settings) -> ArticleIndex | None:
    from app.wiring import open_index
    from article.errors import BadConfiguration, Unavailable

    try:
        return open_index(settings, read_only=True)
    except (BadConfiguration, Unavailable):
        return None


def _told(account: Account) -> str:
    lines = [f"{account.id}: {account.outcome}"]
    lines += [f"  {_shown(event.time)}  {event.stage:<6}  {event.what}" for event in account.events]
    for sighting in account.feeds:
        lines += _told_sighting(sighting)
    for standing in account.watched:
        lines += _told_standing(standing)
    if account.is_unknown:
        lines.append("  `--thorough` looks for an article whose page gives another address")
    if account.index_problem:
        lines.append(f"  the index could not be asked: {account.index_problem}")
    return "\n".join(lines) + "\n"


def _told_sighting(sighting: Sighting) -> Iterator[str]:
    yield f"  in {sighting.title or sighting.url} ({sighting.url}):"
    until = "still shown at" if sighting.is_shown else "last shown at"
    yield f"    first shown {_shown(sighting.first_shown)}, {until} {_shown(sighting.last_shown)}"
    at = _shown(sighting.published)
    yield {
        "published": f"    published {at}",
        "revised": f"    revised, the last of {sighting.revisions} times {at}",
        "held back": f"    held back: its text changes at every fetch; last published {at}",
        "dead": f"    given up {at}: {sighting.reason}",
    }[sighting.outcome]
    if sighting.page_due:
        yield f"    its page could not be had, and is tried again {_shown(sighting.page_due)}"


def _told_standing(standing: Standing) -> Iterator[str]:
    from ingest.rhythm.health import health
    from ingest.urls import without_credentials

    feed, state = standing
    fares = health(feed, state, datetime.now(UTC))[0]
    yield f"  {without_credentials(feed.url)}: {fares.word}; {fares.explanation}"
    if state and state.polled:
        following = f"next {_shown(state.next_poll)}" if state.next_poll else "not polled again"
        yield f"    polled {_shown(state.polled)}, {following}; {state.entries} entries remembered"


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _as_json(account: Account) -> str:
    from dataclasses import asdict

    from app.watched_feeds import listed
    from bus.envelope import timestamp
    from ingest.rhythm.health import health

    now = datetime.now(UTC)
    told = {
        "id": account.id,
        "outcome": account.outcome,
        "revision": account.revision,
        "indexed": account.indexed,
        "feeds": [asdict(sighting) for sighting in account.feeds],
        "events": [asdict(event) for event in account.events],
        "watched": [listed(feed, state, health(feed, state, now)) for feed, state in account.watched],
        "index_problem": account.index_problem,
    }
    return json.dumps(told, ensure_ascii=False, default=timestamp) + "\n"
