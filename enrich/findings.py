"""What goes into the steps and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from article.records import EnrichmentStatus, Entity, Place, StepFailure, Topic

Step = Literal["lang", "entities", "places", "topics", "embedding"]

# The steps that an article is worth nothing without: all failed, the enrichment failed.
_MAIN_STEPS = frozenset({"entities", "topics", "embedding"})


@dataclass(frozen=True, kw_only=True)
class Text:
    """The part of an article that is read. `declared_lang` is what its publisher says: a hint."""

    id: str
    title: str = ""
    text: str = ""
    declared_lang: str | None = None


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found in one text, and which steps could not look.

    `lang` is ISO 639-1, None where there is too little text to tell. `embedding` has 384 numbers of unit
    length, rounded to 6 decimals, or none. `models` maps a step to name@version. `pieces` were read for it.
    """

    lang: str | None = None
    entities: tuple[Entity, ...] = ()
    places: tuple[Place, ...] = ()
    topics: tuple[Topic, ...] = ()
    embedding: tuple[float, ...] = ()
    failures: tuple[StepFailure, ...] = ()
    models: dict[str, str] = field(default_factory=dict)
    pieces: int = 0

    @property
    def status(self) -> EnrichmentStatus:
        """complete: every step was done; failed: none of entities, topics, embedding was found; else partial.

        A step that was done in part (a text longer than the limit) has a failure and findings both.
        """
        if not self.failures:
            return "complete"
        failed = {failure.step for failure in self.failures}
        found = self.entities or self.topics or self.embedding
        return "failed" if failed >= _MAIN_STEPS and not found else "partial"
