"""`wirewatch why URL|ID`: one article's way through."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.account import Account
    from index.protocol import ArticleIndex
    from runtime.settings import Settings


def register(cli: typer.Typer) -> None:
    cli.command("why")(why)


def why(
    article: Annotated[str, typer.Argument(metavar="URL|ID", help="The article's address or its id.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Everything known about one article: where it was seen, what was made of it, where it is now."""
    from app.account import account_of, id_of
    from app.wiring import configured, open_bus

    settings = configured()
    bus = open_bus(settings, create=False)
    index = _index(settings)
    try:
        account = account_of(id_of(article), bus, index)
    finally:
        bus.close()
        if index is not None:
            index.close()
    sys.stdout.write(_as_json(account) if as_json else _told(account))


def _index(settings: Settings) -> ArticleIndex | None:
    from app.wiring import open_index
    from article.errors import BadConfiguration, Unavailable

    try:
        return open_index(settings, read_only=True)
    except (BadConfiguration, Unavailable):
        return None


def _told(account: Account) -> str:
    lines = [f"{account.id}: {account.outcome}"]
    lines += [f"  {event.time:%Y-%m-%d %H:%M:%S}  {event.stage:<6}  {event.what}" for event in account.events]
    if account.feeds:
        lines.append(f"  in the last poll of {len(account.feeds)} feed(s): {', '.join(account.feeds)}")
    if account.index_problem:
        lines.append(f"  the index could not be asked: {account.index_problem}")
    return "\n".join(lines) + "\n"


def _as_json(account: Account) -> str:
    from bus.envelope import timestamp

    told = {
        "id": account.id,
        "outcome": account.outcome,
        "revision": account.revision,
        "indexed": account.indexed,
        "feeds": list(account.feeds),
        "events": [
            {"time": timestamp(event.time), "stage": event.stage, "what": event.what}
            for event in account.events
        ],
        "index_problem": account.index_problem,
    }
    return json.dumps(told, ensure_ascii=False) + "\n"
