"""`wirewatch rebuild`: the index anew from the stream."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from index.rebuild import Rebuilt

_READING = "Reading the stream"


def register(cli: typer.Typer) -> None:
    cli.command("rebuild")(rebuild)


def rebuild(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object with read, refused and kept.")
    ] = False,
) -> None:
    """Make the index anew from the stream while the old one serves, then put it in its place.

    Articles that the stream has forgotten are taken over from the old index. Broken off at any moment, the
    old index serves on; run it again. The embedded index has one writer: stop `wirewatch run` first.
    """
    from app.bar import bar
    from app.wiring import configured, open_bus, open_generations
    from bus.channels import ENRICHED
    from index.rebuild import rebuild as rebuild_index
    from runtime.shutdown import Stop

    settings = configured()
    stop = Stop()
    stop.on_signals()
    bus = open_bus(settings, create=False)
    try:
        generations = open_generations(settings)
        try:
            with bar(_READING, bus.count(ENRICHED) or None) as show:
                done = rebuild_index(
                    bus, generations, stop=stop, progress=lambda so_far: show(so_far.read, _now(so_far))
                )
        finally:
            generations.close()
    finally:
        bus.close()
    if as_json:
        sys.stdout.write(json.dumps({"read": done.read, "refused": done.refused, "kept": done.kept}) + "\n")
    else:
        sys.stdout.write(
            f"The index was made anew: {done.read} records of the stream, {done.refused} of them refused,"
            f" and {done.kept} articles of the old index that the stream has forgotten\n"
        )


def _now(done: Rebuilt) -> str:
    return f"Keeping {done.kept} older articles" if done.kept else _READING
