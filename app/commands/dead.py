"""`wirewatch dead …`: records that were given up, why, and giving them another try."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bus.envelope import Letter

cli = typer.Typer(
    help="Records that could not be processed: list them, look at one, send them on their way again.",
    no_args_is_help=True,
)

Places = Annotated[list[str] | None, typer.Argument(metavar="PLACE…", help="As `dead list` shows it.")]
Stage = Annotated[str, typer.Option(help="Only letters of this stage: ingest, enrich or index.")]


@cli.command("list")
def list_letters(
    stage: Stage = "",
    limit: Annotated[int, typer.Option(min=1, help="The most letters to show.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, one letter each.")] = False,
) -> None:
    """The letters that wait, oldest first: when, from where, and why."""
    shown = total = 0
    for letter in _waiting():
        if stage and letter.stage != stage:
            continue
        total += 1
        if shown < limit:
            shown += 1
            sys.stdout.write(_as_json(letter) if as_json else _line(letter))
    if not as_json:
        sys.stdout.write(f"{total} waiting" + (f", {shown} shown" if shown < total else "") + "\n")


@cli.command()
def show(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="As `dead list` shows it.")],
    raw: Annotated[bool, typer.Option("--raw", help="The record's bytes alone, as they were.")] = False,
) -> None:
    """One letter with its headers and its value."""
    from article.errors import BadInput
    from runtime.printable import printable, readable

    letter = next((each for each in _waiting() if each.place == place), None)
    if letter is None:
        raise BadInput(place, "no letter of this place waits", "see `wirewatch dead list`")
    if raw:
        sys.stdout.buffer.write(letter.message.value or b"")
        return
    sys.stdout.write(f"{letter.place}\n  given up by {letter.stage}: {letter.reason}\n")
    for name, value in letter.message.headers:
        sys.stdout.write(f"  {name}: {printable(value)}\n")
    sys.stdout.write(f"  key: {printable(letter.message.key.encode('utf-8', 'surrogateescape'))}\n\n")
    sys.stdout.write(readable(letter.message.value) + "\n")


@cli.command()
def redrive(
    places: Places = None,
    stage: Stage = "",
    everything: Annotated[bool, typer.Option("--all", help="Every letter that waits.")] = False,
) -> None:
    """Process letters again: put records back where they came from, each once."""
    from contextlib import closing

    from app import redrive as redriving
    from app.wiring import configured, open_bus, open_index
    from article.errors import BadInput

    named = set(places or ())
    if not named and not stage and not everything:
        raise typer.BadParameter("name the letters: PLACE…, --stage or --all")
    settings = configured()
    bus = open_bus(settings, create=False)
    try:
        done = redriving.redrive(
            bus,
            lambda letter: letter.place in named or letter.stage == stage or everything,
            lambda: closing(open_index(settings)),
        )
    finally:
        bus.close()
    for place, reason in done.refused.items():
        sys.stderr.write(f"wirewatch: {place}: still cannot be indexed: {reason}\n")
    sys.stdout.write(f"{done.sent} sent again, {done.left} waiting\n")
    if done.refused:
        raise typer.Exit(BadInput.exit_code)


def _waiting() -> Iterator[Letter]:
    from app.redrive import waiting
    from app.wiring import configured, open_bus

    bus = open_bus(configured(), create=False)
    try:
        yield from waiting(bus)
    finally:
        bus.close()


def _line(letter: Letter) -> str:
    from runtime.printable import printable

    when = letter.time.strftime("%Y-%m-%d %H:%M:%S")
    return f"{when}  {letter.place}  {letter.stage}  {printable(letter.reason)}\n"


def _as_json(letter: Letter) -> str:
    from bus.envelope import timestamp

    told = {
        "place": letter.place,
        "time": timestamp(letter.time),
        "stage": letter.stage,
        "reason": letter.reason,
        "channel": letter.channel.name if letter.channel else None,
        "key": letter.message.key.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        "bytes": len(letter.message.value or b""),
    }
    return json.dumps(told, ensure_ascii=False) + "\n"
