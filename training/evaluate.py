"""How good the product is: everything goes through the code that `wirewatch annotate` runs.

    python -m training.evaluate [--model FOLDER] [--sets conll_dev,topics]

Entities: exact spans and types, F1 in per cent, of the mentions that enrichment puts out, those that it adds
by looking for known names again included. Topics: mean average precision and F1 with the model's thresholds.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from bench.corpus import corpus_root
from enrich.encoder import Encoder
from enrich.pipeline import Enricher
from runtime.settings import EnrichSettings
from training.entity_scores import SETS, score
from training.metrics import average_precisions, f1_scores
from training.topic_scores import gold_of, logits_of, probabilities
from training.topic_texts import TopicText, annotated, second_set

TOPICS = "topics"


def main() -> int:
    parser = argparse.ArgumentParser(description="Quality of what enrichment finds.")
    parser.add_argument("--model", type=Path, help="folder of the model; by default the bundled one")
    parser.add_argument("--sets", default=",".join([*SETS, TOPICS]))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    chosen = options.sets.split(",")
    if unknown := set(chosen) - {*SETS, TOPICS}:
        parser.error(f"no such set: {', '.join(sorted(unknown))}")
    root = corpus_root()
    with Enricher(EnrichSettings(model=options.model, threads=options.threads)) as enricher:
        for name in chosen:
            if name != TOPICS:
                tally = score(enricher, root, name)
                by_type = "  ".join(f"{kind} {tally.f1(kind):.1f}" for kind in SETS[name].types)
                print(f"{name:15} {tally.f1():.2f}   {by_type}", flush=True)
    if TOPICS in chosen:
        encoder = Encoder.load(options.model)
        print_topics("topics, dev", encoder, annotated(root, "dev"))
        print_topics("topics, second", encoder, second_set(root))
    return 0


def print_topics(name: str, encoder: Encoder, texts: list[TopicText]) -> None:
    gold, logits = gold_of(texts), logits_of(encoder, texts)
    thresholds = np.array([encoder.labels.topic_thresholds[code] for code in encoder.labels.topics])
    precisions = average_precisions(gold, logits)
    scores = f1_scores(gold, probabilities(logits) >= thresholds)
    print(f"{name}: mean average precision {np.nanmean(precisions):.4f}  macro F1 {scores.mean():.4f}")
    for number, code in enumerate(encoder.labels.topics):
        label = encoder.labels.topic_names[number]
        print(
            f"  {code} {label:42} {gold[:, number].sum():4} texts  "
            f"AP {precisions[number]:.2f}  F1 {scores[number]:.2f}"
        )


if __name__ == "__main__":
    sys.exit(main())
