"""`wirewatch rebuild`: the index anew from the stream."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from index.rebuild import Rebuilt


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
            with _progress(bus.count(ENRICHED)) as progress:
                done = rebuild_index(bus, generations, stop=stop, progress=progress)
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


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Rebuilt], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading the stream", total=total or None)

        def show(done: Rebuilt) -> None:
            what = "Reading the stream" if not done.kept else f"Keeping {done.kept} older articles"
            bar.update(task, completed=done.read, description=what)

        yield show
