"""One look at the index for all that the search page shows, and what the page makes of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from index.protocol import ArticleIndex, Bucket
from index.query import Facet, FacetName
from web.search import facets
from web.search.asked import ANY_OF, PAGE_SIZE, Asked
from web.search.chart import Chart, chart, time_facets
from web.search.facets import Chip, Group
from web.search.map import WorldMap, world_map
from web.search.view import Results, results

MAP_COUNTRIES, MAP_PLACES = 60, 30
_ON_MAP: dict[FacetName, int] = {"country": MAP_COUNTRIES, "place": MAP_PLACES}


@dataclass(frozen=True, kw_only=True)
class Found:
    results: Results
    groups: tuple[Group, ...]
    chips: tuple[Chip, ...]
    chart: Chart | None
    map: WorldMap | None


def search(index: ArticleIndex, asked: Asked, now: datetime) -> Found:
    """Raises BadQuery, and what an index raises."""
    whole = replace(
        asked.query(now),
        limit=PAGE_SIZE,
        offset=(asked.page - 1) * PAGE_SIZE,
        highlight=True,
        facets=tuple(_facets(asked)),
    )
    page = index.search(whole)
    counted: Mapping[FacetName, tuple[Bucket, ...]] = {**page.facets, **_others(index, asked, now)}
    return Found(
        results=results(asked, page),
        groups=facets.groups(asked, counted),
        chips=facets.chips(asked, counted),
        chart=chart(asked, page.facets),
        map=world_map(asked, page.facets.get("country", ()), page.facets.get("place", ())),
    )


def _facets(asked: Asked) -> Iterator[Facet]:
    for facet in facets.wanted(asked):
        yield replace(facet, size=max(facet.size, _ON_MAP.get(facet.name, 0)))
    yield from time_facets(asked)


def _others(index: ArticleIndex, asked: Asked, now: datetime) -> dict[FacetName, tuple[Bucket, ...]]:
    """Of what any value will do (feeds, languages), what else could be chosen beside the choice."""
    counted: dict[FacetName, tuple[Bucket, ...]] = {}
    for name in ANY_OF:
        if asked.chosen(name):
            size = next(facet.size for facet in facets.wanted(asked) if facet.name == name)
            page = index.search(
                replace(asked.query(now, without=name), facets=(Facet(name=name, size=size),))
            )
            counted |= page.facets
    return counted
