"""What a behaviour is: what a site does, what Wirewatch must do, and how one tells that it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from article.records import RawArticle
from article.tables import FeedState
from tests.behaviours.server import Request, Route, Site

Kind = Literal["good", "odd", "hostile"]


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One of the behaviour's feeds after the run. `listed` is its line of `wirewatch feeds list --json`."""

    id: str
    url: str
    articles: tuple[RawArticle, ...] = ()
    state: FeedState | None = None
    listed: Mapping[str, object] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        return [article.title for article in self.articles]

    @property
    def problem(self) -> str:
        return self.state.problem if self.state else ""

    @property
    def notes(self) -> str:
        return "\n".join(self.state.notes) if self.state else ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What there is to see of a behaviour. `log` are the lines of the process that name the site."""

    site: Site
    feeds: tuple[Feed, ...]
    log: tuple[Mapping[str, object], ...] = ()

    @property
    def feed(self) -> Feed:
        return self.feeds[0]

    @property
    def article(self) -> RawArticle:
        (article,) = self.feed.articles
        return article

    def asked(self, path: str = "/feed") -> list[Request]:
        return self.site.asked(path)

    def events(self, name: str) -> list[Mapping[str, object]]:
        return [line for line in self.log if line["event"] == name]


def nothing_more(_: Told) -> None:
    """What the declaration says is all there is to see."""


def at_once(_: Told) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """`server` and `wirewatch` stand in docs/behaviours.md. Everything after them is how it is shown.

    The feeds at `feeds` are watched. Of the first one, the articles published in the end have `titles`, by
    time and alphabet; its state names `problem` (none: the last poll went well) and has `notes`; it was
    asked for `polls` times at least. `until` says what else must have happened before `check` looks.
    """

    name: str
    kind: Kind
    server: str
    wirewatch: str
    routes: Mapping[str, Route]
    feeds: tuple[str, ...] = ("/feed",)
    login: str = ""
    titles: tuple[str, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    polls: int = 2
    until: Callable[[Told], bool] = at_once
    check: Callable[[Told], None] = nothing_more

    def is_settled(self, told: Told) -> bool:
        """Whether everything that must happen has happened; whether nothing else did is `verify`'s to say."""
        feed = told.feed
        if feed.state is None or self.problem not in feed.problem or bool(feed.problem) != bool(self.problem):
            return False
        return (
            len(feed.titles) >= len(self.titles)
            and len(told.asked(self.feeds[0])) >= self.polls
            and self.until(told)
        )

    def verify(self, told: Told) -> None:
        feed = told.feed
        assert feed.titles == list(self.titles)
        assert self.problem in feed.problem
        assert bool(feed.problem) == bool(self.problem), feed.problem
        assert feed.listed["problem"] == feed.problem
        for note in self.notes:
            assert note in feed.notes
        self.check(told)
