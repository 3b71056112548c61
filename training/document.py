"""Trains the document branch: topics, and the embedding held where it was.

python -m training.document --start FOLDER --out FOLDER [--epochs 10] [--rate 5e-5] [--seed 1]

annotated text    every topic is known
text with a       what the category says; of the other topics, at low weight, what the branch that is
category          started from says
every text        the embedding of the branch that is started from: 1 - cosine
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from bench.corpus import corpus_root
from enrich.pieces import PieceTokenizer
from training.graph import write_weights
from training.metrics import average_precisions
from training.network import Document, Parameters, Shared, as_weights, document, load, padded_states
from training.quantization import Floats
from training.run import Recipe, Run, recipe_from
from training.topic_texts import (
    TOPICS,
    TopicText,
    annotated,
    categorised,
    more_for_training,
    second_set,
)
from training.windows import END, LONGEST, START

BATCH = 2_048
"""Pieces in a batch, padding included."""
_MEMORY = 300
_CATEGORISED = 900
"""Texts with a category in each epoch, drawn anew, as many of each source as there are sources."""
_HEADS = frozenset({"att_w", "att_b", "d1_w", "d1_b", "d2_w", "d2_b"})
_HEAD = 3.0
"""The heads are small: they may learn this much faster."""
_SMOOTH = 0.02
_WEIGHT_ANNOTATED, _WEIGHT_KNOWN, _WEIGHT_GUESSED = 2.0, 0.8, 0.2
_TOPIC_LOSS, _EMBEDDING_LOSS = 5.0, 10.0
# Lengths in pieces of what is read of a text, from a headline to a window; a quarter of the time all of it.
_LENGTHS = (48, 80, 128, LONGEST)
_LOWER, _UPPER = 0.1, 0.05


@dataclass(frozen=True, kw_only=True)
class Example:
    """The hidden states of a text's first window with what is to come out of it."""

    hidden: Floats
    topics: Floats
    weights: Floats
    embedding: Floats


def main() -> int:
    torch.set_num_threads(1)
    train(recipe_from(None, "document", epochs=4, rate=8e-5))
    return 0


def train(recipe: Recipe) -> None:
    Training(recipe).run()


class Training:
    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._skeleton = recipe.start / "doc.onnx"
        self._tokenizer = PieceTokenizer.load(recipe.tokenizer)
        self._shared = Shared(recipe.start / "shared.onnx")
        self._before = Document(self._skeleton)
        root = corpus_root()
        self._annotated = [*annotated(root, "train"), *more_for_training(root)]
        self._dev = annotated(root, "dev")
        taken = {text.id for text in (*self._annotated, *self._dev, *second_set(root))}
        self._categorised: dict[str, list[TopicText]] = {}
        for text in categorised(root):
            if text.known and text.id not in taken:
                self._categorised.setdefault(text.source, []).append(text)

    def run(self) -> None:
        recipe = self._recipe
        run = Run(
            load(recipe.begin or self._skeleton),
            recipe.out,
            rates=lambda name: recipe.rate * (_HEAD if name in _HEADS else 1),
            steps=int(recipe.epochs * len(self._batches(0))),
            seed=recipe.seed,
            memory=_MEMORY,
        )
        print(f"{run.steps} steps, begins at {run.step}", flush=True)
        epoch, first = 0, 0
        begun, losses = time.monotonic(), 0.0
        while not run.done:
            plan = self._batches(epoch)
            for number, texts in enumerate(plan, start=first):
                if number < run.step or run.done:
                    continue
                draw = random.Random(f"{recipe.seed} step {number}")
                losses += run.learn(self._loss([self._example(text, draw) for text in texts]))
                if run.step % 50 == 0:
                    print(
                        f"step {run.step} loss {losses / 50:.4f} {time.monotonic() - begun:.0f} s", flush=True
                    )
                    losses = 0.0
            epoch, first = epoch + 1, first + len(plan)
            run.save()
            print(f"epoch {epoch} step {run.step}: {self._figures(run.average)}", flush=True)
            write_weights(self._skeleton, as_weights(run.average), recipe.out / f"doc-{run.step}.onnx")
        write_weights(self._skeleton, as_weights(run.average), recipe.out / "doc.onnx")

    def _batches(self, epoch: int) -> list[list[TopicText]]:
        draw = random.Random(f"{self._recipe.seed} {epoch}")
        texts = list(self._annotated)
        share = _CATEGORISED // len(self._categorised)
        for each in self._categorised.values():
            texts += draw.sample(each, min(share, len(each)))
        # About equally long ones together, a word being a piece and a third.
        texts.sort(key=lambda text: min(len(text.text.split()), LONGEST) + draw.random() * 8)
        batches: list[list[TopicText]] = []
        for text in texts:
            length = min(len(text.text.split()) * 4 // 3 + 2, LONGEST)
            if not batches or length * (len(batches[-1]) + 1) > BATCH:
                batches.append([])
            batches[-1].append(text)
        draw.shuffle(batches)
        return batches

    def _example(self, text: TopicText, draw: random.Random) -> Example:
        length = draw.choice(_LENGTHS)
        written = text.text[: length * 7]
        chance = draw.random()
        if chance < _LOWER:
            written = written.lower()
        elif chance < _LOWER + _UPPER:
            written = written.upper()
        hidden = self._hidden(written, length)
        guessed, embedding = self._before(hidden)
        weight = _WEIGHT_ANNOTATED if len(text.known) == len(TOPICS) else _WEIGHT_KNOWN
        topics, weights = guessed.copy(), np.full(len(TOPICS), _WEIGHT_GUESSED, np.float32)
        for topic, likely in text.known.items():
            topics[topic - 1] = likely * (1 - 2 * _SMOOTH) + _SMOOTH
            weights[topic - 1] = weight if likely in (0.0, 1.0) else weight / 2
        return Example(hidden=hidden, topics=topics, weights=weights, embedding=embedding)

    def _hidden(self, text: str, length: int = LONGEST) -> Floats:
        pieces = self._tokenizer.encode(text, max_pieces=length)
        ids: NDArray[np.int64] = np.array([START, *pieces.ids, END])
        return self._shared(ids, np.pad(pieces.cases, 1))

    def _loss(self, examples: Sequence[Example]) -> Callable[[Parameters], Tensor]:
        def stacked(values: Iterator[Floats]) -> Tensor:
            return torch.from_numpy(np.stack(list(values)))

        hidden, mask = padded_states([example.hidden for example in examples])
        topics = stacked(example.topics for example in examples)
        weights = stacked(example.weights for example in examples)
        embeddings = stacked(example.embedding for example in examples)

        def loss(parameters: Parameters) -> Tensor:
            logits, embedding = document(parameters, hidden, mask, dropout=self._recipe.dropout)
            each = functional.binary_cross_entropy_with_logits(logits, topics, reduction="none")
            topic_loss = (each * weights).sum() / weights.sum()
            embedding_loss = (1 - (embedding * embeddings).sum(-1)).mean()
            return _TOPIC_LOSS * topic_loss + _EMBEDDING_LOSS * embedding_loss

        return loss

    def _figures(self, parameters: Parameters) -> str:
        logits, cosines = [], []
        for text in self._dev:
            hidden = self._hidden(text.text)
            with torch.no_grad():
                found, embedding = document(parameters, *padded_states([hidden]))
            logits.append(found[0].numpy())
            cosines.append(float((embedding[0].numpy() * self._before(hidden)[1]).sum()))
        gold = np.array([[text.known[topic] for topic in TOPICS] for text in self._dev], bool)
        precisions = average_precisions(gold, np.array(logits))
        return f"mAP {precisions.mean():.4f} cosine {np.mean(cosines):.4f} {precisions.round(2).tolist()}"


if __name__ == "__main__":
    sys.exit(main())
