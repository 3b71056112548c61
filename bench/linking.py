"""How well names are linked and places found, on the gold set (bench/linking_gold).

    python -m bench.linking [--errors]

Once with the gold mentions given, so that only linking is measured, and once through the product, from the
text.
A link counts where span and id are those of the gold set; a place once for each article, by its id. The half
`tune` was looked at while rules were written; `held` is the figure to believe.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from article.records import Entity, EntityType, MentionField, Place
from bench.corpus import corpus_root
from enrich.findings import Text
from enrich.gazetteer.lookup import load_gazetteer
from enrich.knowledge.entries import demonyms
from enrich.linker import Linker
from enrich.mentions import Found
from enrich.names import normalise
from enrich.pipeline import Enricher
from runtime.settings import EnrichSettings

_GOLD = Path(__file__).parent / "linking_gold" / "gold.json"
_CONTINENTS = frozenset(f"geonames:{number}" for number in range(6255146, 6255153))

Half = Literal["tune", "held"]
Link = tuple[str, MentionField, int, int, str]


@dataclass(frozen=True, kw_only=True)
class GoldArticle:
    half: Half
    text: Text
    links: tuple[Link, ...]

    @property
    def places(self) -> frozenset[str]:
        ids = {each[4] for each in self.links}
        return frozenset(each for each in ids - _CONTINENTS if not each.startswith("kb:"))


@dataclass(frozen=True, kw_only=True)
class Score:
    precision: float
    recall: float
    f1: float


def load_gold() -> list[GoldArticle]:
    with gzip.open(corpus_root() / "data" / "article_pages" / "gold.json.gz", "rt", encoding="utf-8") as file:
        pages: dict[str, dict[str, str | None]] = json.load(file)
    articles = []
    for name, labels in json.loads(_GOLD.read_text("utf-8")).items():
        page = pages[name]
        articles.append(
            GoldArticle(
                half=labels["half"],
                text=Text(id=name, title=page["title"] or "", text=page["text"] or ""),
                links=tuple((name, *link) for link in labels["links"]),
            )
        )
    return articles


def score(found: Iterable[object], wanted: Iterable[object]) -> Score:
    got, want = Counter(found), Counter(wanted)
    common = (got & want).total()
    precision, recall = common / max(got.total(), 1), common / max(want.total(), 1)
    return Score(
        precision=precision, recall=recall, f1=2 * precision * recall / max(precision + recall, 1e-9)
    )


def links_of(article: str, entities: Iterable[Entity]) -> list[Link]:
    return [
        (article, mention.field, mention.start, mention.end, entity.id)
        for entity in entities
        for mention in entity.mentions
        if entity.id is not None
    ]


def ids_of(places: Iterable[Place]) -> set[str]:
    return {
        f"country:{place.country}" if place.kind == "country" else f"geonames:{place.geonames_id}"
        for place in places
    }


def gold_mentions(article: GoldArticle) -> list[Found]:
    """The labelled mentions with the types that a perfect model would give."""
    sources = {"title": article.text.title, "text": article.text.text}
    return [
        Found(
            field=field,
            start=start,
            end=end,
            text=sources[field][start:end],
            type=_type(sources[field][start:end], meaning),
            score=1.0,
        )
        for _, field, start, end, meaning in article.links
    ]


def _type(text: str, meaning: str) -> EntityType:
    if meaning.startswith("country:") and normalise(text) in demonyms():
        return "NORP"
    regions = ("sea", "gulf", "ocean", "strait", "canal", "east", "africa", "midwest", "valley", "area")
    return "ORG" if meaning.startswith("kb:") and not meaning.endswith(regions) else "LOC"


def measure_gold_mentions(articles: Sequence[GoldArticle]) -> dict[str, tuple[list[Entity], list[Place]]]:
    linker = Linker(load_gazetteer())
    results = {}
    for article in articles:
        entities = linker.gather(article.text, gold_mentions(article))
        linked, places = linker(article.text, entities)
        results[article.text.id] = (list(linked), list(places))
    return results


def measure_product(articles: Sequence[GoldArticle]) -> dict[str, tuple[list[Entity], list[Place]]]:
    with Enricher(EnrichSettings()) as enricher:
        found = enricher.enrich([article.text for article in articles])
    return {
        article.text.id: (list(findings.entities), list(findings.places))
        for article, findings in zip(articles, found, strict=True)
    }


def scores(
    articles: Sequence[GoldArticle], results: dict[str, tuple[list[Entity], list[Place]]]
) -> tuple[Score, Score]:
    """Of links and of places."""
    names = [article.text.id for article in articles]
    linking = score(
        [link for name in names for link in links_of(name, results[name][0])],
        [link for article in articles for link in article.links],
    )
    places = score(
        [(name, each) for name in names for each in ids_of(results[name][1])],
        [(article.text.id, each) for article in articles for each in article.places],
    )
    return linking, places


def _errors(article: GoldArticle, entities: Iterable[Entity]) -> None:
    sources = {"title": article.text.title, "text": article.text.text}
    found, wanted = set(links_of(article.text.id, entities)), set(article.links)
    for sign, links in (("+", found - wanted), ("-", wanted - found)):
        for _, field, start, end, meaning in sorted(links):
            print(f"{article.text.id[:6]} {sign} {sources[field][start:end]!r} {meaning}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Linking and places on the gold set.")
    parser.add_argument("--errors", action="store_true", help="also those of the half that may be looked at")
    options = parser.parse_args()
    articles = load_gold()
    print(f"{len(articles)} articles{'':<30} precision  recall      F1")
    for name, measure in (("gold mentions", measure_gold_mentions), ("product", measure_product)):
        results = measure(articles)
        for half in ("tune", "held"):
            part = [article for article in articles if article.half == half]
            for what, each in zip(("links", "places"), scores(part, results), strict=True):
                label = f"{name}, {what}, {half} ({len(part)})"
                print(f"{label:<40} {each.precision:10.3f} {each.recall:7.3f} {each.f1:7.3f}")
        if options.errors:
            for article in articles:
                if article.half == "tune":
                    _errors(article, results[article.text.id][0])


if __name__ == "__main__":
    main()
