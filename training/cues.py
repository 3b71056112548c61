"""Words that speak for a topic: what the texts of the annotated set that have it say oftener than the others.

    python -m training.cues

Writes enrich/mediatopics/cues.txt. Only words in lower case count, so that names of people and places, which
come and go with the news, are no cues.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict

from bench.corpus import corpus_root
from enrich.mediatopics.cues import CUES, words
from training.topic_texts import TopicText, annotated

WORDS = 100
_LEAST_TEXTS = 5
_SMOOTHING = 0.5
# How much oftener a word must stand in texts of the topic.
_LEAST_ODDS = 1.2


def main() -> int:
    texts = [(_codes(text), set(words(text.text))) for text in annotated(corpus_root(), "train")]
    said_of: dict[str, Counter[str]] = defaultdict(Counter)
    count_of: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for codes, spoken in texts:
        said.update(spoken)
        count_of.update(codes)
        for code in codes:
            said_of[code].update(spoken)
    lines = ["# Words that speak for topics, the most telling first (training/cues.py)."]
    for code in sorted(said_of):
        odds = {
            word: _log_odds(with_word, count_of[code], said[word] - with_word, len(texts) - count_of[code])
            for word, with_word in said_of[code].items()
            if with_word >= _LEAST_TEXTS
        }
        best = sorted(odds, key=lambda word: (-odds[word], word))[:WORDS]
        lines.append(" ".join([code, *(word for word in best if odds[word] >= _LEAST_ODDS)]))
    CUES.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _codes(text: TopicText) -> list[str]:
    return [f"medtop:{topic:02}000000" for topic, share in text.known.items() if share]


def _log_odds(inside: int, all_inside: int, outside: int, all_outside: int) -> float:
    def odds(count: int, of: int) -> float:
        return (count + _SMOOTHING) / (of - count + _SMOOTHING)

    return math.log(odds(inside, all_inside) / odds(outside, all_outside))


if __name__ == "__main__":
    sys.exit(main())
