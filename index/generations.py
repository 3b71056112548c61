"""Making the index anew while the old one serves. Every index that can be rebuilt promises this.

    generation = generations.begin()     empty, and seen by no search
    generation.write(articles)           as ArticleIndex.write
    generation.swap()                    from now on searches see it, and it alone

Whatever a live index stage takes from the stream after `begin` reaches the new generation too, or nobody
else can write meanwhile. So once everything has been written to it that was in the stream when `begin`
returned, it is whole, whenever the swap comes.

A crash leaves the old generation serving, or the new one once it is whole; `begin` clears away what is left
over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from article.records import EnrichedArticle
from index.protocol import Refused, Written


class Generation(Protocol):
    """A new index in the making. Used by one thread. Errors as of ArticleIndex."""

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]: ...

    def missing(self) -> Iterator[Sequence[EnrichedArticle]]:
        """Batches of what the serving generation holds and this one lacks: what the stream has forgotten."""

    def swap(self) -> None:
        """Atomically in the place of the serving generation, which is then deleted."""

    def discard(self) -> None:
        """Give it up. The serving generation goes on."""


class Generations(Protocol):
    """Raises Busy where somebody else writes who could not follow."""

    def begin(self) -> Generation:
        """A new, empty generation. One that another rebuild was making is given up."""

    def close(self) -> None: ...
