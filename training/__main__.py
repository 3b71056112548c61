"""From the corpora to a model folder with its figures, in one command.

    python -m training [--out data/training]        what `make train` runs

    corpus ──▶ entities ──▶ branch ner ─┐
           └─▶ document ──▶ branch doc ─┴─▶ finish ──▶ OUT/model ──▶ evaluate

What is done already is not done again, and a run that was stopped goes on: delete OUT to begin anew. To ship
the result, copy OUT/model over enrich/model.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from bench.corpus import corpus_root
from training import document, entities
from training.finish import finish
from training.run import Recipe


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the model: hours of one core.")
    parser.add_argument("--out", type=Path, default=Path("data") / "training")
    out: Path = parser.parse_args().out
    torch.set_num_threads(1)
    corpus = corpus_root() / "models" / "v2"
    start = corpus / "split"

    def recipe(name: str, epochs: float, rate: float, seed: int, begin: Path | None = None) -> Recipe:
        return Recipe(
            start=start,
            begin=begin,
            tokenizer=corpus / "tokenizer.json",
            out=out / name,
            epochs=epochs,
            rate=rate,
            seed=seed,
        )

    first = recipe("entities-1", 4, 2e-4, 1)
    second = recipe("entities-2", 1, 1.5e-4, 2, begin=first.out / "ner.onnx")
    runs = (first, second)
    for run in runs:
        if not (run.out / "ner.onnx").is_file():
            entities.train(run)
    topics = (recipe("document-1", 4, 8e-5, 1), recipe("document-2", 4, 1.6e-4, 2))
    for run in topics:
        if not (run.out / "doc.onnx").is_file():
            document.train(run)
    # What training starts from is one of the three: it has read tweets, of which the runs read few.
    ends = [*(run.out / "ner.onnx" for run in runs), start / "ner.onnx"]
    finish(start, ends, averages(topics), out / "model")
    return subprocess.call([sys.executable, "-m", "training.evaluate", "--model", str(out / "model")])


def averages(runs: Sequence[Recipe]) -> list[Path]:
    """What each epoch of the document runs has left, in their order: the mean is better than any of them."""
    return [
        path
        for run in runs
        for path in sorted(run.out.glob("doc-*.onnx"), key=lambda path: int(path.stem.split("-")[1]))
    ]


if __name__ == "__main__":
    sys.exit(main())
