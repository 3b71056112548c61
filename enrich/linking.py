"""Who or what the entities of an article are: ids from watchlists, the knowledge base and the gazetteer.

In this order: a name on one of the user's watchlists; a name in the knowledge base of several words; the
place that the name means; any other name in the knowledge base. A name of several entries, or one that
needs evidence and has none, is left open. Entities that turn out to be one and the same become one, but a
people stays apart from its country.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from article.records import Entity, EntityType
from enrich.entities import merged
from enrich.gazetteer.lookup import Candidate
from enrich.knowledge.index import Meaning, NameIndex
from enrich.places import Located
from enrich.which_place import Support

_SPELLINGS = 6
_COUNTRY = "country:"
# Types of "French" and "Dutch": they have their country's id, and are not one entity with it, as one of the
# two would get a wrong type.
_PEOPLES: frozenset[EntityType] = frozenset({"NORP", "MISC"})


@dataclass(frozen=True, kw_only=True)
class Link:
    id: str
    matched: str


def link(
    entities: Sequence[Entity], located: Located, knowledge: NameIndex, watchlists: NameIndex, *, length: int
) -> tuple[Entity, ...]:
    """The entities with their ids and why, the most salient first. `length` is that of the article's text."""
    named = [_meanings(entity, knowledge) for entity in entities]
    certain = {
        meaning.entry.id for found in named for meanings in found for meaning in meanings if not meaning.weak
    }
    links = []
    for number, entity in enumerate(entities):
        watched = _chosen(_meanings(entity, watchlists), entity.type, located.support, certain)
        known = _chosen(named[number], entity.type, located.support, certain)
        links.append(_best(watched, known, located.places.get(number), entity))
    return _merge(entities, links, length)


def is_named_for_certain(entity: Entity, knowledge: NameIndex) -> bool:
    """Whether a name of several words says that it is no place: the White House, not White House in
    Tennessee."""
    return any(
        " " in meaning.alias and not meaning.weak and meaning.entry.type != "LOC"
        for meaning in knowledge.meanings(entity.name)
    )


def _best(
    watched: Meaning | None, known: Meaning | None, place: Candidate | None, entity: Entity
) -> Link | None:
    if watched is not None:
        return Link(id=watched.entry.id, matched=watched.reason)
    if known is not None and (place is None or known.entry.type == "LOC" or " " in known.alias):
        return Link(id=known.entry.id, matched=known.reason)
    if place is not None:
        return _place_link(place, entity)
    return None


def _place_link(place: Candidate, entity: Entity) -> Link:
    if place.kind == "country":
        return Link(id=f"{_COUNTRY}{place.country}", matched=f'country "{entity.name}"')
    return Link(id=f"geonames:{place.geonames_id}", matched=f'{place.kind} "{place.name}" in {place.country}')


def _meanings(entity: Entity, index: NameIndex) -> list[tuple[Meaning, ...]]:
    """What each of the entity's spellings may mean, its name first, then the longest; those that mean nothing
    are left out."""
    spellings = dict.fromkeys(mention.text for mention in entity.mentions)
    ordered = [entity.name, *sorted(spellings, key=lambda spelling: (-len(spelling), spelling))]
    return [meanings for spelling in ordered[:_SPELLINGS] if (meanings := index.meanings(spelling))]


def _chosen(
    found: Sequence[tuple[Meaning, ...]], kind: EntityType, support: Support, certain: Collection[str]
) -> Meaning | None:
    """The one that is meant, by the first spelling that tells."""
    for meanings in found:
        left = [meaning for meaning in meanings if _agree(kind, meaning)]
        left = [meaning for meaning in left if not meaning.weak or _supported(meaning, support, certain)]
        if len(left) > 1:
            left = _most_supported(left, support, certain)
        if len(left) == 1:
            return left[0]
        if left:
            return None
    return None


def _agree(kind: EntityType, meaning: Meaning) -> bool:
    """People are people, and nothing else is. Whether a group is ORG, NORP, MISC or LOC is a matter of how
    one looks at it; a name of several words is told from others by its words."""
    if (kind == "PER") == (meaning.entry.type == "PER"):
        return True
    return meaning.entry.source != "kb" and " " in meaning.alias


def _supported(meaning: Meaning, support: Support, certain: Collection[str]) -> bool:
    return meaning.entry.id in certain or any(support.of(country) for country in meaning.entry.countries)


def _most_supported(meanings: Sequence[Meaning], support: Support, certain: Collection[str]) -> list[Meaning]:
    def weight(meaning: Meaning) -> tuple[bool, int]:
        elsewhere = meaning.entry.id in certain and meaning.weak
        return elsewhere, sum(support.of(country) for country in meaning.entry.countries)

    most = max(map(weight, meanings))
    if most == (False, 0):
        return list(meanings)
    return [meaning for meaning in meanings if weight(meaning) == most]


def _merge(entities: Sequence[Entity], links: Sequence[Link | None], length: int) -> tuple[Entity, ...]:
    groups: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for number, found in enumerate(links):
        key = found.id if found else f" {number}"
        people = key.startswith(_COUNTRY) and entities[number].type in _PEOPLES
        groups[key, people].append(number)
    # How often the most mentioned is mentioned may have changed.
    most = max(
        (sum(len(entities[number].mentions) for number in group) for group in groups.values()), default=0
    )
    result = []
    for group in groups.values():
        first = links[group[0]]
        entity = merged([entities[number] for number in group], length=length, most=most)
        result.append(replace(entity, id=first.id, matched=first.matched) if first else entity)
    return tuple(sorted(result, key=lambda entity: -entity.salience))
