"""`wirewatch extract` and `wirewatch feed`: what Wirewatch makes of one document."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

Document = Annotated[Path, typer.Argument(metavar="FILE", help="The document; - for standard input.")]
Url = Annotated[str, typer.Option("--url", help="Where the document was fetched from.")]
ContentType = Annotated[str | None, typer.Option(help="The Content-Type header that it was served with.")]


def register(cli: typer.Typer) -> None:
    cli.command("extract")(extract)
    cli.command("feed")(feed)


def extract(file: Document, url: Url, content_type: ContentType = None) -> None:
    """Print the article of one HTML page as a JSON object."""
    from app.files import read_bytes
    from app.wiring import configured
    from ingest.as_json import page_json
    from ingest.pages.page import extract_page

    url = _web_address(url)
    limit = configured().ingest.max_markup
    page = extract_page(read_bytes(file), url=url, content_type=content_type, max_markup=limit)
    sys.stdout.write(json.dumps(page_json(page), ensure_ascii=False) + "\n")


def feed(file: Document, url: Url, content_type: ContentType = None) -> None:
    """Print the entries of one feed document as JSON lines."""
    from app.files import read_bytes
    from app.wiring import configured
    from ingest.as_json import entry_json
    from ingest.formats.feed import parse_feed

    url = _web_address(url)
    parsed = parse_feed(
        read_bytes(file),
        url=url,
        content_type=content_type,
        now=datetime.now(UTC),
        max_entries=configured().ingest.max_entries,
    )
    for entry in parsed.entries:
        sys.stdout.write(json.dumps(entry_json(entry, url), ensure_ascii=False) + "\n")
    for note in (*parsed.notes, *(dead.reason for dead in parsed.dead)):
        sys.stderr.write(f"wirewatch: {url}: {note}\n")


def _web_address(url: str) -> str:
    """`url` without white space around it; relative links in a document need a base that they can have."""
    from article.errors import BadInput
    from article.identity import canonical_url

    if canonical_url(url.strip()) is None:
        raise BadInput(url[:200] or "--url", "is not the address of a document", "use http://… or https://…")
    return url.strip()
