"""`wirewatch searches …`: searches that are kept, and where their matches are sent."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.desks.searches import BusSearchesDesk
    from web.searches.desk import KeptSearch

cli = typer.Typer(
    help="Saved searches: add, list, remove, and try their webhooks out (docs/consuming.md).",
    no_args_is_help=True,
)

Id = Annotated[str, typer.Argument(metavar="ID", help="As `searches list` shows it.")]


@cli.command("add")
def add(
    query: Annotated[str, typer.Argument(help='As for `wirewatch search`; entity:"kb:hamas" watches one.')],
    name: Annotated[str, typer.Option(help="What to call it; the query itself where nothing is given.")] = "",
    webhook: Annotated[str, typer.Option(help="Where to send each article that matches.")] = "",
) -> None:
    """Keep a search. The secret of its webhook is shown this once."""
    from notify.searches import checked_url
    from web.searches.desk import NewSearch, NewWebhook

    if webhook:
        checked_url(webhook)
    with _desk(create=True) as desk:
        kept = desk.save(NewSearch(query=query, name=name))
        sys.stdout.write(f"{kept.id}  {kept.name}\n")
        if webhook:
            made = desk.set_webhook(kept.id, NewWebhook(url=webhook))
            sys.stdout.write(f"webhook  {made.address}\nsecret   {made.secret}\n")


@cli.command("list")
def show(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """The searches that are kept, by name."""
    with _desk() as desk:
        for search in desk.searches():
            sys.stdout.write(_as_json(search) if as_json else _line(search))


@cli.command("remove")
def remove(id: Id) -> None:
    """Keep a search no longer, with its webhook and what waits for that."""
    with _desk() as desk:
        search = desk.search(id)
        desk.remove(id, version=search.version)
        sys.stdout.write(f"removed: {search.name}\n")


@cli.command("test")
def test(id: Id) -> None:
    """Send a test to a search's webhook; exit code 69 where it is not taken."""
    from article.errors import Unavailable

    with _desk() as desk:
        tested = desk.test_webhook(id)
    if tested.problem:
        raise Unavailable(f"the webhook of {id}", tested.problem, "look at the receiver's log")
    sys.stdout.write("taken\n")


@contextmanager
def _desk(*, create: bool = False) -> Iterator[BusSearchesDesk]:
    from app.desks.searches import BusSearchesDesk
    from app.wiring import configured, open_bus
    from runtime.clock import SystemClock

    settings = configured()
    bus = open_bus(settings, create=create)
    try:
        yield BusSearchesDesk(bus, settings.notify, now=SystemClock().now)
    finally:
        bus.close()


def _line(search: KeptSearch) -> str:
    hook = search.webhook
    sent = f"  → {hook.address}" + (f" (stopped: {hook.stopped})" if hook.stopped else "") if hook else ""
    return f"{search.id}  {search.name}  [{search.query}]{sent}\n"


def _as_json(search: KeptSearch) -> str:
    from bus.envelope import timestamp

    hook = search.webhook
    told = {
        "id": search.id,
        "name": search.name,
        "query": search.query,
        "created": timestamp(search.created),
        "changed": timestamp(search.changed),
        "webhook": {"address": hook.address, "created": timestamp(hook.created), "stopped": hook.stopped}
        if hook
        else None,
    }
    return json.dumps(told, ensure_ascii=False) + "\n"
