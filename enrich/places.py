"""Where an article's places lie: names of entities of type LOC, linked to the gazetteer.

The rule, for now, is exact names and caution: a point on a map that is wrong costs a reader more than one
that is missing. In this order:

1. A name of a country is the country, unless the article names a town of another country that has a province
   of that name and none of this one ("Atlanta, Georgia").
2. A place in a country that the article names, by that country's mentions, then by population.
3. Without such support, the one place that is far better known than its namesakes; else none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from article.records import Entity, Place
from enrich.gazetteer.lookup import Candidate, Gazetteer
from enrich.names import normalise

MAX_NAMES = 300
"""Names of one article that are looked up: bounds the work."""

_GENERIC_BEFORE = re.compile(
    r"(?:(?:north|south|east|west)(?:ern|-?eastern|-?western)?|north-?east|north-?west|south-?east|south-?west"
    r"|central|greater|downtown|province of|city of|state of|region of|governorate of|republic of)\s+(?=\S)",
    re.IGNORECASE,
)
_GENERIC_AFTER = re.compile(
    r"\s+(?:province|city|state|region|governorate|county|prefecture|oblast|territory)$", re.IGNORECASE
)

# A city of fewer people gives way to the province of its name.
_CITY_BEFORE_PROVINCE = 100_000
_VARIANT_BEFORE_PROVINCE = 1_000_000
# Without support: the least population, for a first name and for a variant, and by how much it must lead.
_WELL_KNOWN = 100_000
_WELL_KNOWN_VARIANT = 500_000
_LEAD = 3


@dataclass(frozen=True, kw_only=True)
class _Name:
    entity: Entity
    candidates: Sequence[Candidate]


@dataclass(frozen=True, kw_only=True)
class _Support:
    """How often the article names each country, and how many towns and provinces of it."""

    countries: Counter[str]
    inside: Counter[str]

    def of(self, country: str) -> int:
        return self.countries[country] + self.inside[country]


def find_places(entities: Sequence[Entity], gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The places that the entities name, the most mentioned first. What is ambiguous is left out."""
    names = []
    for entity in [entity for entity in entities if entity.type == "LOC"][:MAX_NAMES]:
        if candidates := _candidates(entity, gazetteer):
            names.append(_Name(entity=entity, candidates=candidates))
    support = _Support(countries=_countries_named(names), inside=Counter())
    # Towns found with the help of countries help in turn to tell which place a name means.
    for name in names:
        place = _inside_country(name, support)
        if place is not None and not _countries_of(name):
            support.inside[place.country] += 1
    chosen: dict[Candidate, int] = Counter()
    for name in names:
        found = _country(name, support) or _inside_country(name, support)
        if found is not None:
            # By first name or variant: it is one place.
            chosen[replace(found, own=True)] += len(name.entity.mentions)
    return tuple(
        Place(
            name=candidate.name,
            country=candidate.country,
            lat=candidate.lat,
            lon=candidate.lon,
            geonames_id=candidate.geonames_id,
            mentions=mentions,
        )
        for candidate, mentions in sorted(chosen.items(), key=lambda item: (-item[1], item[0].name))
    )


def _candidates(entity: Entity, gazetteer: Gazetteer) -> Sequence[Candidate]:
    """Of the entity's name or the first of its other spellings that the gazetteer has."""
    spellings = dict.fromkeys([entity.name, *(mention.text for mention in entity.mentions)])
    for spelling in list(spellings)[:5]:
        for variant in (spelling, _without_generic(spelling)):
            found = [
                _as_first_name(candidate, variant)
                for candidate in gazetteer.candidates(variant)
                if candidate.own or not _is_word_like_acronym(variant)
            ]
            if found:
                return found
    return ()


def _is_word_like_acronym(name: str) -> bool:
    """ "Us" and "Car" are not US and CAR."""
    return len(name) <= 3 and not name.isupper()


def _without_generic(name: str) -> str:
    """ "Nangarhar Province" is in the gazetteer as "Nangarhar", "northern Gaza" as "Gaza"."""
    return _GENERIC_AFTER.sub("", _GENERIC_BEFORE.sub("", name, count=1))


def _as_first_name(candidate: Candidate, spelling: str) -> Candidate:
    """A name that is the beginning of the place's own counts as its own: New York, New York City."""
    if candidate.own or not normalise(candidate.name).startswith(f"{normalise(spelling)} "):
        return candidate
    return replace(candidate, own=True)


def _countries_of(name: _Name) -> list[Candidate]:
    return [candidate for candidate in name.candidates if candidate.kind == "country"]


def _countries_named(names: Sequence[_Name]) -> Counter[str]:
    """Mentions of countries by names that are a country's only."""
    named: Counter[str] = Counter()
    for name in names:
        countries = _countries_of(name)
        if len(countries) == 1 and not _provinces_elsewhere(name, countries[0]):
            named[countries[0].country] += len(name.entity.mentions)
    return named


def _provinces_elsewhere(name: _Name, country: Candidate) -> list[Candidate]:
    return [
        candidate
        for candidate in name.candidates
        if candidate.kind == "province" and candidate.country != country.country
    ]


def _country(name: _Name, support: _Support) -> Candidate | None:
    countries = _countries_of(name)
    if not countries:
        return None
    best = max(countries, key=lambda country: (support.of(country.country), country.own, country.population))
    if not support.of(best.country):
        rivals = [rival for rival in _provinces_elsewhere(name, best) if support.inside[rival.country]]
        if rivals:
            return max(rivals, key=lambda rival: support.inside[rival.country])
    return best


def _inside_country(name: _Name, support: _Support) -> Candidate | None:
    """The province or city that the name means, None where that cannot be told."""
    inside = _city_or_province([candidate for candidate in name.candidates if candidate.kind != "country"])
    supported = [candidate for candidate in inside if support.of(candidate.country)]
    if supported:
        return max(
            supported,
            key=lambda candidate: (candidate.own, support.of(candidate.country), candidate.population),
        )
    own = [candidate for candidate in inside if candidate.own]
    ranked = sorted(own or inside, key=_renown, reverse=True)
    if not ranked or ranked[0].population < (_WELL_KNOWN if own else _WELL_KNOWN_VARIANT):
        return None
    if len(ranked) > 1 and _renown(ranked[0]) < _LEAD * _renown(ranked[1]):
        return None
    return ranked[0]


def _city_or_province(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One of both where a province is named after its city, which lies in it."""
    cities = [candidate for candidate in candidates if candidate.kind == "city"]
    provinces = [candidate for candidate in candidates if candidate.kind == "province"]
    large = {
        city.country
        for city in cities
        if city.population >= (_CITY_BEFORE_PROVINCE if city.own else _VARIANT_BEFORE_PROVINCE)
    }
    left = [province for province in provinces if province.country not in large]
    without = {province.country for province in left}
    return left + [city for city in cities if city.country not in without]


def _renown(candidate: Candidate) -> float:
    """Population; a province is named less often than a city of as many people."""
    return candidate.population / 3 if candidate.kind == "province" else candidate.population
