"""Trains the entity branch.

    python -m training.entities --start FOLDER --out FOLDER [--epochs 5] [--rate 2e-4] [--seed 1]

The same command goes on where it was stopped. Kept is the moving average of the weights, in ner.onnx, and
that of every epoch beside it.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from bench.corpus import corpus_root
from enrich.pieces import PieceTokenizer
from training.corpora import ANY, TAGS, Document, read_documents
from training.exchange import NameExchange
from training.graph import write_weights
from training.held_out import held_out
from training.listed import listed_documents
from training.network import Parameters, Shared, as_weights, load, padded_states, tag_logits
from training.run import Recipe, Run, recipe_from
from training.windows import Window, WindowMaker, batches, padded_sets

BATCH = 2_048
"""Pieces in a batch, padding included."""
_MEMORY = 1_000
_SAVE_EVERY = 100

# How often an epoch has each document of a corpus. Sentences without an order are taken one by one.
_RATES = {"conll_train": 1.5, "ww_train": 1.0, "crossner_train": 1.0, "wnut_train": 0.4}
_LOOSE = frozenset({"crossner_train", "wnut_train"})
_POLITICS = 2
"""The first two parts of crossner_train are about politics, which this project reads about most."""
_POLITICS_RATE = 2.0
_LISTED_RATE = 0.4

LossOfBatch = Callable[[Sequence[Window]], Callable[[Parameters], Tensor]]


def main() -> int:
    torch.set_num_threads(1)
    train(recipe_from(None, "entity", epochs=4, rate=2e-4))
    return 0


def train(recipe: Recipe) -> None:
    skeleton = recipe.start / "ner.onnx"
    shared = Shared(recipe.start / "shared.onnx")
    root = corpus_root()
    documents = training_documents(root)
    exchange = NameExchange(document for document, _ in documents)
    maker = WindowMaker(PieceTokenizer.load(recipe.tokenizer), exchange)
    dev = held_out(root, maker)

    def plan_of(epoch: int) -> list[list[Window]]:
        draw = random.Random(f"{recipe.seed} {epoch}")
        return batches(maker.windows(documents, draw), BATCH, draw)

    plan = plan_of(0)
    run = Run(
        load(recipe.begin or skeleton),
        recipe.out,
        rates=lambda _: recipe.rate,
        steps=int(recipe.epochs * len(plan)),
        seed=recipe.seed,
        memory=_MEMORY,
    )
    print(f"{run.steps} steps, begins at {run.step}", flush=True)
    epoch, first = 0, 0
    while not run.done:
        _train_epoch(run, plan, first, _loss_of(shared, recipe.dropout))
        epoch, first = epoch + 1, first + len(plan)
        figures = "  ".join(f"{each.name} {each.score(shared, run.average)}" for each in dev)
        print(f"epoch {epoch} step {run.step}: {figures}", flush=True)
        write_weights(skeleton, as_weights(run.average), recipe.out / f"ner-{run.step}.onnx")
        plan = plan_of(epoch)
    write_weights(skeleton, as_weights(run.average), recipe.out / "ner.onnx")


def _train_epoch(run: Run, plan: Sequence[Sequence[Window]], first: int, loss_of: LossOfBatch) -> None:
    """What is left of an epoch whose first step is number `first`."""
    begun, pieces, losses = time.monotonic(), 0, 0.0
    for batch in plan[max(run.step - first, 0) :]:
        if run.done:
            break
        losses += run.learn(loss_of(batch))
        pieces += sum(map(len, batch))
        if run.step % _SAVE_EVERY == 0:
            speed = pieces / (time.monotonic() - begun)
            print(f"step {run.step} loss {losses / _SAVE_EVERY:.4f} {speed:.0f} pieces/s", flush=True)
            losses = 0.0
            run.save()
    run.save()


def training_documents(root: Path) -> list[tuple[Document, float]]:
    """The corpora with how often an epoch has each document."""
    result: list[tuple[Document, float]] = []
    for name, rate in _RATES.items():
        for number, document in enumerate(read_documents(root, name)):
            politics = name == "crossner_train" and number < _POLITICS
            often = _POLITICS_RATE if politics else rate
            if name in _LOOSE:
                parts = [Document(source=document.source, sentences=[each]) for each in document.sentences]
            else:
                parts = [document]
            result.extend((part, often) for part in parts)
    return result + [(document, _LISTED_RATE) for document in listed_documents(root)]


def _loss_of(shared: Shared, dropout: float) -> LossOfBatch:
    def of_batch(batch: Sequence[Window]) -> Callable[[Parameters], Tensor]:
        # Each window alone, since rounding to int8 depends on all that is in a batch.
        hidden, mask = padded_states([shared(window.ids, window.cases) for window in batch])
        sets = torch.from_numpy(padded_sets(batch))
        return lambda parameters: partial_loss(tag_logits(parameters, hidden, mask, dropout=dropout), sets)

    return of_batch


def partial_loss(logits: Tensor, sets: Tensor) -> Tensor:
    """Mean over the pieces of -log of the summed probability of the tags that are allowed."""
    bits = (sets[..., None] >> torch.arange(len(TAGS))) & 1
    inside = functional.log_softmax(logits, -1).masked_fill(bits == 0, -1e9)
    counted = sets != ANY
    return -(torch.logsumexp(inside, -1) * counted).sum() / counted.sum().clamp(min=1)


if __name__ == "__main__":
    sys.exit(main())
