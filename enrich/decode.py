"""From tag logits to the most probable valid tags: Viterbi with the one rule that I-X follows B-X or I-X.

Tags are numbered O, B-1, I-1, B-2, I-2, … as in `labels.json`: odd ones begin an entity, even ones above 0 go
on with it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Tags = NDArray[np.int64]


def decode_tags(logits: Floats) -> Tags:
    """The valid tag sequence with the greatest sum of `logits` (words × tags); of equal ones, any.

    Linear in the number of words. Where the best tag of every word makes a valid sequence, it is the answer;
    the dynamic program runs only over words that could have another tag in it.
    """
    tags: Tags = logits.argmax(axis=1).astype(np.int64)
    if not len(tags) or is_valid(tags):
        return tags
    # A valid sequence that is nearly as good bounds what the best one loses against all the best tags. A word
    # whose second best tag would lose more than that has its best tag in the answer.
    repaired = _repaired(tags)
    rows = np.arange(len(tags))
    bound = float((logits[rows, tags] - logits[rows, repaired]).sum()) + 1e-3
    top_two = np.partition(logits, -2, axis=1)[:, -2:]
    open_words = np.flatnonzero(top_two[:, 1] - top_two[:, 0] <= bound)
    for run in np.split(open_words, np.flatnonzero(np.diff(open_words) > 1) + 1):
        first, last = int(run[0]), int(run[-1]) + 1
        before = int(tags[first - 1]) if first else 0
        after = int(tags[last]) if last < len(tags) else 0
        tags[first:last] = _viterbi(logits[first:last].tolist(), before, after)
    return tags


def is_valid(tags: Tags) -> bool:
    """Whether every I-X follows B-X or I-X."""
    return not _misplaced(tags).any()


def _misplaced(tags: Tags) -> NDArray[np.bool_]:
    previous = np.concatenate(([0], tags[:-1]))
    inside = (tags > 0) & (tags % 2 == 0)
    misplaced: NDArray[np.bool_] = inside & (previous != tags) & (previous != tags - 1)
    return misplaced


def _repaired(tags: Tags) -> Tags:
    """A valid sequence close to `tags`: a misplaced I-X becomes B-X, which what follows it may follow too."""
    repaired: Tags = np.where(_misplaced(tags), tags - 1, tags)
    return repaired


def _viterbi(logits: list[list[float]], before: int, after: int) -> list[int]:
    """The best valid tags of a run of words between words whose tags are `before` and `after`."""
    tags = range(len(logits[0]))
    never = float("-inf")
    scores = [never] * len(tags)
    scores[before] = 0.0
    back: list[list[int]] = []
    for row in logits:
        best = max(tags, key=scores.__getitem__)
        came = [best] * len(tags)
        for inside in tags[2::2]:
            came[inside] = inside if scores[inside] >= scores[inside - 1] else inside - 1
        back.append(came)
        scores = [scores[came[tag]] + row[tag] for tag in tags]
    ends = [after, after - 1] if after and after % 2 == 0 else list(tags)
    tag = max(ends, key=scores.__getitem__)
    path = []
    for came in reversed(back):
        path.append(tag)
        tag = came[tag]
    return path[::-1]
