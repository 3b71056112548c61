"""`wirewatch annotate`: texts in, findings out, without feeds, bus or index."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from itertools import count
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
    from enrich.annotate import format_line
    from enrich.pipeline import Enricher

    settings = configured()
    out = sys.stdout.buffer
    with _opened(file) as stream, Enricher(settings.enrich) as enricher:
        lines = Lines(file, stream)
        for findings in enricher.stream(lines.texts()):
            out.write(format_line(lines.ids.popleft(), findings) + b"\n")
            out.flush()
    if lines.bad:
        raise typer.Exit(BadInput.exit_code)


class Lines:
    """The texts of a file of JSON lines; keeps their ids in order and counts the lines that hold none."""

    def __init__(self, file: Path, stream: BinaryIO) -> None:
        self._file = file
        self._stream = stream
        self.ids: deque[str] = deque()
        self.bad = 0

    def texts(self) -> Iterator[Text]:
        from article.errors import BadInput
        from enrich.annotate import parse_line

        for number in count(1):
            line = self._stream.readline(MAX_LINE)
            if not line:
                return
            if not line.strip():
                continue
            try:
                text = parse_line(line, number)
            except BadInput as error:
                self.bad += 1
                sys.stderr.write(f"wirewatch: {self._file} {error}\n")
                continue
            self.ids.append(text.id)
            yield text


def _opened(file: Path) -> BinaryIO:
    from article.errors import BadInput

    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise BadInput(str(file), f"cannot be read: {error.strerror}") from error
