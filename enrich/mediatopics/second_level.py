"""Topics of the second level, from an article's embedding.

For most of them there are no labelled texts, so made-up headlines stand for each (second_level.txt), and a
ridge regression of topics on the headlines' embeddings, balanced over topics, tells an article's topics. Its
weights are shipped beside the model that they belong to, and fitted anew for any other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runtime.logging import get_logger

Floats = NDArray[np.float32]
Embed = Callable[[str], Floats | None]

FOLDER = Path(__file__).parent
TABLE = FOLDER / "second_level.txt"
WEIGHTS = FOLDER / "second_level.npz"

ENOUGH = 0.17
"""From which score an article has a topic, for precision (chosen on one half of training/second_level)."""

BESIDE_BEST = 0.06
"""How much less than the best below the same topic of the top level another may have."""

_RIDGE = 1.0
# How a score that is just enough and one that is certain are told as a number between 0 and 1.
_STEEPNESS = 10.0


@dataclass(frozen=True, kw_only=True)
class Subtopic:
    code: str
    parent: str
    label: str
    headlines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SecondLevel:
    """The topics and a row of weights for each, over the numbers of an embedding."""

    subtopics: tuple[Subtopic, ...]
    weights: Floats
    biases: Floats

    def scores(self, embeddings: Floats) -> Floats:
        """Texts × topics; about 0 for no topic, seldom over 0.6."""
        scores: Floats = np.einsum("te,se->ts", embeddings, self.weights) + self.biases
        return scores

    def found(self, scores: Floats, parents: Sequence[str]) -> list[int]:
        """The numbers of the topics that one text has, given those that it has of the top level."""
        found = []
        for parent in parents:
            below = [number for number, each in enumerate(self.subtopics) if each.parent == parent]
            least = max([ENOUGH, *(float(scores[number]) - BESIDE_BEST for number in below)])
            found += [number for number in below if scores[number] >= least]
        return found


def as_share(score: float) -> float:
    """The score as a number between 0 and 1, ENOUGH being a half."""
    return float(1 / (1 + np.exp(-_STEEPNESS * (score - ENOUGH))))


def load_second_level(model: str, embed: Embed) -> SecondLevel:
    """For the model of this name and version. Takes a second or two where its weights are not shipped."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        if str(file["model"]) == model:
            return SecondLevel(
                subtopics=read_table(),
                weights=file["weights"].astype(np.float32),
                biases=file["biases"].astype(np.float32),
            )
    get_logger("enrich").info("topics.fitted", model=model, reason="the shipped weights are of another model")
    return fit(embed)


def read_table() -> tuple[Subtopic, ...]:
    return tuple(_parse(TABLE.read_text("utf-8")))


def _parse(table: str) -> Iterator[Subtopic]:
    for block in table.split("\n\n")[1:]:
        head, *headlines = block.strip().splitlines()
        code, parent, label = head.split(" ", 2)
        yield Subtopic(code=code, parent=parent, label=label, headlines=tuple(headlines))


def fit(embed: Embed) -> SecondLevel:
    """The weights for a model of these embeddings."""
    subtopics = read_table()
    rows, owners = [], []
    for number, subtopic in enumerate(subtopics):
        for headline in subtopic.headlines:
            embedding = embed(headline)
            if embedding is not None:
                rows.append(embedding.astype(np.float64))
                owners.append(number)
    texts, of = np.array(rows), np.array(owners)
    wanted = (of[:, None] == np.arange(len(subtopics))).astype(np.float64)
    # Half way to giving every topic the same say, however many headlines it has.
    say = np.sqrt(wanted.sum() / len(subtopics) / wanted.sum(axis=0))[of][:, None]
    centre = (texts * say).sum(axis=0) / say.sum()
    centred = texts - centre
    inverse = (centred * say).T @ centred + _RIDGE * np.eye(texts.shape[1])
    weights = np.linalg.solve(inverse, (centred * say).T @ (wanted - wanted.mean(axis=0))).T
    return SecondLevel(
        subtopics=subtopics,
        weights=weights.astype(np.float32),
        biases=(-weights @ centre).astype(np.float32),
    )


def main() -> int:
    """Writes the weights for the bundled model."""
    from enrich.encoder import Encoder

    encoder = Encoder.load()
    fitted = fit(encoder.embed)
    np.savez_compressed(
        WEIGHTS,
        model=np.array(encoder.labels.model),
        weights=fitted.weights.astype(np.float16),
        biases=fitted.biases.astype(np.float32),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
