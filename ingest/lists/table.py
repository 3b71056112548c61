"""Lists of feeds as tables: delimiter, header and columns are found out from the content."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from article.errors import BadInput
from ingest.formats.text import one_line
from ingest.lists.listed import CATEGORY_NAMES, TITLE_NAMES, URL_NAMES, ListedFeed, plain_name

_DELIMITERS = "\t;|,"
_SAMPLE_ROWS = 50
_ADDRESS = re.compile(r"\s*(?:https?|feed|rss):", re.IGNORECASE)
_NAME = re.compile(r"\s*[^\W\d_][^/=.]*\s*|.*\S\s+\S.*")  # reads like a title, not like a piece of an address


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """Where things stand in a row; `header` says whether the first row names them."""

    url: int
    title: int | None
    category: int | None
    header: bool


def parse_csv(text: str, *, certain: bool) -> Iterator[ListedFeed] | None:
    """The feeds of the table, or None where `text` is none: one address a line, for example.

    With `certain` it is a table for sure. Raises BadInput, while being read, for a row that never ends.
    """
    for delimiter in _DELIMITERS:
        try:
            sample = [row for _, row in islice(_rows(text, delimiter), _SAMPLE_ROWS)]
        except BadInput:
            continue
        columns = _columns(sample)
        if columns is not None and _is_table(sample, columns):
            return _feeds(text, delimiter, columns)
    if certain:
        return _feeds(text, ",", _Columns(url=0, title=1, category=2, header=False))
    return None


def _feeds(text: str, delimiter: str, columns: _Columns) -> Iterator[ListedFeed]:
    def cell(row: Sequence[str], column: int | None) -> str:
        return row[column].strip() if column is not None and column < len(row) else ""

    first = True
    for number, row in _rows(text, delimiter):
        if not (first and columns.header):
            yield ListedFeed(
                where=f"line {number}",
                url=cell(row, columns.url),
                title=one_line(cell(row, columns.title)),
                category=one_line(cell(row, columns.category)),
            )
        first = False


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with something in them and no comments, each with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    number = 1
    try:
        for row in reader:
            begins, number = number, reader.line_num + 1
            if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#"):
                yield begins, row
    except csv.Error as error:
        raise BadInput(
            "CSV", f"line {number}: {error}", 'look for a quotation mark " without its other'
        ) from error


def _columns(sample: Sequence[Sequence[str]]) -> _Columns | None:
    """The columns by their names, or else by what stands in them."""
    if not sample or (len(sample[0]) == 1 and any(mark in sample[0][0] for mark in _DELIMITERS)):
        return None
    names = [plain_name(cell) for cell in sample[0]]
    body = sample[1:]
    named = [names.index(name) for name in URL_NAMES if name in names]
    if named and not any(_ADDRESS.match(cell) for cell in sample[0]):
        url = max(named, key=lambda column: _addresses(body, column))  # of equals the first: the best name
        return _Columns(
            url=url,
            title=_named(names, TITLE_NAMES, without=url),
            category=_named(names, CATEGORY_NAMES, without=url),
            header=True,
        )
    width = max(map(len, sample))
    url = max(range(width), key=lambda column: _addresses(sample, column))
    if width < 2 or not _addresses(sample, url):
        return None
    others = [column for column in range(width) if column != url and not _addresses(sample, column)]
    return _Columns(
        url=url,
        title=others[0] if others else None,
        category=others[1] if len(others) > 1 else None,
        header=False,
    )


def _is_table(sample: Sequence[Sequence[str]], columns: _Columns) -> bool:
    """Plain addresses with commas in them look like rows, too: then nothing beside them reads like a name."""
    if columns.header:
        return True
    wide = [row for row in sample if len(row) > 1]
    named = [row for row in wide if any(_NAME.fullmatch(cell) for cell in row if not _ADDRESS.match(cell))]
    return len(wide) * 2 >= len(sample) and len(named) * 2 >= len(wide) > 0


def _addresses(rows: Sequence[Sequence[str]], column: int) -> int:
    return sum(1 for row in rows if column < len(row) and _ADDRESS.match(row[column]))


def _named(names: Sequence[str], wanted: Sequence[str], *, without: int) -> int | None:
    found = (names.index(name) for name in wanted if name in names)
    return next((column for column in found if column != without), None)
