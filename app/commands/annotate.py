"""`wirewatch annotate`: texts in, findings out, without feeds, bus or index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

if TYPE_CHECKING:
    from enrich.findings import Text

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
    from enrich.annotate import findings_line
    from enrich.pipeline import Enricher

    settings = configured()
    lines = Lines(file)
    enricher = Enricher(settings.enrich)
    out = sys.stdout.buffer
    for findings in enricher.stream(lines.texts()):
        out.write(findings_line(findings))
        if sys.stdout.isatty():
            out.flush()
    out.flush()
    if lines.bad:
        raise typer.Exit(BadInput.exit_code)


class Lines:
    """The texts of a file of JSON lines; counts the lines that hold none."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.bad = 0

    def texts(self) -> Iterator[Text]:
        from article.errors import BadInput
        from enrich.annotate import parse_line

        with _opened(self._file) as stream:
            number = 0
            while line := stream.readline(MAX_LINE):
                number += 1
                if not line.strip():
                    continue
                try:
                    yield parse_line(line)
                except BadInput as error:
                    self.bad += 1
                    sys.stderr.write(f"wirewatch: {self._file} line {number}: {error.problem}\n")


def _opened(file: Path) -> BinaryIO:
    from article.errors import BadInput

    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise BadInput(str(file), f"cannot be read: {error.strerror}") from error
