"""What the numbers that come out of the model mean: `labels.json` beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from article.errors import BadConfiguration
from article.records import EntityType

_REMEDY = "put the model's files back, or unset enrich.model to use the bundled model"

_TYPES: dict[str, EntityType] = {name: name for name in get_args(EntityType)}


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What each logit stands for: `types` of the entity head, codes, names and thresholds of the topic head.

    The tags of the entity head are O and then B- and I- of each type, in the order of `types`.
    """

    name: str
    version: str
    types: tuple[EntityType, ...]
    topics: tuple[str, ...]
    topic_names: tuple[str, ...]
    topic_thresholds: dict[str, float]

    @property
    def model(self) -> str:
        """name@version, as it stands in every article that the model read."""
        return f"{self.name}@{self.version}"

    @property
    def tag_count(self) -> int:
        return 1 + 2 * len(self.types)


def load_labels(path: Path) -> Labels:
    """Raises BadConfiguration where the file is missing or its parts do not belong together."""
    try:
        labels = _parse(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadConfiguration(
            str(path), f"cannot be read as labels: {type(error).__name__}: {error}", _REMEDY
        ) from error
    if len(labels.topic_names) != len(labels.topics) or set(labels.topic_thresholds) != set(labels.topics):
        raise BadConfiguration(str(path), "every topic needs one name and one threshold", _REMEDY)
    return labels


def _parse(parts: dict[str, object]) -> Labels:
    tags = _texts(parts["ner"])
    types = tuple(_TYPES[tag[2:]] for tag in tags if tag.startswith("B-"))
    if tags != ("O", *(f"{kind}-{name}" for name in types for kind in "BI")):
        raise ValueError("ner must be O and then B- and I- of each type")
    thresholds = parts["topic_thresholds"]
    if not isinstance(thresholds, dict):
        raise TypeError("topic_thresholds must be an object")
    return Labels(
        name=str(parts["name"]),
        version=str(parts["version"]),
        types=types,
        topics=_texts(parts["topics"]),
        topic_names=_texts(parts["topic_names"]),
        topic_thresholds={str(code): float(threshold) for code, threshold in thresholds.items()},
    )


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("a list of texts is needed")
    return tuple(value)
