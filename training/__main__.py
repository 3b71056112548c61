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
    start = corpus_root() / "models" / "v2"
    recipes = Recipes(start / "split", start / "tokenizer.json", out)
    for recipe in recipes.entities:
        if not (recipe.out / "ner.onnx").is_file():
            entities.train(recipe)
    for recipe in recipes.document:
        if not (recipe.out / "doc.onnx").is_file():
            document.train(recipe)
    finish(recipes.start, recipes.kept_entities, recipes.kept_document, out / "model")
    return subprocess.call([sys.executable, "-m", "training.evaluate", "--model", str(out / "model")])


class Recipes:
    """What the shipped model is made of."""

    def __init__(self, start: Path, tokenizer: Path, out: Path) -> None:
        self.start = start
        self.entities: Sequence[Recipe] = (
            Recipe(start=start, tokenizer=tokenizer, out=out / "entities", epochs=4, rate=2e-4, seed=1),
        )
        self.document: Sequence[Recipe] = (
            Recipe(start=start, tokenizer=tokenizer, out=out / "document", epochs=4, rate=8e-5, seed=1),
        )
        self.kept_entities = [recipe.out / "ner.onnx" for recipe in self.entities]
        self.kept_document = [recipe.out / "doc.onnx" for recipe in self.document]


if __name__ == "__main__":
    sys.exit(main())
