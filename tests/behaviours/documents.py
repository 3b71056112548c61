"""Feeds and pages that behaviours serve."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.behaviours.server import SITE, Answer, Reply, Request, Route, always, then
from tests.ingest.documents import LONG, SENTENCE, item, page, rss

RSS = "application/rss+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"


def full(number: int, text: str = LONG, *, guid: str | None = None) -> str:
    """An entry that carries its whole text, so that no page is fetched for it."""
    return item(title=f"Title {number}", link=f"{SITE}/{number}", content=text, guid=guid)


def short(number: int, *, path: str | None = None) -> str:
    """An entry with a summary alone, so that its page is fetched."""
    return item(title=f"Title {number}", link=f"{SITE}{path or f'/{number}'}")


def feed(*items: str, etag: str = "", modified: str = "", **more: str) -> Answer:
    headers = tuple((name.replace("_", "-"), value) for name, value in more.items())
    return Answer(body=rss(*items), kind=RSS, etag=etag, modified=modified, headers=headers)


def xml(body: str | bytes, *, kind: str = RSS, headers: Sequence[tuple[str, str]] = ()) -> Answer:
    return Answer(body=body.encode() if isinstance(body, str) else body, kind=kind, headers=tuple(headers))


def article_page(number: int = 1, **parts: str) -> Answer:
    paragraphs = (f"This is the page of article {number}. {SENTENCE * 3}", SENTENCE * 3)
    return Answer(body=page(*paragraphs, title=f"Title {number}", **parts))


def rest(*answers: Reply) -> dict[str, Route]:
    """The feed answers so at each poll, and with the last for ever after."""
    return {"/feed": then(*answers) if len(answers) > 1 else always(answers[0])}


def counting(made: Callable[[int], Answer]) -> Route:
    """Another answer for each poll, by its number."""

    def route(request: Request) -> Reply:
        return made(request.count)

    return route
