"""Makes a model folder of trained branches, and fits what is chosen on the development sets.

    python -m training.finish --start FOLDER --entities ner.onnx … --document doc.onnx … --out FOLDER

Of several graphs of a branch the mean of the weights is taken. Chosen on development sets: how much likelier
every word is outside a name (an addition to one number of the tag head), and the topics' thresholds.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.corpus import corpus_root
from enrich.encoder import BUNDLED_MODEL, Encoder
from enrich.pipeline import Enricher
from runtime.settings import EnrichSettings
from training.entity_scores import score
from training.graph import Weights, read_weights, write_weights
from training.metrics import best_thresholds
from training.topic_scores import gold_of, logits_of, probabilities
from training.topic_texts import annotated, second_set

VERSION = "3"
_CHOOSING_SETS = ("conll_dev", "ww_dev")
_OUTSIDE = (0.0, 0.25, 0.5, 0.75, 1.0)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make a model folder of trained branches.")
    parser.add_argument(
        "--start", type=Path, required=True, help="folder with the graphs that were started from"
    )
    parser.add_argument("--entities", type=Path, nargs="+", required=True)
    parser.add_argument("--document", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    finish(options.start, options.entities, options.document, options.out)
    return 0


def finish(start: Path, entities: Sequence[Path], document: Sequence[Path], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(start / "shared.onnx", out / "shared.onnx")
    for name in ("tokenizer.json", "labels.json"):
        if out.resolve() != BUNDLED_MODEL.resolve():
            shutil.copyfile(BUNDLED_MODEL / name, out / name)
    write_weights(start / "doc.onnx", mean_weights(document), out / "doc.onnx")
    _choose_outside(start, mean_weights(entities), out)
    _choose_thresholds(out)


def mean_weights(paths: Sequence[Path]) -> Weights:
    """The mean of the graphs' weights, number by number."""
    each = [read_weights(path) for path in paths]
    return {name: np.mean([weights[name] for weights in each], axis=0) for name in each[0]}


def _choose_outside(start: Path, weights: Weights, out: Path) -> None:
    def write(addition: float) -> None:
        bias = weights["ner_b"].copy()
        bias[0] += addition
        write_weights(start / "ner.onnx", {**weights, "ner_b": bias}, out / "ner.onnx")

    figures = {}
    for addition in _OUTSIDE:
        write(addition)
        with Enricher(EnrichSettings(model=out, threads=1)) as enricher:
            scores = [score(enricher, corpus_root(), name).f1() for name in _CHOOSING_SETS]
        figures[addition] = float(np.mean(scores))
        print(f"outside {addition:+.2f}: {dict(zip(_CHOOSING_SETS, scores, strict=True))}", flush=True)
    write(max(figures, key=figures.__getitem__))


def _choose_thresholds(out: Path) -> None:
    encoder = Encoder.load(out)
    root = corpus_root()
    texts = [*annotated(root, "dev"), *second_set(root)]
    thresholds = best_thresholds(gold_of(texts), probabilities(logits_of(encoder, texts)))
    path = out / "labels.json"
    labels = json.loads(path.read_text(encoding="utf-8"))
    labels["version"] = VERSION
    labels["topic_thresholds"] = dict(
        zip(labels["topics"], (round(each, 2) for each in thresholds.tolist()), strict=True)
    )
    path.write_text(json.dumps(labels, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
