"""The articles that the tests' server has."""

from __future__ import annotations

from datetime import timedelta

from article.records import Topic
from tests.index.articles import DW, NOON, article, entity

SOME = (
    article(
        "taliban",
        "Taliban meet in Kabul",
        "The Taliban met envoys in Kabul. Isis-Khorasan was not there.",
        summary="Talks in Kabul",
        entities=[entity("ORG", "Taliban", linked="kb:taliban"), entity("ORG", "Isis-Khorasan")],
        topics=[Topic(code="medtop:16000000", label="conflict, war and peace", score=0.98)],
    ),
    article("flood", "Flood in Bihar", "Rivers rose in Bihar.", published=NOON - timedelta(days=3), feed=DW),
    article(
        "markup",
        "<script>alert(1)</script> & <b>more</b>",
        "Text with <img src=x onerror=alert(1)> in it.",
        summary="<i>not italic</i>",
    ),
)
