"""Invented news of a month from four feeds, with what enrichment finds in it at its true place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from article.records import EnrichedArticle, Entity, EntityType, FeedRef, Mention, MentionField, Place, Topic
from tests.index.articles import BBC, DW, NOON, article, direction

FEEDS = (
    BBC,
    DW,
    FeedRef(id="hindu", url="https://www.thehindu.com/feeder/default.rss", title="The Hindu"),
    FeedRef(id="wire", url="https://wire.example/all.xml", title="Example Wire"),
)
PLACES: Mapping[str, tuple[str, float, float]] = {
    "Kabul": ("AF", 34.53, 69.17),
    "Nangarhar": ("AF", 34.33, 70.41),
    "Kerala": ("IN", 10.42, 76.51),
    "Santiago": ("CL", -33.46, -70.65),
    "Frankfurt": ("DE", 50.12, 8.68),
    "Singapore": ("SG", 1.29, 103.85),
    "Lagos": ("NG", 6.45, 3.39),
}
TOPICS = {
    "conflict, war and peace": "16000000",
    "disaster, accident and emergency incident": "03000000",
    "politics and government": "11000000",
    "economy, business and finance": "04000000",
    "science and technology": "13000000",
}


@dataclass(frozen=True, kw_only=True)
class Story:
    title: str
    text: str
    topic: str
    names: tuple[tuple[EntityType, str, str | None], ...]


STORIES = (
    Story(
        title="Taliban envoys meet aid agencies in Kabul",
        text="Envoys of the Taliban met the World Food Programme in Kabul. Isis-Khorasan claimed an attack "
        "in Nangarhar hours later. The World Food Programme said that deliveries would go on.",
        topic="conflict, war and peace",
        names=(
            ("ORG", "Taliban", "kb:taliban"),
            ("ORG", "World Food Programme", None),
            ("ORG", "Isis-Khorasan", "kb:islamic-state-khorasan"),
        ),
    ),
    Story(
        title="Rivers rise in Kerala after a week of rain",
        text="Rivers in Kerala rose above their danger marks, and Meera Nair of the disaster authority asked "
        "people to leave low ground. The National Disaster Response Force sent boats.",
        topic="disaster, accident and emergency incident",
        names=(("PER", "Meera Nair", None), ("ORG", "National Disaster Response Force", None)),
    ),
    Story(
        title="European Central Bank holds rates in Frankfurt",
        text="The European Central Bank left its rates as they are, Anna Keller said in Frankfurt. Banks in "
        "Singapore had expected as much.",
        topic="economy, business and finance",
        names=(("ORG", "European Central Bank", "kb:european-central-bank"), ("PER", "Anna Keller", None)),
    ),
    Story(
        title="Chileans vote on pensions as lines form in Santiago",
        text="Chileans went to vote on pensions. In Santiago, Camila Rojas waited for two hours. Results are "
        "expected at night.",
        topic="politics and government",
        names=(("PER", "Camila Rojas", None), ("NORP", "Chileans", "country:CL")),
    ),
    Story(
        title="Malaria vaccine reaches clinics in Lagos",
        text="The first doses of a malaria vaccine reached clinics in Lagos, said Adaeze Obi of the World "
        "Health Organization.",
        topic="science and technology",
        names=(
            ("PER", "Adaeze Obi", None),
            ("ORG", "World Health Organization", "kb:world-health-organization"),
        ),
    ),
)
DAYS, EACH_DAY = 30, 2


def _mentions(title: str, text: str, form: str) -> tuple[Mention, ...]:
    fields: tuple[tuple[MentionField, str], ...] = (("title", title), ("text", text))
    return tuple(
        Mention(field=field, start=found.start(), end=found.end(), text=form, score=0.97)
        for field, value in fields
        for found in re.finditer(re.escape(form), value)
    )


def _entities(story: Story) -> Iterator[Entity]:
    for order, (kind, name, linked) in enumerate(story.names):
        mentions = _mentions(story.title, story.text, name)
        yield Entity(type=kind, name=name, id=linked, salience=0.9 - order / 10, mentions=mentions)
    for name in PLACES:
        if mentions := _mentions(story.title, story.text, name):
            yield Entity(type="LOC", name=name, salience=0.4, mentions=mentions)


def _places(story: Story) -> Iterator[Place]:
    for name, (country, lat, lon) in PLACES.items():
        if name in story.text:
            yield Place(name=name, country=country, lat=lat, lon=lon)


def _made(number: int) -> EnrichedArticle:
    story = STORIES[number % len(STORIES)]
    published = NOON - timedelta(days=number // EACH_DAY, hours=number % 5, minutes=7 * (number % 8))
    made = article(
        f"story-{number}",
        story.title if number < len(STORIES) else f"{story.title}, update {number // len(STORIES)}",
        story.text,
        summary=story.text.split(". ")[0] + ".",
        published=published,
        first_seen=published + timedelta(seconds=40 + number),
        feed=FEEDS[number % len(FEEDS)],
        lang=("en", "en", "en", "de")[number % 4],
        entities=tuple(_entities(story)),
        places=tuple(_places(story)),
        topics=(Topic(code=f"medtop:{TOPICS[story.topic]}", label=story.topic, score=0.96),),
        embedding=direction(*(1.0 if at == number % len(STORIES) else 0.01 * number for at in range(5))),
    )
    return replace(made, revision=1 + number % 3)


NEWS = tuple(_made(number) for number in range(DAYS * EACH_DAY))
