"""Which places an article names, and where they lie.

Names of entities of type LOC are looked up in the gazetteer; names of countries and demonyms of other
types, too.
The rule is exact names and caution: a point on a map that is wrong costs a reader more than one that is
missing.

1. A name of a country is that country and never a town of the name. Where it is the name of two countries
   ("Congo") or of a large province elsewhere as well ("Georgia"), the rest of the article must tell which.
2. Another name is the place for which most speaks: that the article names the country, the province, or right
   behind it what it lies in ("Portland, Maine"); how many people live there; that it is the first name.
3. Where too little speaks for it, or hardly more than for another, it is left open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from article.records import Entity, Place
from enrich.gazetteer.lookup import Candidate, Gazetteer
from enrich.names import normalise
from enrich.neighbours import neighbours
from enrich.which_place import Name, Support, country_of, inside_country, provinces_elsewhere

MAX_NAMES = 300
"""Names of one article that are looked up: bounds the work."""

_GENERIC_BEFORE = re.compile(
    r"(?:(?:north|south|east|west)(?:ern|-?eastern|-?western)?|north-?east|north-?west|south-?east|south-?west"
    r"|central|greater|downtown|upstate|suburban"
    r"|(?:province|city|state|region|governorate|republic) of)\s+(?=\S)",
    re.IGNORECASE,
)
_GENERIC_AFTER = re.compile(
    r"\s+(?:province|city|state|region|governorate|county|district|prefecture|oblast|territory)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Located:
    """The place of each entity that names one, by the entity's number, and what the article speaks of."""

    places: Mapping[int, Candidate]
    support: Support


def locate(
    entities: Sequence[Entity],
    sources: Mapping[str, str],
    gazetteer: Gazetteer,
    demonyms: Mapping[str, str],
) -> Located:
    """Which place each of the entities means. What is ambiguous is left out."""
    support = Support()
    found: dict[int, Candidate] = {}
    names = []
    for number, entity in enumerate(entities[:MAX_NAMES]):
        country = _demonym(entity, demonyms)
        if country is not None:
            support.countries[country] += len(entity.mentions)
            if (candidate := gazetteer.country(country)) is not None:
                found[number] = candidate
        elif candidates := _candidates(entity, gazetteer):
            names.append(Name(number=number, mentions=len(entity.mentions), candidates=candidates))
    for name in names:
        if len(name.countries) == 1 and not provinces_elsewhere(name, name.countries[0]):
            support.countries[name.countries[0].country] += name.mentions
    beside = neighbours(entities, sources)
    by_number = {name.number: name for name in names}
    # Towns found with the help of countries help in turn to tell which place a name means.
    inside = [
        place
        for name in names
        if not name.countries and (place := inside_country(name, support, beside, by_number))
    ]
    for place in inside:
        support.inside[place.country] += 1
        province = place.geonames_id if place.kind == "province" else place.province
        if province is not None:
            support.provinces[province] += 1
    for name in names:
        place = (
            country_of(name, support, beside, by_number)
            if name.countries
            else inside_country(name, support, beside, by_number)
        )
        if place is not None:
            found[name.number] = place
    return Located(places=found, support=support)


def find_places(entities: Sequence[Entity], located: Located) -> tuple[Place, ...]:
    """The places that the entities name, the most mentioned first."""
    mentions: Counter[int] = Counter()
    known: dict[int, Candidate] = {}
    for number, place in located.places.items():
        # An organisation under a country's name is not a place, though the country is meant.
        if entities[number].type == "ORG":
            continue
        known.setdefault(place.geonames_id, place)
        mentions[place.geonames_id] += len(entities[number].mentions)
    places = [
        Place(
            name=known[geonames_id].name,
            country=known[geonames_id].country,
            lat=known[geonames_id].lat,
            lon=known[geonames_id].lon,
            geonames_id=geonames_id,
            mentions=count,
            kind=known[geonames_id].kind,
        )
        for geonames_id, count in mentions.items()
    ]
    return tuple(sorted(places, key=lambda place: (-place.mentions, place.name)))


def _spellings(entity: Entity) -> list[str]:
    return list(dict.fromkeys([entity.name, *(mention.text for mention in entity.mentions)]))[:5]


def _demonym(entity: Entity, demonyms: Mapping[str, str]) -> str | None:
    if entity.type not in ("NORP", "MISC", "LOC") or not entity.name[:1].isupper():
        return None
    return demonyms.get(normalise(entity.name))


def _candidates(entity: Entity, gazetteer: Gazetteer) -> Sequence[Candidate]:
    """Of the entity's name or the first of its other spellings that the gazetteer has."""
    if entity.type not in ("LOC", "NORP", "MISC", "ORG"):
        return ()
    for spelling in _spellings(entity):
        for variant in dict.fromkeys((spelling, _without_generic(spelling))):
            found = [
                _as_first_name(candidate, variant)
                for candidate in gazetteer.candidates(variant)
                if candidate.own or not _is_word_like_acronym(variant)
            ]
            if entity.type != "LOC":
                found = [candidate for candidate in found if candidate.kind == "country"]
            if found:
                return found
    return ()


def _is_word_like_acronym(name: str) -> bool:
    """ "Us" and "Car" are not US and CAR; "Mo." is Missouri."""
    return len(name) <= 3 and not name.isupper() and not name.endswith(".")


def _without_generic(name: str) -> str:
    """ "Nangarhar Province" is in the gazetteer as "Nangarhar", "northern Gaza" as "Gaza"."""
    return _GENERIC_AFTER.sub("", _GENERIC_BEFORE.sub("", name, count=1))


def _as_first_name(candidate: Candidate, spelling: str) -> Candidate:
    """A name that is the beginning of the place's own counts as its own: New York, New York City."""
    if candidate.own or not normalise(candidate.name).startswith(f"{normalise(spelling)} "):
        return candidate
    return replace(candidate, own=True)
