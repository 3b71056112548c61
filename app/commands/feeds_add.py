"""`wirewatch feeds add` and `feeds import`: what is to be watched, each feed once, however it is spelt."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_SHOW_EVERY = 100  # feeds between two looks of the progress bar

Force = Annotated[
    bool,
    typer.Option(help='Add a feed although one is watched that differs in https, "www." or a last slash.'),
]


class ListFormat(StrEnum):
    """As `ingest.lists.reading.Format`; here, because --help must not load the stage."""

    opml = "opml"
    csv = "csv"
    json = "json"
    lines = "lines"


def register(cli: typer.Typer) -> None:
    cli.command("add")(add)
    cli.command("import")(import_feeds)


def add(
    urls: Annotated[list[str], typer.Argument(metavar="URL…")],
    title: Annotated[str, typer.Option(help="What to call it until the feed says its own title.")] = "",
    category: Annotated[str, typer.Option(help="Folder in an OPML export, such as World/Asia.")] = "",
    force: Force = False,
) -> None:
    """Watch feeds. One that is watched already, in whatever spelling, is said and left as it is."""
    for line in watch(urls, title=title, category=category, force=force):
        sys.stdout.write(f"{line}\n")


def watch(urls: list[str], *, title: str = "", category: str = "", force: bool = False) -> list[str]:
    """Adds the feeds; a line for each that says what became of it."""
    from app.watching import already
    from app.wiring import configured_bus
    from ingest.lists.adding import Adder
    from ingest.lists.subscriptions import subscription
    from ingest.urls import without_credentials

    now = datetime.now(UTC)
    wanted = [subscription(url, title=title, category=category, now=now) for url in urls]
    with configured_bus(create=True) as bus:
        adder = Adder(bus, now=now, force=force)
        matches = [adder.add(feed) for feed in wanted]
        adder.flush()
    return [
        already(feed, match, way_out="if it is another feed, add it with --force")
        if match
        else f"added: {without_credentials(feed.url)}"
        for feed, match in zip(wanted, matches, strict=True)
    ]


def import_feeds(
    file: Annotated[Path, typer.Argument(help="The list; - for standard input.")],
    format: Annotated[
        ListFormat | None, typer.Option(help="What the list is, where it is not recognised from its content.")
    ] = None,
    force: Force = False,
) -> None:
    """Watch every feed of a list: OPML, CSV, JSON, JSON lines, or an address a line.

    What is no address of a feed is said with its line and left out; the exit code is then 65.
    """
    from app.bar import bar
    from app.files import read_bytes
    from app.watching import take_in
    from app.wiring import configured_bus
    from article.errors import BadInput
    from ingest.lists.reading import parse_list

    now = datetime.now(UTC)
    listed = list(parse_list(read_bytes(file), format.value if format else None))
    if not listed:
        raise BadInput(str(file), "lists no feeds", "say with --format what kind of list it is")
    with configured_bus(create=True) as bus, bar("Adding feeds", len(listed)) as show:

        def progress(done: int) -> None:
            if done % _SHOW_EVERY == 0:
                show(done, "Adding feeds")

        taken = take_in(bus, listed, now=now, force=force, progress=progress)
    for line in taken.said:
        sys.stderr.write(f"wirewatch: {file}: {line}\n")
    sys.stdout.write(f"{taken.new} added, {taken.known} already watched, {taken.bad} left out\n")
    if taken.bad:
        raise typer.Exit(BadInput.exit_code)
