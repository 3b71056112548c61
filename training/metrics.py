"""Figures of topics: how well they are ranked, and how well the thresholds cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def average_precisions(gold: Flags, scores: NDArray[np.float32]) -> Floats:
    """Of each topic (column): the mean, over the texts that have it, of the precision down to that text."""
    result = []
    for column in range(gold.shape[1]):
        ranked = gold[np.argsort(-scores[:, column], kind="stable"), column]
        precisions = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
        result.append(float(precisions[ranked].mean()) if ranked.any() else float("nan"))
    return np.array(result)


def f1_scores(gold: Flags, found: Flags) -> Floats:
    """Of each topic (column)."""
    right = (gold & found).sum(axis=0)
    scores: Floats = 2 * right / np.maximum(gold.sum(axis=0) + found.sum(axis=0), 1)
    return scores


def best_thresholds(gold: Flags, probabilities: Floats) -> Floats:
    """For each topic (column) the probability that gives the best F1, of a plateau the middle.

    Between 0.15 and 0.7: what lies beyond fits a few texts, not the topic.
    """
    grid = np.linspace(0.15, 0.7, 56)
    scores = np.array([f1_scores(gold, probabilities >= threshold) for threshold in grid])
    # Neighbours count, too, so that one lucky text does not place the threshold.
    padded = np.pad(scores, ((2, 2), (0, 0)), mode="edge")
    smooth = sum(padded[shift : shift + len(grid)] for shift in range(5))
    result = []
    for column in np.asarray(smooth).T:
        best = np.flatnonzero(column >= column.max() - 1e-9)
        result.append(float(grid[best[len(best) // 2]]))
    return np.array(result)
