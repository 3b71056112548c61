"""Topics that users make: told by a description and examples, found by the embedding.

In a file of watchlists (docs/watchlists.md):

    topics:
      - name: Piracy at sea
        description: Attacks on ships, hijacked crews and ransom at sea
        examples: [Pirates board a tanker in the Gulf of Guinea]
        threshold: 0.4
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

THRESHOLD = 0.4
"""From which similarity an article has a topic that says nothing else."""

MAX_TOPICS = 1_000
MAX_EXAMPLES = 100
MAX_TEXT = 2_000
"""Characters of a description or example; the model reads about half of that."""

_KEYS = frozenset({"code", "name", "description", "examples", "threshold"})


@dataclass(frozen=True, kw_only=True)
class CustomTopic:
    """`code` is "custom:" and a slug; `texts` are its description and examples."""

    code: str
    name: str
    texts: tuple[str, ...]
    threshold: float = THRESHOLD


def parse_topics(listed: object) -> tuple[CustomTopic, ...]:
    """The value of `topics` in a file. Raises ValueError that names the topic, counted from 1."""
    if not isinstance(listed, list) or len(listed) > MAX_TOPICS:
        raise ValueError(f"topics must be a list of {MAX_TOPICS:,} at most")
    topics: dict[str, CustomTopic] = {}
    for number, item in enumerate(listed, 1):
        try:
            topic = _topic(item)
        except ValueError as error:
            raise ValueError(f"topic {number}: {error}") from error
        if topic.code in topics:
            raise ValueError(f"topic {number}: {topic.code} stands there twice: give one another code")
        topics[topic.code] = topic
    return tuple(topics.values())


def _topic(item: object) -> CustomTopic:
    if not isinstance(item, Mapping):
        raise ValueError("must be keys and values: {name: …, description: …}")
    fields = {str(key): value for key, value in item.items()}
    if unknown := sorted(fields.keys() - _KEYS):
        raise ValueError(f"has the unknown key {unknown[0]!r}")
    name = _text(fields.get("name"), "a name")
    examples = fields.get("examples") or []
    if not isinstance(examples, list) or len(examples) > MAX_EXAMPLES:
        raise ValueError(f"examples must be a list of {MAX_EXAMPLES} at most")
    texts = [_text(each, "an example") for each in examples]
    if fields.get("description"):
        texts.insert(0, _text(fields["description"], "a description"))
    if not texts:
        raise ValueError("needs a description or examples")
    code = _slug(str(fields.get("code") or name).removeprefix("custom:"))
    if not code:
        raise ValueError("needs a code of letters and digits from a to z")
    threshold = fields.get("threshold", THRESHOLD)
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 < threshold < 1:
        raise ValueError(f"threshold must be a number between 0 and 1, not {threshold!r}")
    return CustomTopic(code=f"custom:{code}", name=name, texts=tuple(texts), threshold=float(threshold))


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        raise ValueError(f"{what} must be text of at most {MAX_TEXT:,} characters, not {str(value)[:40]!r}")
    return " ".join(value.split())


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


@dataclass(frozen=True, kw_only=True)
class Examples:
    """The topics' texts as embeddings, a row each, and whose they are."""

    topics: tuple[CustomTopic, ...]
    rows: Floats
    owners: NDArray[np.int64]

    @classmethod
    def embedded(cls, topics: Sequence[CustomTopic], embed: Callable[[str], Floats | None]) -> Examples:
        """Runs the model once for each text."""
        rows, owners = [], []
        for number, topic in enumerate(topics):
            found = [each for text in topic.texts if (each := embed(text)) is not None]
            rows += found
            owners += [number] * len(found)
        return cls(topics=tuple(topics), rows=np.array(rows, np.float32), owners=np.array(owners, np.int64))

    def found(self, embedding: Floats) -> Iterator[tuple[CustomTopic, float, Floats]]:
        """Each topic that a text has, how similar the nearest of its texts is, and that one's embedding."""
        if not len(self.rows):
            return
        similarities = np.einsum("te,e->t", self.rows, embedding)
        nearest: dict[int, int] = {}
        for row in np.argsort(similarities, kind="stable"):
            nearest[int(self.owners[row])] = int(row)
        for number, row in sorted(nearest.items()):
            topic, similarity = self.topics[number], float(similarities[row])
            if similarity >= topic.threshold:
                yield topic, min(similarity, 1.0), self.rows[row]
