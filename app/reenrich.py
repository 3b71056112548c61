"""A new generation of the index with findings made anew: `wirewatch rebuild --reenrich`.

    index.rebuild ──▶ write ──▶ superseded? ──▶ enrich ──▶ the generation in the making
                                    └──▶ stale     └──▶ compared with what serves
                  ──▶ swap ──▶ approved? ──▶ the swap

It stands between the rebuild and the generation that it fills, so that both stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.differences import Differences
from article.codec import decode
from article.errors import BadConfiguration, BadRecord, Unavailable
from article.records import EnrichedArticle
from bus.channels import ENRICHED
from enrich.encoder import Stopped
from enrich.record import text_of, with_findings
from index.protocol import Refused, Written
from index.rebuild import rebuild

if TYPE_CHECKING:
    from bus.protocol import Bus
    from enrich.pipeline import Enricher
    from index.generations import Generation, Generations
    from index.protocol import ArticleIndex
    from runtime.clock import Clock
    from runtime.shutdown import Stop

_POLL_SECONDS = 1.0


class Declined(Exception):
    """Whoever was shown the differences does not want them."""


@dataclass(frozen=True, kw_only=True)
class Reenrichment:
    """How to go about it.

    `batch` articles are read at once. They are compared with what `serving` says, where it holds the same
    revision, else with the stream. `approve` is shown the differences before the swap. `progress` is told how
    many records of the stream, and articles that only the old index holds, have been dealt with.
    """

    enricher: Enricher
    clock: Clock
    stop: Stop
    batch: int
    serving: ArticleIndex | None
    approve: Callable[[Differences], bool]
    progress: Callable[[int], None] = lambda _: None


def reenrich(bus: Bus, generations: Generations, how: Reenrichment) -> Differences:
    """Fill a new generation with the last revision of each article, its findings made anew, and swap it in.

    The stream stays as it is. Raises as `index.rebuild.rebuild`, and Declined; the old generation then serves
    on.
    """
    try:
        renewing = _Generations(generations, how, last_revisions(bus, how.stop))
        rebuild(bus, renewing, stop=how.stop)
    except Stopped as error:
        raise _stopped() from error
    return renewing.differences


def last_revisions(bus: Bus, stop: Stop) -> dict[str, int]:
    """The last revision in the stream of each article that has several: few of all do."""
    last: dict[str, int] = {}
    reader = bus.reader(ENRICHED, from_start=True, until_now=True)
    try:
        while messages := reader.poll(_POLL_SECONDS):
            if stop.is_set():
                raise _stopped()
            for message in messages:
                try:
                    article = decode(EnrichedArticle, message.value or b"")
                except BadRecord:
                    continue  # the rebuild says so
                if article.revision > last.get(article.id, 1):
                    last[article.id] = article.revision
    finally:
        reader.close()
    return last


class NoGenerations:
    """Takes everything and keeps nothing: for a look at the differences alone, beside whatever runs."""

    def begin(self) -> NoGeneration:
        return NoGeneration()

    def close(self) -> None:
        """Nothing is held."""


class NoGeneration:
    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        return [Written(id=article.id, revision=article.revision) for article in articles]

    def missing(self) -> Iterator[Sequence[EnrichedArticle]]:
        yield from ()

    def swap(self) -> None:
        """There is nothing to put anywhere."""

    def discard(self) -> None:
        """There is nothing to give up."""


class _Generations:
    def __init__(self, inner: Generations, how: Reenrichment, last: Mapping[str, int]) -> None:
        self.differences = Differences()
        self._inner = inner
        self._how = how
        self._last = last

    def begin(self) -> _Generation:
        return _Generation(self._inner.begin(), self._how, self._last, self.differences)

    def close(self) -> None:
        self._inner.close()


class _Generation:
    """Is given articles as the stream has them, and holds them read anew."""

    def __init__(
        self, inner: Generation, how: Reenrichment, last: Mapping[str, int], differences: Differences
    ) -> None:
        self._inner = inner
        self._how = how
        self._last = last
        self._differences = differences
        self._serving = how.serving
        self._renewed: list[_Renewed] | None = None
        self._done = 0
        self._approved = False

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        """Of an article with a later revision in the stream nothing is written.

        Called again with the same articles when the index was away: then they are not read again.
        """
        if self._renewed is None:
            self._renewed = list(self._read_anew(articles))
        renewed = self._renewed
        outcomes = list(self._inner.write([each.new for each in renewed]))
        self._renewed = None
        for each, outcome in zip(renewed, outcomes, strict=True):
            # What a live stage has written meanwhile stays: it is in the stream with its own findings.
            if isinstance(outcome, Written) and not outcome.stale:
                self._differences.add(each.old, each.new)
        return outcomes + [
            Written(id=article.id, revision=article.revision, stale=True)
            for article in articles
            if self._is_superseded(article)
        ]

    def missing(self) -> Iterator[Sequence[EnrichedArticle]]:
        self._last = {}  # an old revision is missing only where no index takes the later one
        return self._inner.missing()

    def swap(self) -> None:
        """Asks once, however often the swap is tried."""
        self._approved = self._approved or self._how.approve(self._differences)
        if not self._approved:
            raise Declined
        self._inner.swap()

    def discard(self) -> None:
        self._inner.discard()

    def _is_superseded(self, article: EnrichedArticle) -> bool:
        return article.revision < self._last.get(article.id, 1)

    def _read_anew(self, articles: Sequence[EnrichedArticle]) -> Iterator[_Renewed]:
        how = self._how
        for at in range(0, len(articles), how.batch):
            chunk = articles[at : at + how.batch]
            present = [article for article in chunk if not self._is_superseded(article)]
            found = how.enricher.enrich([text_of(article) for article in present], stopping=how.stop.is_set)
            now = how.clock.now()
            for article, findings in zip(present, found, strict=True):
                new = with_findings(
                    article, findings, revision=article.revision, first_seen=article.first_seen, now=now
                )
                yield _Renewed(old=self._before(article), new=new)
            self._done += len(chunk)
            how.progress(self._done)

    def _before(self, article: EnrichedArticle) -> EnrichedArticle:
        """What the article says where people see it now."""
        if self._serving is None:
            return article
        try:
            served = self._serving.get(article.id)
        except BadConfiguration:  # damaged: nobody sees anything
            self._serving = None
            return article
        return served if served is not None and served.revision == article.revision else article


@dataclass(frozen=True, kw_only=True, slots=True)
class _Renewed:
    old: EnrichedArticle
    new: EnrichedArticle


def _stopped() -> Unavailable:
    return Unavailable("rebuild", "was stopped", "the old index serves on; start it again at any time")
