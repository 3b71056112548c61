from __future__ import annotations

import json

from index.present import page_as_json
from index.protocol import ArticleIndex
from index.query import Facet, FacetName, Query
from tests.index.articles import NOON, article, entity, id_of, place, search, topic

FACETS: tuple[FacetName, ...] = ("entity", "day", "place")


def test_a_page_as_json(index: ArticleIndex) -> None:
    index.write(
        [
            article(
                "a",
                "Flood & fire",
                entities=[entity("ORG", "Red Cross", linked="Q7178")],
                places=[place("Odesa", "UA")],
                topics=[topic("03000000", "disaster")],
            ),
            article("b", "Flood", published=None),
        ]
    )
    query = Query(highlight=True, now=NOON, facets=tuple(Facet(name=name) for name in FACETS))
    shown = json.loads(json.dumps(page_as_json(search(index, "flood", query))))
    assert shown["total"] == 2
    first = next(hit for hit in shown["hits"] if hit["id"] == id_of("a"))
    second = next(hit for hit in shown["hits"] if hit["id"] == id_of("b"))
    assert first["published"] == "2026-05-10T12:00:00Z"
    assert second["published"] is None
    assert first["entities"] == [{"type": "ORG", "name": "Red Cross", "id": "Q7178", "mentions": 1}]
    assert first["places"][0]["country"] == "UA"
    assert first["topics"] == [{"code": "medtop:03000000", "label": "disaster", "score": 0.8}]
    assert first["highlights"] == {"title": ["<em>Flood</em> &amp; fire"]}
    assert first["feed"]["title"] == "BBC News"
    day = {"key": "2026-05-10", "label": "2026-05-10", "count": 2, "id": None, "place": None}
    red_cross = {"key": "red cross", "label": "Red Cross", "count": 1, "id": "Q7178", "place": None}
    assert {name: shown["facets"][name] for name in ("entity", "day")} == {
        "entity": [red_cross],
        "day": [day],
    }
    assert [(each["label"], each["place"]["country"]) for each in shown["facets"]["place"]] == [
        ("Odesa", "UA")
    ]
