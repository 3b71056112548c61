"""Mentions of one somebody or something gathered into an entity.

    mentions ──▶ definitions cut ──▶ split names whole again ──▶ missed mentions added ──▶ types agreed on
             ──▶ grouped by spelling ──▶ joined: acronyms with what they stand for, surnames with full names
             ──▶ named, typed, weighed

All of it looks at one article alone.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from article.records import Entity, EntityType, Mention
from enrich.abbreviations import definitions, initials, is_acronym, split_definitions, unseen_acronyms
from enrich.agreement import agree_on_types, vote
from enrich.mentions import Found
from enrich.names import normalise
from enrich.people import full_names_of, person_key
from enrich.propagate import missed_mentions
from enrich.wholes import restore_wholes

# Salience is a mean of three signs, each from 0 to 1, with these weights.
_IN_TITLE = 0.4
_EARLY = 0.3
_OFTEN = 0.3


def gather(title: str, text: str, found: Sequence[Found]) -> tuple[Entity, ...]:
    """The entities of an article, the most salient first; mentions in the order of the article."""
    sources = {"title": title, "text": text}
    mentions = restore_wholes(sources, split_definitions(found))
    unseen = list(unseen_acronyms(sources, mentions))
    mentions = _in_order([*mentions, *(acronym for _, acronym in unseen)])
    mentions = agree_on_types(_in_order([*mentions, *missed_mentions(sources, mentions)]))
    groups = _group(sources, mentions)
    most = max(map(len, groups), default=0)
    entities = [_entity(group, length=len(text), most=most) for group in groups]
    entities.sort(key=lambda entity: -entity.salience)
    return tuple(entities)


def _in_order(found: Sequence[Found]) -> list[Found]:
    return sorted(found, key=lambda mention: (mention.field != "title", mention.start, mention.end))


def _group(sources: dict[str, str], mentions: Sequence[Found]) -> list[list[Found]]:
    """Mentions by entity, in the order of their first mention."""
    keys = [_key(mention) for mention in mentions]
    same = _Classes()
    key_of = {id(mention): key for mention, key in zip(mentions, keys, strict=True)}
    for first, second in definitions(sources, mentions):
        same.join(key_of[id(first)], key_of[id(second)])
    for short, full in _by_initials(mentions):
        same.join(full, short)
    people = {key for key in keys if key.startswith("PER ")}
    for surname, full in full_names_of(key.removeprefix("PER ") for key in people).items():
        same.join(f"PER {full}", f"PER {surname}")
    groups: dict[str, list[Found]] = defaultdict(list)
    for mention, key in zip(mentions, keys, strict=True):
        groups[same.of(key)].append(mention)
    return list(groups.values())


def _by_initials(mentions: Sequence[Found]) -> Iterator[tuple[str, str]]:
    """Keys of acronyms and of the one name in the article, of their type, whose initials they are: US, United
    States."""
    full_names: dict[tuple[str, EntityType], set[str]] = defaultdict(set)
    acronyms: dict[tuple[str, EntityType], str] = {}
    for mention in mentions:
        if mention.type != "PER" and (short := initials(mention.text)):
            full_names[short, mention.type].add(_key(mention))
        if is_acronym(mention.text):
            acronyms[normalise(mention.text), mention.type] = _key(mention)
    for short_name in sorted(acronyms):
        candidates = full_names.get(short_name, set())
        if len(candidates) == 1:
            yield acronyms[short_name], next(iter(candidates))


def _key(mention: Found) -> str:
    spelling = normalise(mention.text) or mention.text
    if mention.type == "PER":
        return f"PER {person_key(mention.text) or spelling}"
    return f"{mention.type} {spelling}"


def merged(entities: Sequence[Entity], *, length: int, most: int) -> Entity:
    """Entities that are one and the same; `most` is how often the most mentioned of the article is
    mentioned."""
    mentions = sorted(
        (mention for entity in entities for mention in entity.mentions),
        key=lambda mention: (mention.field != "title", mention.start),
    )
    group = [
        Found(
            field=mention.field,
            start=mention.start,
            end=mention.end,
            text=mention.text,
            type=entity.type,
            score=mention.score,
        )
        for entity in entities
        for mention in entity.mentions
    ]
    kind = vote(group)
    return Entity(
        type=kind,
        name=_best_name([mention.text for mention in mentions], kind)
        if len(entities) > 1
        else entities[0].name,
        mentions=tuple(mentions),
        salience=_salience(_in_order(group), length=length, most=most),
    )


def _entity(group: Sequence[Found], *, length: int, most: int) -> Entity:
    kind = vote(group)
    return Entity(
        type=kind,
        name=_best_name([mention.text for mention in group], kind),
        mentions=tuple(
            Mention(
                field=mention.field,
                start=mention.start,
                end=mention.end,
                text=mention.text,
                score=mention.score,
            )
            for mention in group
        ),
        salience=_salience(group, length=length, most=most),
    )


def _best_name(surfaces: Sequence[str], kind: EntityType) -> str:
    """The full form: no acronym, not in capitals throughout, a person's longest, else the most frequent."""
    counts = Counter(" ".join(surface.split()) for surface in surfaces)

    def rank(surface: str) -> tuple[bool, bool, int, int]:
        shouted = surface.isupper() and len(surface) > 5
        words = len(person_key(surface).split()) if kind == "PER" else 0
        return not is_acronym(surface), not shouted, words, counts[surface]

    # max keeps the first of equals: the form that the article uses first.
    return max(counts, key=rank)


def _salience(group: Sequence[Found], *, length: int, most: int) -> float:
    in_title = any(mention.field == "title" for mention in group)
    first = 0 if in_title else min(mention.start for mention in group)
    early = 1 - first / max(length, 1)
    often = math.log1p(len(group)) / math.log1p(most)
    return round(_IN_TITLE * in_title + _EARLY * early + _OFTEN * often, 4)


class _Classes:
    """Which keys mean the same (union-find without ranks: an article has few keys)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def of(self, key: str) -> str:
        while (parent := self._parent.get(key, key)) != key:
            key = parent
        return key

    def join(self, first: str, second: str) -> None:
        self._parent[self.of(second)] = self.of(first)
