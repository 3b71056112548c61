"""What the labels of somebody else's token classifier mean: their types among ours, their scheme away.

B-PER I-PER O (BIO), I-PER O (IO, and IOB1 where B- only parts neighbours), B- I- E- S- (BIOES), B- I- L- U-
(BILOU), PER O                                       ──▶ O, B-, I- of our types, as `enrich.decode` reads
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from article.errors import BadConfiguration
from article.records import EntityType
from enrich.decode import Floats

_TYPES: dict[str, EntityType] = {
    **dict.fromkeys(("PER", "PERSON", "PERS", "PEOPLE"), "PER"),
    **dict.fromkeys(("ORG", "ORGANIZATION", "ORGANISATION", "CORPORATION", "COMPANY", "GROUP"), "ORG"),
    **dict.fromkeys(("LOC", "LOCATION", "GPE", "FAC", "FACILITY", "PLACE", "GEO", "CITY", "COUNTRY"), "LOC"),
    **dict.fromkeys(("NORP", "NATIONALITY", "RELIGION"), "NORP"),
    **dict.fromkeys(("EVENT", "EVE", "EVT"), "EVENT"),
    **dict.fromkeys(
        (
            "MISC",
            "MISCELLANEOUS",
            "OTH",
            "OTHER",
            "PRODUCT",
            "WORK_OF_ART",
            "CREATIVE_WORK",
            "LAW",
            "LANGUAGE",
        ),
        "MISC",
    ),
}
# Expressions that name nobody and nothing. As MISC they would be most of an article's entities.
_NO_NAMES = frozenset(
    {"DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL", "NUMBER", "DURATION", "SET"}
)
_OUTSIDE = frozenset({"O", "OUT", "OUTSIDE"})
_LABEL = re.compile(r"(?:([BIMESLU])[-_])?(.+)")
_BEGINS = frozenset("BSU")
_ENDS = frozenset("ESLU")

# How the probability of a type is shared out between B- and I-: the one that the scheme says, by so much.
_SAID = math.log(0.99)
_OTHER = math.log(0.01)
_LEAST = 1e-9
"""Stands for probability 0, whose logarithm is not finite."""

LabelMeanings = Mapping[str, EntityType | None]


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """The columns of a model's logits, by what they mean.

    `types` are ours, in the order of the tags. Each column is outside (-1) or of a type's number; one in
    `begins` is the first word of a name, one in `ends` the last. `meanings` maps each of the model's types to
    ours, None for what is left out; `unknown` are those that nobody told us of, which count as MISC.
    """

    types: tuple[EntityType, ...]
    columns: NDArray[np.int64]
    begins: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    meanings: LabelMeanings
    unknown: tuple[str, ...]

    def tags(self, logits: Floats) -> Floats:
        """Logits of O, B- and I- of each of `types` for logits of the model's labels; words × columns.

        A name begins where the type changes, where the model says that it begins, and behind a word that it
        says is a name's last. So a scheme's mistakes ("O I-PER", "B-PER I-LOC") cost no name.
        """
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        mass = np.stack(
            [shares[:, self.columns == kind].sum(axis=1) for kind in range(-1, len(self.types))], 1
        )
        kinds = mass.argmax(axis=1)
        rows = np.arange(len(kinds))
        of_kind = np.where(np.equal.outer(kinds - 1, self.columns), shares, 0.0)
        half = mass[rows, kinds] / 2
        begins = of_kind[:, self.begins].sum(axis=1) > half
        ends = of_kind[:, self.ends].sum(axis=1) > half
        behind = np.roll(ends, 1) & (rows > 0)
        fresh = begins | behind | (np.diff(kinds, prepend=0) != 0)
        known = np.log(np.maximum(mass, _LEAST))
        tags = np.empty((len(kinds), 1 + 2 * len(self.types)), np.float32)
        tags[:, 0] = known[:, 0]
        tags[:, 1::2] = known[:, 1:] + np.where(fresh, _SAID, _OTHER).reshape(-1, 1)
        tags[:, 2::2] = known[:, 1:] + np.where(fresh, _OTHER, _SAID).reshape(-1, 1)
        return tags


def read_scheme(id2label: Mapping[int, str], model: str) -> Scheme:
    """Raises BadConfiguration where the labels are not those of a model that finds names."""
    labels = [id2label.get(number) for number in range(len(id2label))]
    if not labels or None in labels:
        raise _refused(model, "its id2label does not number its labels from 0")
    parts = [_parts(label or "") for label in labels]
    if not any(kind in _OUTSIDE for _, kind in parts):
        raise _refused(model, f"none of its labels is O, outside of names: {_listed(labels)}")
    theirs = dict.fromkeys(kind for _, kind in parts if kind not in _OUTSIDE)
    unknown = tuple(kind for kind in theirs if kind not in _TYPES and kind not in _NO_NAMES)
    meanings: dict[str, EntityType | None] = {
        kind: None if kind in _NO_NAMES else _TYPES.get(kind, "MISC") for kind in theirs
    }
    if not any(kind in _TYPES for kind in theirs):
        raise _refused(model, f"none of its labels is a type of name that is known: {_listed(labels)}")
    types = tuple(dict.fromkeys(kind for kind in meanings.values() if kind is not None))
    return Scheme(
        types=types,
        columns=np.array([_column(meanings.get(kind), types) for _, kind in parts], np.int64),
        begins=np.array([mark in _BEGINS for mark, _ in parts]),
        ends=np.array([mark in _ENDS for mark, _ in parts]),
        meanings=meanings,
        unknown=unknown,
    )


def _parts(label: str) -> tuple[str, str]:
    """The place in a name, "" where the label says none, and the type in capitals: "B-per" is B, PER."""
    match = _LABEL.fullmatch(label.strip().upper())
    if match is None:
        return "", ""
    return match[1] or "", match[2].replace("-", "_").replace(" ", "_")


def _column(kind: EntityType | None, types: tuple[EntityType, ...]) -> int:
    return -1 if kind is None else types.index(kind)


def _listed(labels: list[str | None]) -> str:
    shown = ", ".join(str(label) for label in labels[:12])
    return shown + (" …" if len(labels) > 12 else "")


def _refused(model: str, problem: str) -> BadConfiguration:
    return BadConfiguration(
        model,
        problem,
        'the id2label in its config.json must be like {"0": "O", "1": "B-PER", "2": "I-PER", …}; if it is no '
        "model for names, choose another or unset enrich.entities.model",
    )
