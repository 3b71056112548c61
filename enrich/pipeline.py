"""The steps in their order, over many articles at once.

    title, text ──▶ language ──▶ model ──▶ mentions ──▶ entities ──▶ places
                                   ├─────▶ topics
                                   └─────▶ embedding

Articles are spread over threads: the model releases the interpreter while it runs. A step that fails is told
in the findings; it takes neither the other steps nor the other articles with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

import numpy as np

from article.records import Entity, Place, StepFailure, Topic
from enrich.encoder import Encoded, Encoder, Stopped
from enrich.findings import Findings, Step, Text
from enrich.gazetteer.lookup import GAZETTEER_NAME, GAZETTEER_VERSION, load_gazetteer
from enrich.knowledge.entries import KNOWLEDGE_NAME, KNOWLEDGE_VERSION
from enrich.language import ENGLISH, LanguageDetector
from enrich.linker import Linker
from enrich.mentions import Tagged, find_mentions, join
from enrich.stream import in_order
from enrich.tagger.opening import open_tagger
from enrich.tagger.tagger import Tagger
from enrich.topics import TopicFinder
from enrich.watchlists.check import problems
from enrich.watchlists.lists import watched
from runtime.logging import get_logger
from runtime.settings import EnrichSettings

_NAMES: tuple[Step, ...] = ("entities", "places")
_WHOLE: tuple[Step, ...] = ("topics", "embedding")
# A little under the 4.5 characters that a piece of English news has, so that the budget is kept.
_CHARACTERS_PER_PIECE = 4

T = TypeVar("T")


def _never() -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A text, what of it the models read, and the language that it is in."""

    text: Text
    joined: str
    lang: str | None


class Enricher:
    """Loads the models once and finds in any number of texts. Safe to share between threads; close it."""

    def __init__(self, settings: EnrichSettings) -> None:
        """Raises BadConfiguration that names the model file which is missing or broken."""
        self._settings = settings
        self._encoder = Encoder.load(settings.model)
        self.tagger = open_tagger(settings.entities) if settings.entities.model else None
        """The model for entities where it is not the bundled one."""
        self._language = LanguageDetector()
        watchlists = watched(settings.watchlists)
        self.doubts = tuple(problems(watchlists.entries))
        """What somebody should know of the watchlists, a line each: names of several entries, for example."""
        self._linker = Linker(load_gazetteer(), watchlists.entries)
        self._topics = TopicFinder(self._encoder, watchlists.topics)
        self.threads = settings.threads or len(os.sched_getaffinity(0))
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="enrich")
        model = self._encoder.labels.model
        self._models = {
            "lang": self._language.model,
            "entities": self.tagger.name if self.tagger else model,
            "links": f"{KNOWLEDGE_NAME}@{KNOWLEDGE_VERSION}",
            "places": f"{GAZETTEER_NAME}@{GAZETTEER_VERSION}",
            "topics": model,
            "embedding": model,
        }
        if settings.watchlists:
            self._models["watchlists"] = f"watchlists@{watchlists.digest}"

    def enrich(self, texts: Sequence[Text], *, stopping: Callable[[], bool] = _never) -> Sequence[Findings]:
        """The findings of each text, in the order of `texts`.

        Raises Stopped, with nothing found, within a fraction of a second after `stopping` turns true.
        """
        futures: list[Future[Findings] | None] = [None] * len(texts)
        # The longest first: a long one that begins last would leave the other cores idle.
        for index in sorted(range(len(texts)), key=lambda index: -_size(texts[index])):
            futures[index] = self._pool.submit(self._read, texts[index], stopping)
        try:
            return [future.result() for future in futures if future is not None]
        finally:
            for future in futures:
                if future is not None:
                    future.cancel()

    def stream(self, texts: Iterable[Text]) -> Iterator[Findings]:
        """The findings of each text, in order, as soon as each is there; reads ahead within the budget."""
        return in_order(
            self._pool,
            self._read,
            texts,
            cost=lambda text: min(_size(text) // _CHARACTERS_PER_PIECE + 1, self._settings.max_pieces),
            budget=self._settings.pieces_in_flight,
            at_least=self.threads + 1,
        )

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Enricher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, text: Text, stopping: Callable[[], bool] = _never) -> Findings:
        """All steps over one text."""
        if stopping():
            raise Stopped
        attempt = _Attempts(text.id)
        lang = attempt("lang", lambda: self._language.detect(text.title, text.text, text.declared_lang), None)
        read = _Read(text=text, joined=join(text.title, text.text), lang=lang)
        encoded = self._encoded(read, attempt, stopping)
        tagged = encoded if self.tagger is None else self._tagged(self.tagger, read, attempt, stopping)
        return self._interpret(read, encoded, tagged, attempt)

    def _encoded(self, read: _Read, attempt: _Attempts, stopping: Callable[[], bool]) -> Encoded | None:
        """What the bundled model says; None where it cannot read the text, or there is none."""
        steps = _NAMES + _WHOLE if self.tagger is None else _WHOLE
        if read.lang not in (None, ENGLISH):
            attempt.failed(steps, f"unsupported language {read.lang}")
            return None
        return attempt(
            steps[0],
            lambda: self._encoder.encode(
                read.joined,
                max_pieces=self._settings.max_pieces,
                tags=self.tagger is None,
                stopping=stopping,
            ),
            None,
            also=steps[1:],
        )

    def _tagged(
        self, tagger: Tagger, read: _Read, attempt: _Attempts, stopping: Callable[[], bool]
    ) -> Tagged | None:
        """What the other model says of names."""
        languages = self._settings.entities.languages
        if read.lang is not None and read.lang not in languages and "*" not in languages:
            attempt.failed(_NAMES, f"unsupported language {read.lang}")
            return None
        return attempt(
            "entities",
            lambda: tagger.tag(read.joined, max_pieces=self._settings.max_pieces, stopping=stopping),
            None,
            also=_NAMES[1:],
        )

    def _interpret(
        self, read: _Read, encoded: Encoded | None, tagged: Tagged | None, attempt: _Attempts
    ) -> Findings:
        entities: tuple[Entity, ...] = ()
        places: tuple[Place, ...] = ()
        topics: tuple[Topic, ...] = ()
        embedding: tuple[float, ...] = ()
        if tagged is not None:
            entities = attempt("entities", lambda: self._entities(read, tagged), entities)
            if tagged.pieces.cut:
                attempt.failures.append(self._cut_short(read.joined, tagged))
            linked = attempt("places", lambda: self._linker(read.text, entities), None)
            entities, places = linked if linked is not None else (entities, places)
        else:
            entities = attempt("entities", lambda: self._linker.watched(read.text), entities)
        if encoded is not None:
            topics = attempt("topics", lambda: self._topics(read.text, encoded), topics)
            embedding = attempt("embedding", lambda: _rounded(encoded), embedding)
        return Findings(
            lang=read.lang,
            entities=entities,
            places=places,
            topics=topics,
            embedding=embedding,
            failures=tuple(attempt.failures),
            models=self._models,
            pieces=len(tagged.pieces) if tagged else len(encoded.pieces) if encoded else 0,
        )

    def _entities(self, read: _Read, tagged: Tagged) -> tuple[Entity, ...]:
        title, text = read.text.title, read.text.text
        types = self.tagger.scheme.types if self.tagger else self._encoder.labels.types
        return self._linker.gather(read.text, find_mentions(title, text, read.joined, tagged, types))

    def _cut_short(self, joined: str, tagged: Tagged) -> StepFailure:
        read = int(tagged.pieces.ends[-1])
        return StepFailure(
            step="entities",
            reason=f"text longer than {self._settings.max_pieces} pieces: "
            f"the model read {read} of {len(joined)} characters",
        )


class _Attempts:
    """Runs the steps of one article and keeps what failed."""

    def __init__(self, article: str) -> None:
        self._article = article
        self.failures: list[StepFailure] = []

    def failed(self, steps: Sequence[Step], reason: str) -> None:
        self.failures += [StepFailure(step=step, reason=reason) for step in steps]

    def __call__(self, step: Step, run: Callable[[], T], otherwise: T, *, also: Sequence[Step] = ()) -> T:
        """What `run` returns, or `otherwise` where it fails; `also` are steps that then fail with it."""
        try:
            return run()
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 - a step of one article must not cost the others anything
            reason = f"{type(error).__name__}: {error}"
            get_logger("enrich").error(
                "step.failed", article=self._article, step=step, reason=reason, exc_info=True
            )
            self.failed((step, *also), reason)
            return otherwise


def _size(text: Text) -> int:
    return len(text.title) + len(text.text)


def _rounded(encoded: Encoded) -> tuple[float, ...]:
    """To 6 decimals: what int8 weights tell is exhausted long before, and JSON is half as long."""
    return tuple(np.round(encoded.embedding.astype(np.float64), 6).tolist())
