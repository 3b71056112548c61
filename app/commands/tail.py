"""`wirewatch tail`: enriched articles as they come."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from article.records import EnrichedArticle

Names = list[str] | None


def register(cli: typer.Typer) -> None:
    cli.command("tail")(tail)


def tail(
    *,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Begin with the oldest that is kept.")
    ] = False,
    no_follow: Annotated[bool, typer.Option("--no-follow", help="End when there is nothing more.")] = False,
    entity: Annotated[Names, typer.Option(help="Only articles that name this entity. Repeatable.")] = None,
    topic: Annotated[Names, typer.Option(help="Only this topic, by code or label. Repeatable.")] = None,
    place: Annotated[
        Names, typer.Option(help="Only this place, by name or country code. Repeatable.")
    ] = None,
    lang: Annotated[Names, typer.Option(help="Only this language, such as en. Repeatable.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The records as JSON lines, in full.")] = False,
) -> None:
    """Print enriched articles, a line each, as they are written. Ctrl-C ends it."""
    from app.wiring import configured, open_bus
    from article.codec import decode
    from article.errors import BadRecord
    from article.records import EnrichedArticle
    from bus.channels import ENRICHED

    bus = open_bus(configured(), create=False)
    reader = bus.reader(ENRICHED, from_start=from_start, until_now=no_follow)
    wanted = Wanted(entity or (), topic or (), place or (), lang or ())
    try:
        while (messages := reader.poll(0 if no_follow else 1.0)) or not no_follow:
            for message in messages:
                try:
                    article = decode(EnrichedArticle, message.value or b"")
                except BadRecord as error:  # another program's; the index stage has put it aside
                    sys.stderr.write(f"wirewatch: {message.key}: passed over: {error.problem}\n")
                    continue
                if wanted.includes(article):
                    line = (message.value or b"").decode() if as_json else _line(article)
                    sys.stdout.write(line + "\n")
            sys.stdout.flush()
    finally:
        reader.close()
        bus.close()


class Wanted:
    """Which articles to print: every kind of filter must hold, any of its values will do."""

    def __init__(
        self,
        entities: list[str] | tuple[str, ...],
        topics: list[str] | tuple[str, ...],
        places: list[str] | tuple[str, ...],
        langs: list[str] | tuple[str, ...],
    ) -> None:
        self._filters = [
            {value.casefold() for value in values} for values in (entities, topics, places, langs)
        ]

    def includes(self, article: EnrichedArticle) -> bool:
        names = {entity.name for entity in article.entities}
        names |= {mention.text for entity in article.entities for mention in entity.mentions}
        topics = {value for topic in article.topics for value in (topic.code, topic.label)}
        places = {value for place in article.places for value in (place.name, place.country)}
        found = (names, topics, places, {article.lang or ""})
        return all(
            not wanted or wanted & {value.casefold() for value in values}
            for wanted, values in zip(self._filters, found, strict=True)
        )


def _line(article: EnrichedArticle) -> str:
    when = (article.published or article.first_seen).strftime("%Y-%m-%d %H:%M")
    topics = ", ".join(topic.label for topic in article.topics)
    names = ", ".join(entity.name for entity in article.entities[:6])
    return f"{when}  {article.title}  [{topics}]  {names}"
