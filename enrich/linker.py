"""Mentions to entities with ids, and entities to places: what needs the knowledge base, watchlists and
gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from article.records import Entity, Place
from enrich.entities import gather
from enrich.findings import Text
from enrich.gazetteer.lookup import Gazetteer
from enrich.knowledge.entries import Entry, built_in, demonyms
from enrich.knowledge.index import NameIndex
from enrich.linking import is_named_for_certain, link
from enrich.mentions import Found
from enrich.places import find_places, locate
from enrich.spans import with_known_names, without_lists, without_titles


class Linker:
    """Safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer, watched: Iterable[Entry] = ()) -> None:
        self._gazetteer = gazetteer
        self._knowledge = _knowledge()
        self._watchlists = NameIndex(watched)

    def gather(self, text: Text, found: Sequence[Found]) -> tuple[Entity, ...]:
        """The entities that the mentions are of, not linked yet."""
        sources = {"title": text.title, "text": text.text}
        parts = without_lists(without_titles(found), lambda name: bool(self._gazetteer.candidates(name)))
        known = with_known_names(sources, parts, self._knowledge, self._watchlists)
        return gather(text.title, text.text, known)

    def watched(self, text: Text) -> tuple[Entity, ...]:
        """The entities of a text that no model read: those on watchlists, whatever the language."""
        return self(text, self.gather(text, ()))[0]

    def __call__(
        self, text: Text, entities: Sequence[Entity]
    ) -> tuple[tuple[Entity, ...], tuple[Place, ...]]:
        """The entities with their ids, those of one id made one, and the places that they name."""
        sources = {"title": text.title, "text": text.text}
        perhaps_places = [entity for entity in entities if not is_named_for_certain(entity, self._knowledge)]
        others = [entity for entity in entities if is_named_for_certain(entity, self._knowledge)]
        ordered = [*perhaps_places, *others]
        located = locate(perhaps_places, sources, self._gazetteer, demonyms())
        places = find_places(ordered, located)
        linked = link(ordered, located, self._knowledge, self._watchlists, length=len(text.text))
        return linked, places


@cache
def _knowledge() -> NameIndex:
    return NameIndex(built_in())
