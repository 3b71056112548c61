"""What new findings change in articles: compared one by one, and added up for a person or a program. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from article.records import EnrichedArticle

Kind = Literal["entities", "ids", "places", "topics"]
KINDS: tuple[Kind, ...] = ("entities", "ids", "places", "topics")
EXAMPLES = 3  # of each side of each group: bounds the report, and what a person reads


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that an article says. Two are the same whose kind, group and key are.

    Groups are an entity's type, the part of an id before the colon, a place's country, a topic's code.
    """

    kind: Kind
    group: str
    key: str
    shown: str = field(compare=False)


def findings(article: EnrichedArticle) -> frozenset[Finding]:
    """What the article says, mentions and scores apart."""
    return frozenset(_findings(article))


def _findings(article: EnrichedArticle) -> Iterator[Finding]:
    for entity in article.entities:
        yield Finding(kind="entities", group=entity.type, key=entity.name.casefold(), shown=entity.name)
        if entity.id is not None:
            source = entity.id.partition(":")[0]
            yield Finding(kind="ids", group=source, key=entity.id, shown=f"{entity.name} = {entity.id}")
    for place in article.places:
        yield Finding(kind="places", group=place.country, key=place.name.casefold(), shown=place.name)
    for topic in article.topics:
        yield Finding(kind="topics", group=topic.code, key="", shown=topic.label)


@dataclass(frozen=True, kw_only=True)
class Example:
    found: str
    article: str
    title: str


@dataclass(kw_only=True)
class Side:
    """What was gained, or lost, in one group."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, finding: Finding, article: EnrichedArticle) -> None:
        self.count += 1
        known = {example.found for example in self.examples}
        # Of a topic the articles are the examples, of the others the names.
        if len(self.examples) < EXAMPLES and (finding.kind == "topics" or finding.shown not in known):
            self.examples.append(Example(found=finding.shown, article=article.id, title=article.title))


@dataclass(kw_only=True)
class Group:
    gained: Side = field(default_factory=Side)
    lost: Side = field(default_factory=Side)


@dataclass(kw_only=True)
class Differences:
    """Of all articles so far. Its size does not grow with their number.

    `changed` articles have another finding or status; `articles` counts those with another finding of a kind.
    `status` counts "complete → partial", `models` the models of each step, "step: old → new".
    """

    compared: int = 0
    changed: int = 0
    articles: Counter[Kind] = field(default_factory=Counter)
    groups: dict[Kind, dict[str, Group]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    status: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)

    def add(self, old: EnrichedArticle, new: EnrichedArticle) -> None:
        """Count what differs between what an article said and what it says now."""
        before, after = findings(old), findings(new)
        gained, lost = after - before, before - after
        for finding in sorted(gained, key=_order):
            self._group(finding).gained.add(finding, new)
        for finding in sorted(lost, key=_order):
            self._group(finding).lost.add(finding, old)
        self.articles.update({finding.kind for finding in gained | lost})
        was, now = old.enrichment, new.enrichment
        if was.status != now.status:
            self.status[f"{was.status} → {now.status}"] += 1
        for step in sorted(was.models.keys() | now.models.keys()):
            if was.models.get(step) != now.models.get(step):
                self.models[f"{step}: {was.models.get(step, 'none')} → {now.models.get(step, 'none')}"] += 1
        self.compared += 1
        self.changed += bool(gained or lost or was.status != now.status)

    def as_json(self) -> dict[str, object]:
        return {
            "compared": self.compared,
            "changed": self.changed,
            "models": dict(self.models),
            "status": dict(self.status),
            **{
                kind: {
                    "articles": self.articles[kind],
                    "groups": {
                        name: {"gained": _side(group.gained), "lost": _side(group.lost)}
                        for name, group in sorted(self.groups[kind].items())
                    },
                }
                for kind in KINDS
            },
        }

    def lines(self) -> Iterator[str]:
        """For a person."""
        yield f"{self.compared:,} articles were read anew: {self.changed:,} say something else than before"
        for what, counter in (("models", self.models), ("status", self.status)):
            for change, count in counter.most_common():
                yield f"  {what}  {change}: {count:,} articles"
        for kind in KINDS:
            if self.groups[kind]:
                yield f"  {kind}: {self.articles[kind]:,} articles"
            for name, group in sorted(self.groups[kind].items()):
                yield f"    {_label(kind, name, group)}  +{group.gained.count:,}  -{group.lost.count:,}"
                yield from (f"      + {_shown(kind, each)}" for each in group.gained.examples)
                yield from (f"      - {_shown(kind, each)}" for each in group.lost.examples)

    def _group(self, finding: Finding) -> Group:
        return self.groups[finding.kind].setdefault(finding.group, Group())


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.kind, finding.group, finding.key


def _side(side: Side) -> dict[str, object]:
    examples = [
        {"found": example.found, "article": example.article, "title": example.title}
        for example in side.examples
    ]
    return {"count": side.count, "examples": examples}


def _label(kind: Kind, name: str, group: Group) -> str:
    """A topic by its label: its code says little to a person."""
    examples = [*group.gained.examples, *group.lost.examples]
    return f"{name} {examples[0].found}" if kind == "topics" and examples else name


def _shown(kind: Kind, example: Example) -> str:
    title = example.title if len(example.title) <= 70 else f"{example.title[:69]}…"
    return title if kind == "topics" else f"{example.found}  in: {title}"
