"""Which of the places of its name a name means: what speaks for each, weighed."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enrich.gazetteer.lookup import Candidate
from enrich.neighbours import Neighbours

# What speaks for a place, in powers of ten of its people. The least that is enough is a first name and
# 60,000 people, or less with support; the lead over the next place is a factor of two and a half.
_ENOUGH = 5.5
_LEAD = 0.4
_OWN_NAME = 0.7
_NO_CITY = -0.5
_IN_COUNTRY = 2.0
_IN_PROVINCE = 1.2
_SIDE_BY_SIDE = 4.0
# Provinces have these names, and in news they are mostly directions: they need support.
_DIRECTION = re.compile(
    r"(?:north|south|east|west|central|coast(?:al)?|centre|center|upper|lower)"
    r"(?:ern)?(?: ?(?:north|south|east|west|coast|central)(?:ern)?)?",
    re.IGNORECASE,
)
_CITY_BEFORE_PROVINCE = 100_000
_VARIANT_BEFORE_PROVINCE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Name:
    number: int
    mentions: int
    candidates: Sequence[Candidate]

    @property
    def countries(self) -> list[Candidate]:
        return [candidate for candidate in self.candidates if candidate.kind == "country"]


@dataclass(frozen=True, kw_only=True)
class Support:
    """How often the article names each country, or what lies in it; and which provinces, or what lies in
    them."""

    countries: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    provinces: Counter[int] = field(default_factory=Counter)

    def of(self, country: str) -> int:
        return self.countries[country] + self.inside[country]


def provinces_elsewhere(name: Name, country: Candidate) -> list[Candidate]:
    """Provinces of other countries that are not much smaller than the country of their name."""
    return [
        candidate
        for candidate in name.candidates
        if candidate.kind == "province"
        and candidate.own
        and candidate.country != country.country
        and candidate.population * 2 >= country.population
    ]


def country_of(
    name: Name, support: Support, beside: Neighbours, names: Mapping[int, Name]
) -> Candidate | None:
    countries = name.countries
    rivals = [rival for country in countries for rival in provinces_elsewhere(name, country)]
    if len(countries) == 1 and not rivals:
        return countries[0]
    around = [rival for rival in rivals if _holds(rival, name, beside, names)]
    if around:
        return around[0]
    if len(countries) == 1 and any(
        names[other].countries for other in beside.listed.get(name.number, ()) if other in names
    ):
        return countries[0]
    near = [rival for rival in rivals if support.provinces[rival.geonames_id]]
    if near:
        return near[0]
    supported = [each for each in (*countries, *rivals) if support.of(each.country)]
    return supported[0] if len(supported) == 1 else None


def inside_country(
    name: Name, support: Support, beside: Neighbours, names: Mapping[int, Name]
) -> Candidate | None:
    """The province, county or city that the name means, None where that cannot be told."""
    held = {
        id(candidate)
        for candidate in name.candidates
        if _lies_in(candidate, name, beside, names) or _holds(candidate, name, beside, names)
    }
    candidates = _city_or_province(name.candidates, held)
    ranked = sorted(
        ((_weight(candidate, support, id(candidate) in held), candidate) for candidate in candidates),
        key=lambda each: -each[0],
    )
    if not ranked or ranked[0][0] < _ENOUGH:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _LEAD:
        return None
    return ranked[0][1]


def _weight(candidate: Candidate, support: Support, held: bool) -> float:
    weight = math.log10(candidate.population + 1_000)
    weight += _OWN_NAME * candidate.own + _SIDE_BY_SIDE * held
    if candidate.kind != "city":
        weight += _NO_CITY
    times = support.of(candidate.country)
    if not times and not held and _DIRECTION.fullmatch(candidate.name):
        return 0.0
    if times:
        weight += _IN_COUNTRY + 0.2 * math.log2(times)
    if candidate.province is not None and support.provinces[candidate.province]:
        weight += _IN_PROVINCE
    return weight


def _lies_in(candidate: Candidate, name: Name, beside: Neighbours, names: Mapping[int, Name]) -> bool:
    """Whether the name right behind it may be that of its province or country."""
    return any(
        _contains(outer, candidate)
        for other in beside.outer.get(name.number, ())
        if other in names
        for outer in names[other].candidates
    )


def _holds(candidate: Candidate, name: Name, beside: Neighbours, names: Mapping[int, Name]) -> bool:
    """Whether the name right before it may be that of a place inside."""
    return any(
        _contains(candidate, inner)
        for other in beside.inner.get(name.number, ())
        if other in names
        for inner in names[other].candidates
    )


def _contains(outer: Candidate, inner: Candidate) -> bool:
    if outer.kind == "country":
        return inner.kind != "country" and outer.country == inner.country
    return outer.kind == "province" and inner.province == outer.geonames_id


def _city_or_province(candidates: Sequence[Candidate], held: set[int]) -> list[Candidate]:
    """One of both where a province is named after its city, which lies in it."""
    cities = [candidate for candidate in candidates if candidate.kind == "city"]
    divisions = [candidate for candidate in candidates if candidate.kind in ("province", "county")]
    large = {
        city.country
        for city in cities
        if city.population >= (_CITY_BEFORE_PROVINCE if city.own else _VARIANT_BEFORE_PROVINCE)
    }
    left = [each for each in divisions if each.country not in large or id(each) in held]
    without = {each.country for each in left if each.kind == "province"}
    return left + [city for city in cities if city.country not in without or id(city) in held]
