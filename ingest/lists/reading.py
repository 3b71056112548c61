"""Lists of feeds in any usual form: OPML, CSV, JSON, JSON lines, plain lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal, get_args

from article.errors import BadInput
from ingest.formats.encoding import decode_xml
from ingest.formats.text import one_line
from ingest.lists.listed import CATEGORY_NAMES, TITLE_NAMES, URL_NAMES, ListedFeed, plain_name
from ingest.lists.opml import parse_opml
from ingest.lists.table import parse_csv

Format = Literal["opml", "csv", "json", "lines"]
FORMATS: tuple[Format, ...] = get_args(Format)
_LISTS = ("feeds", "subscriptions", "items", "outlines", "urls")


def parse_list(data: bytes, format: Format | None = None) -> Iterator[ListedFeed]:
    """The feeds of the list in its order. The format is recognised from the content unless it is given.

    Raises BadInput for OPML or JSON that cannot be read as a whole. A line that holds no address of a feed
    comes with what it has instead: the others are not lost for it.
    """
    if format == "opml" or (format is None and _is_markup(data)):
        return iter(parse_opml(data))
    text = decode_xml(data, None).text.removeprefix("\ufeff")
    if format == "json" or (format is None and text.lstrip()[:1] in ("{", "[")):
        return _json(text)
    if format == "lines":
        return _lines(text)
    table = parse_csv(text, certain=format == "csv")
    return _lines(text) if table is None else table


def _is_markup(data: bytes) -> bool:
    return data[:64].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _lines(text: str) -> Iterator[ListedFeed]:
    """An address a line, with a title behind it or none; # begins a comment."""
    for number, line in enumerate(text.splitlines(), start=1):
        url, _, title = line.strip().replace("\t", " ").partition(" ")
        if url and not url.startswith("#"):
            title = title.strip()
            yield ListedFeed(
                where=f"line {number}", url=url, title="" if title.startswith("#") else one_line(title)
            )


def _json(text: str) -> Iterator[ListedFeed]:
    """A list of addresses or objects, an object that holds one, or one object or address a line."""
    try:
        whole = json.loads(text)
    except RecursionError as error:
        raise BadInput("JSON", "is nested too deep") from error
    except ValueError as error:
        if len(text.splitlines()) < 2 or text.lstrip().startswith("["):
            raise BadInput("JSON", f"cannot be read: {error}", "mend it at that place") from error
        yield from _json_lines(text)
        return
    if isinstance(whole, dict):
        named = next((whole[name] for name in _LISTS if isinstance(whole.get(name), list)), None)
        whole = named if named is not None else [whole]
    for number, item in enumerate(whole if isinstance(whole, list) else [whole], start=1):
        yield _item(item, f"item {number}")


def _json_lines(text: str) -> Iterator[ListedFeed]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            item = line.strip()
        yield _item(item, f"line {number}")


def _item(item: object, where: str) -> ListedFeed:
    if isinstance(item, str):
        return ListedFeed(where=where, url=item.strip())
    if not isinstance(item, dict):
        return ListedFeed(where=where, url="")
    fields = {plain_name(str(name)): value for name, value in item.items()}

    def first(names: tuple[str, ...]) -> str:
        values = (fields.get(name) for name in names)
        plain = (value[0] if isinstance(value, list) and value else value for value in values)
        return next((value.strip() for value in plain if isinstance(value, str) and value.strip()), "")

    return ListedFeed(
        where=where,
        url=first(URL_NAMES),
        title=one_line(first(TITLE_NAMES)),
        category=one_line(first(CATEGORY_NAMES)),
    )
