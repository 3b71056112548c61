"""`wirewatch annotate`: texts in, findings out, without feeds, bus or index."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

MAX_LINE = 50_000_000


def register(cli: typer.Typer) -> None:
    cli.command("annotate")(annotate)


def annotate(
    file: Annotated[Path, typer.Argument(help="JSON lines; - for standard input.")] = Path("-"),
) -> None:
    """JSON lines {"id","title","text"} in, {"id","entities","places","topics",…} out, in the same order.

    A line that cannot be read is reported on stderr with its number; the others go on, and the exit code
    is 65.
    """
    from app.wiring import configured
    from article.errors import BadInput
    from enrich.annotate import annotate_lines
    from enrich.pipeline import Enricher

    bad = 0

    def refused(error: BadInput) -> None:
        nonlocal bad
        bad += 1
        sys.stderr.write(f"wirewatch: {file} {error}\n")

    settings = configured()
    out = sys.stdout.buffer
    with _opened(file) as stream, Enricher(settings.enrich) as enricher, _progress() as advance:
        lines = iter(lambda: stream.readline(MAX_LINE), b"")
        for line in annotate_lines(lines, enricher, refused):
            out.write(line + b"\n")
            out.flush()
            advance()
    if bad:
        raise typer.Exit(BadInput.exit_code)


@contextmanager
def _progress() -> Iterator[Callable[[], None]]:
    """Counts texts on a terminal, when the results go elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), "{task.completed} texts", TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda: progress.advance(task)


def _opened(file: Path) -> BinaryIO:
    from article.errors import BadInput

    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise BadInput(str(file), f"cannot be read: {error.strerror}") from error
