"""`wirewatch rebuild`: the index anew from the stream, with the findings there or with new ones."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.differences import Differences
    from bus.protocol import Bus
    from index.rebuild import Rebuilt
    from runtime.settings import Settings
    from runtime.shutdown import Stop

_READING = "Reading the stream"
_ANEW = "Reading the articles anew"


def register(cli: typer.Typer) -> None:
    cli.command("rebuild")(rebuild)


def rebuild(
    *,
    reenrich: Annotated[
        bool, typer.Option("--reenrich", help="Read the articles anew with the present models and lists.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --reenrich: show what would change, and change nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --reenrich: take the new index without asking.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object with counts, with --reenrich the differences.")
    ] = False,
) -> None:
    """Make the index anew from the stream while the old one serves, then put it in its place.

    Articles that the stream has forgotten are taken over from the old index. With --reenrich entities,
    places, topics and embeddings are made anew, too, and what changes is shown before the old index is
    replaced; the stream stays as it is. Broken off at any moment, the old index serves on; run it again. The
    embedded index has one writer: stop `wirewatch run` first, but for a --dry-run.
    """
    from app.wiring import configured, open_bus
    from runtime.shutdown import Stop

    if (dry_run or yes) and not reenrich:
        raise typer.BadParameter("--dry-run and --yes go with --reenrich")
    if reenrich and not (dry_run or yes or sys.stdin.isatty()):
        raise typer.BadParameter("nobody can be asked here: give --yes or --dry-run")
    settings = configured()
    stop = Stop()
    stop.on_signals()
    with ExitStack() as held:
        bus = open_bus(settings, create=False)
        held.callback(bus.close)
        if reenrich:
            _reenrich(settings, bus, stop=stop, held=held, dry_run=dry_run, yes=yes, as_json=as_json)
        else:
            _rebuild(settings, bus, stop=stop, held=held, as_json=as_json)


def _rebuild(settings: Settings, bus: Bus, *, stop: Stop, held: ExitStack, as_json: bool) -> None:
    from app.bar import bar
    from app.wiring import open_generations
    from bus.channels import ENRICHED
    from index.rebuild import rebuild as rebuild_index

    generations = open_generations(settings)
    held.callback(generations.close)
    with bar(_READING, bus.count(ENRICHED) or None) as show:
        done = rebuild_index(
            bus, generations, stop=stop, progress=lambda so_far: show(so_far.read, _now(so_far))
        )
    if as_json:
        sys.stdout.write(json.dumps({"read": done.read, "refused": done.refused, "kept": done.kept}) + "\n")
    else:
        sys.stdout.write(
            f"The index was made anew: {done.read} records of the stream, {done.refused} of them refused,"
            f" and {done.kept} articles of the old index that the stream has forgotten\n"
        )


def _now(done: Rebuilt) -> str:
    return f"Keeping {done.kept} older articles" if done.kept else _READING


def _reenrich(
    settings: Settings,
    bus: Bus,
    *,
    stop: Stop,
    held: ExitStack,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    from app.bar import bar
    from app.reenrich import Declined, NoGenerations, Reenrichment, reenrich
    from app.wiring import open_generations, open_serving
    from bus.channels import ENRICHED
    from enrich.pipeline import Enricher
    from runtime.clock import SystemClock

    enricher = held.enter_context(Enricher(settings.enrich))
    serving = open_serving(settings)
    if serving is not None:
        held.callback(serving.close)
    generations = NoGenerations() if dry_run else open_generations(settings)
    held.callback(generations.close)
    shown = held.enter_context(ExitStack())
    show = shown.enter_context(bar(_ANEW, bus.count(ENRICHED) or None))

    def approve(differences: Differences) -> bool:
        shown.close()  # the bar would be drawn over the question
        _print(differences, as_json=as_json)
        return dry_run or yes or _agreed(stop)

    how = Reenrichment(
        enricher=enricher,
        clock=SystemClock(),
        stop=stop,
        batch=settings.enrich.batch_articles,
        serving=serving,
        approve=approve,
        progress=lambda done: show(done, _ANEW),
    )
    try:
        reenrich(bus, generations, how)
    except Declined as error:
        sys.stderr.write("Nothing was changed: the old index serves on\n")
        raise typer.Exit(1) from error
    end = "Nothing was changed: this was a dry run" if dry_run else "The new index serves"
    sys.stderr.write(f"{end}\n")


def _print(differences: Differences, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(differences.as_json(), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in differences.lines()))
    sys.stdout.flush()


def _agreed(stop: Stop) -> bool:
    """The answer of the person at the terminal; no where the process is asked to stop before there is one."""
    import select

    sys.stderr.write("Put the new index in the place of the old one? [y/N] ")
    sys.stderr.flush()
    while not stop.is_set():
        if select.select([sys.stdin], [], [], 0.2)[0]:
            return sys.stdin.readline().strip().lower() in ("y", "yes")
    return False
