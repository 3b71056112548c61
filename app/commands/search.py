"""`wirewatch search QUERY`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding

    from index.expression import KeywordField
    from index.protocol import Bucket, Hit, Page
    from index.query import Query
    from runtime.settings import Settings

_SHOWN_FACETS: tuple[KeywordField, ...] = ("entity", "topic", "place", "feed")
_DATE = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

Names = list[str] | None


def register(cli: typer.Typer) -> None:
    cli.command("search")(search)


def search(
    *,
    query: Annotated[
        str,
        typer.Argument(
            help='Words, "phrases", -without, OR, prefix*, field:value'
            " (title, person, org, place, country, topic, feed, lang, before, after)."
        ),
    ] = "",
    entity: Annotated[Names, typer.Option(help="Only articles that name this entity. Repeatable.")] = None,
    topic: Annotated[Names, typer.Option(help="Only this topic, by code or label. Repeatable.")] = None,
    place: Annotated[
        Names, typer.Option(help="Only this place, by name or country code. Repeatable.")
    ] = None,
    feed: Annotated[Names, typer.Option(help="Only this feed, by title, URL or id. Repeatable.")] = None,
    lang: Annotated[Names, typer.Option(help="Only this language, such as en. Repeatable.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DATE, help="Published at or after, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DATE, help="Published before, UTC.")] = None,
    newest: Annotated[bool, typer.Option("--newest", help="Sort by time instead of relevance.")] = False,
    limit: Annotated[int, typer.Option(min=0, max=1000, help="Hits to show.")] = 10,
    offset: Annotated[int, typer.Option(min=0, help="Hits to leave out before the first.")] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object with total, hits, facets.")
    ] = False,
) -> None:
    """Search the articles. Without a query, all of them."""
    from app.wiring import configured, open_index
    from index.present import page_as_json
    from index.query import EntityFilter, Facet, Query
    from index.syntax import parse

    settings = configured()
    made = Query(
        expression=parse(query),
        entities=tuple(EntityFilter(name=name) for name in entity or ()),
        topics=tuple(topic or ()),
        places=tuple(place or ()),
        feeds=tuple(feed or ()),
        langs=tuple(lang or ()),
        published_from=since and since.replace(tzinfo=UTC),
        published_to=until and until.replace(tzinfo=UTC),
        sort="newest" if newest else "relevance",
        limit=limit,
        offset=offset,
        highlight=True,
        facets=tuple(Facet(name=name, size=8) for name in _SHOWN_FACETS),
        now=datetime.now(UTC),
    )
    index = open_index(settings, read_only=True)
    try:
        page = index.search(made)
    finally:
        index.close()
    if as_json:
        sys.stdout.write(json.dumps(page_as_json(page), ensure_ascii=False) + "\n")
        return
    from rich.console import Console

    print_page(Console(highlight=False), page)


def print_page(console: Console, page: Page) -> None:
    """Hits and facets for a person."""
    console.print(f"[bold]{page.total}[/bold] article{'' if page.total == 1 else 's'}\n")
    for hit in page.hits:
        _print_hit(console, hit)
    for name, buckets in page.facets.items():
        if buckets:
            console.print(f"[bold]{name:>7}[/bold]  " + _bucket_line(buckets), soft_wrap=False)
    console.print()


def _print_hit(console: Console, hit: Hit) -> None:
    from rich.markup import escape

    when = (hit.published or hit.first_seen).strftime("%Y-%m-%d %H:%M")
    revised = f" · revision {hit.revision}" if hit.revision > 1 else ""
    topics = ", ".join(topic.label for topic in hit.topics)
    console.print(f"[bold cyan]{escape(hit.title or '(no title)')}[/bold cyan]")
    said = f"{when} · {escape(hit.feed.title or hit.feed.url)}{revised}"
    console.print(_indented(f"[dim]{said}{' · ' if topics else ''}{escape(topics)}[/dim]"))
    if names := ", ".join(entity.name for entity in hit.entities[:8]):
        console.print(_indented(f"[green]{escape(names)}[/green]"))
    for highlight in hit.highlights:
        if highlight.field == "text":
            for fragment in highlight.fragments[:2]:
                console.print(_indented(_marked(fragment)))
    if hit.url:
        console.print(f"  [blue]{escape(hit.url)}[/blue]", soft_wrap=True)
    console.print()


def _indented(markup: str) -> Padding:
    from rich.padding import Padding

    return Padding(markup, (0, 0, 0, 2))


def _marked(fragment: str) -> str:
    """A highlight's HTML as markup for the terminal."""
    import html

    from rich.markup import escape

    pieces = fragment.replace("\n", " ").replace("</em>", "<em>").split("<em>")
    texts = [escape(html.unescape(piece)) for piece in pieces]
    return "".join(f"[bold yellow]{text}[/]" if number % 2 else text for number, text in enumerate(texts))


def _bucket_line(buckets: tuple[Bucket, ...]) -> str:
    from rich.markup import escape

    return ", ".join(f"{escape(bucket.label)} [dim]{bucket.count}[/dim]" for bucket in buckets)


def find(settings: Settings, query: Query) -> Page | None:
    """The page that answers the query, or None while there is no index yet."""
    from app.wiring import open_index
    from article.errors import BadConfiguration, Unavailable

    try:
        index = open_index(settings, read_only=True)
        try:
            return index.search(query)
        finally:
            index.close()
    except (BadConfiguration, Unavailable):
        return None
