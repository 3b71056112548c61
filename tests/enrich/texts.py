"""Texts and strategies that several tests of the stage read."""

from __future__ import annotations

from hypothesis import strategies as st

from article.records import EntityType
from enrich.findings import Findings, Text
from enrich.mentions import Found

SUMMIT = Text(
    id="summit",
    title="Germany and France agree on joint defence plan",
    text=(
        "German Chancellor Olaf Scholz and French President Emmanuel Macron met in Berlin on Tuesday. "
        "Scholz said that the North Atlantic Treaty Organization (NATO) would be informed. Macron thanked "
        "the Bundestag. In Brussels, a spokeswoman for the European Commission welcomed the plan, and NATO "
        "said it would study it."
    ),
)
FLOOD = Text(
    id="flood",
    title="Floods kill dozens in northern Pakistan",
    text=(
        "Heavy rain caused floods in Khyber Pakhtunkhwa on Monday, the National Disaster Management "
        "Authority said. Rescue workers in Peshawar and Swat pulled people from the water. The Pakistan "
        "Meteorological Department expects more rain."
    ),
)
GERMAN = Text(
    id="german",
    title="Bundestag stimmt über den Haushalt ab",
    text=(
        "Der Bundestag hat am Donnerstag nach langer Debatte den Haushalt für das kommende Jahr beschlossen. "
        "Die Opposition kritisierte die Pläne der Regierung scharf und sprach von einem Tag der verpassten "
        "Gelegenheiten für das Land und seine Bürgerinnen und Bürger."
    ),
)

# Text as feeds have it and as somebody might send it to break us: letters of many scripts, combining marks,
# directions, emoji, controls, halves of surrogate pairs, long words, quotes and brackets.
SNIPPETS = st.sampled_from(
    [
        "Al-Muhajir's",
        "Islamic State (ISKP)",
        "the United Nations",
        "U.S.",
        "O’Brien",
        "São Paulo",
        "Côte d'Ivoire",
        "e\u0301toile",
        "İstanbul",
        "ﬁnance",
        "北京",
        "القاهرة",
        "\u202eabc\u202c",
        "👩‍👩‍👧‍👦",
        "\x00\x07",
        "\ud800",
        "x" * 150,
        "##ing",
        "[CLS]",
        "[MASK]",
        "\u200b",
        "\u00ad",
        "\n\n",
        "\t",
        "…",
        "(",
        "“Kabul”",
        "2024-05-01",
        "Haqqani Network",
    ]
)
MESSY = st.lists(st.one_of(SNIPPETS, st.text(max_size=12)), max_size=40).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda separator: separator.join(parts))
)


def found(
    source: str, *names: tuple[str, EntityType] | tuple[str, EntityType, float], field: str = "text"
) -> list[Found]:
    """Mentions as the model would give them: each name at its next place in `source`."""
    result = []
    position = 0
    for name, kind, *rest in names:
        start = source.index(name, position)
        position = start + len(name)
        score = rest[0] if rest else 0.9
        result.append(
            Found(
                field="title" if field == "title" else "text",
                start=start,
                end=position,
                text=name,
                type=kind,
                score=float(score),
            )
        )
    return result


def check_offsets(text: Text, findings: Findings) -> None:
    for entity in findings.entities:
        assert 0 <= entity.salience <= 1
        for mention in entity.mentions:
            assert getattr(text, mention.field)[mention.start : mention.end] == mention.text
