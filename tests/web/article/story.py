"""An article in three revisions, with what enrichment finds at its true places; and a hostile one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from article.codec import encode
from article.records import (
    EnrichedArticle,
    Entity,
    EntityType,
    Mention,
    MentionField,
    Place,
    Span,
    StepFailure,
    Topic,
)
from bus.channels import ENRICHED, RAW
from bus.protocol import Bus, Record
from tests.index.articles import NOON, article, direction

TITLE = "Taliban envoys meet aid agencies in Kabul as Isis-Khorasan claims attack"
FIRST = """\
Envoys of the Taliban met the World Food Programme in Kabul on Sunday to talk about deliveries for the winter.
Isis-Khorasan (ISKP) claimed an attack in Nangarhar hours later. At least 12 people were hurt, a doctor said.
“We will go on as long as the roads are open,” said Meera Nair, who leads the agency's work in the country. \
The World Food Programme has 400 lorries there.
The two sides last met in March, when talks ended without a result. Neighbouring countries had asked for more.
Snow has closed the Salang Pass, and prices of flour have risen by a third since September."""
LATER = FIRST.replace(
    "At least 12 people were hurt, a doctor said.", "At least 19 people were hurt and two died, doctors said."
).replace(
    "The two sides last met in March, when talks ended without a result.",
    "The two sides last met in March. A spokesman of the Taliban called the new talks useful.",
)
LAST = LATER.replace("useful.", "“useful and frank”.").replace(
    "\nSnow has", "\nThe United Nations asked for 600 million dollars on Monday.\nSnow has"
)
NAMES: tuple[tuple[EntityType, str, str | None, tuple[str, ...]], ...] = (
    ("ORG", "Taliban", "kb:taliban", ("Taliban",)),
    ("ORG", "Isis-Khorasan", "kb:islamic-state-khorasan", ("Isis-Khorasan", "ISKP")),
    ("ORG", "World Food Programme", None, ("World Food Programme",)),
    ("ORG", "United Nations", "kb:united-nations", ("United Nations",)),
    ("PER", "Meera Nair", None, ("Meera Nair",)),
    ("LOC", "Kabul", "geonames:1138958", ("Kabul",)),
    ("LOC", "Nangarhar", "geonames:1132366", ("Nangarhar",)),
    ("LOC", "Salang Pass", None, ("Salang Pass",)),
)
PLACES = (
    Place(name="Kabul", country="AF", lat=34.53, lon=69.17, geonames_id=1138958, mentions=2, kind="city"),
    Place(name="Nangarhar", country="AF", lat=34.33, lon=70.41, geonames_id=1132366, kind="province"),
)


def _mentions(text: str, title: str, forms: tuple[str, ...]) -> tuple[Mention, ...]:
    fields: tuple[tuple[MentionField, str], ...] = (("title", title), ("text", text))
    return tuple(
        Mention(field=field, start=found.start(), end=found.end(), text=form, score=0.97)
        for field, value in fields
        for form in forms
        for found in re.finditer(re.escape(form), value)
    )


def _evidence(text: str, *begin: str) -> tuple[Span, ...]:
    found = [text.index(each) for each in begin]
    return tuple(Span(field="text", start=at, end=text.index(".", at) + 1) for at in found)


def _told(text: str, revision: int) -> EnrichedArticle:
    entities = tuple(
        Entity(
            type=kind,
            name=name,
            id=linked,
            matched=f'name "{name}"' if linked else None,
            salience=0.9 - at / 10,
            mentions=mentions,
        )
        for at, (kind, name, linked, forms) in enumerate(NAMES)
        if (mentions := _mentions(text, TITLE, forms))
    )
    topics = (
        Topic(
            code="medtop:16000000",
            label="conflict, war and peace",
            score=0.97,
            evidence=_evidence(text, "Isis-Khorasan (", "The two sides"),
        ),
        Topic(
            code="medtop:20001360",
            label="aid for victims of disaster",
            score=0.64,
            evidence=_evidence(text, "Envoys of"),
        ),
    )
    made = article(
        "story",
        TITLE,
        text,
        summary="Talks about deliveries for the winter, hours before an attack in the east.",
        revision=revision,
        published=NOON - timedelta(hours=3),
        first_seen=NOON - timedelta(hours=3) + timedelta(seconds=42),
        entities=entities,
        places=PLACES,
        topics=topics,
        embedding=direction(1.0),
    )
    seen = NOON - timedelta(hours=3 - revision)
    enrichment = replace(made.enrichment, finished=seen + timedelta(seconds=2))
    return replace(
        made,
        seen=seen,
        enrichment=enrichment,
        authors=("Anna Keller", "Adaeze Obi"),
        notes=("page: 3 lines on most pages of this site, left out",),
    )


REVISIONS = (_told(FIRST, 1), _told(LATER, 2), _told(LAST, 3))
STORY = REVISIONS[-1]
LIKE = replace(article("like", "Aid for Kabul is delayed", "Lorries wait.", embedding=direction(0.9, 0.4)))

BIDI = "\u202e\u2066evil\u2069"
_HOSTILE = f"<script>alert(1)</script>{BIDI} & 'quoted' \"twice\" </p></main>"
HOSTILE = replace(
    article(
        "hostile",
        f"<img src=x onerror=alert(1)>{BIDI}",
        f"{_HOSTILE}\n{_HOSTILE}",
        summary="<svg onload=alert(1)>",
        lang='en" onclick="alert(1)',
        places=[Place(name="<b>Kabul</b>", country="AF", lat=91.0, lon=-190.0)],
    ),
    url="javascript:alert(1)",
    authors=("<i>me</i>",),
    categories=("<u>x</u>",),
    notes=("<s>note</s>",),
    entities=(
        Entity(
            type="PER",
            name='"><script>alert(2)</script>',
            id="watch:my list/a&b?#c",
            matched="<em>alias</em>",
            mentions=(Mention(field="text", start=2, end=30, text=_HOSTILE[2:30], score=0.5),),
        ),
    ),
    topics=(
        Topic(
            code="custom:<x>",
            label="<h1>topic</h1>",
            score=0.9,
            evidence=(Span(field="text", start=0, end=40),),
        ),
    ),
)
FAILED = replace(
    article("failed", "Überschwemmung in Passau", "Die Donau stieg.", lang="de"),
    enrichment=replace(
        article("x").enrichment,
        status="failed",
        failures=tuple(
            StepFailure(step=step, reason="unsupported language de")
            for step in ("entities", "places", "topics")
        ),
    ),
)


def tell(bus: Bus, *articles: EnrichedArticle) -> None:
    """Put them on the stream, each as it was seen and as it was enriched."""
    channels = (RAW, ENRICHED)
    bus.publish(
        [
            Record(channel=channel, key=each.id, value=encode(each))
            for each in articles
            for channel in channels
        ]
    )
