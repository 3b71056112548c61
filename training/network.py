"""The branches of the model in PyTorch, as functions of their weights under the names that the graphs use.

shared (frozen, run as the int8 graph that is shipped) ──▶ layers n2 … n5 ──▶ tag logits
                                                       └─▶ layers d2 … d5 ──▶ topic logits, embedding
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from enrich.encoder import open_session
from training.graph import Weights, read_weights

Parameters = dict[str, Tensor]

WIDTH = 384
HEADS = 12
LAYERS = range(2, 6)
_EPSILON = 1e-12
_REMEDY = "name the folder of the model to start from with --start"


class Shared:
    """The layers that both branches stand on, int8, as enrichment runs them.

    So a branch learns on the very numbers that it gets later, rounding and all.
    """

    def __init__(self, path: Path) -> None:
        self._session = open_session(path, _REMEDY)

    def __call__(self, ids: NDArray[np.int64], cases: NDArray[np.int64]) -> NDArray[np.float32]:
        """The hidden states (length × WIDTH) of one window with its special pieces."""
        inputs = {
            "input_ids": ids[None],
            "attention_mask": np.ones((1, len(ids)), np.int64),
            "token_type_ids": cases[None],
        }
        hidden: NDArray[np.float32] = self._session.run(["s1_h2"], inputs)[0][0]
        return hidden


class Document:
    """A document branch as enrichment runs it, int8."""

    def __init__(self, path: Path) -> None:
        self._session = open_session(path, _REMEDY)

    def __call__(self, hidden: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Topic probabilities and embedding of a window's hidden states (length × WIDTH)."""
        inputs = {
            "s1_h2": hidden[None],
            "mask_index": np.array([len(hidden)], np.int32),
            "attention_mask": np.ones((1, len(hidden)), np.int64),
        }
        embedding, logits = self._session.run(["emb", "topic"], inputs)
        return 1 / (1 + np.exp(-logits[0])), embedding[0]


def padded_states(states: Sequence[NDArray[np.float32]]) -> tuple[Tensor, Tensor]:
    """Hidden states of windows in one tensor, and the mask that says where they are."""
    hidden = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(each) for each in states], batch_first=True)
    lengths = torch.tensor([len(each) for each in states])
    return hidden, torch.arange(hidden.shape[1])[None] < lengths[:, None]


def load(path: Path) -> Parameters:
    """The trainable weights of a branch's graph."""
    constants = {"neg", "one"}  # of the graph's arithmetic
    return as_parameters({name: value for name, value in read_weights(path).items() if name not in constants})


def as_parameters(weights: Weights) -> Parameters:
    return {name: torch.tensor(value, requires_grad=True) for name, value in weights.items()}


def as_weights(parameters: Mapping[str, Tensor]) -> Weights:
    return {name: value.detach().numpy() for name, value in parameters.items()}


def tag_logits(p: Parameters, hidden: Tensor, mask: Tensor, *, dropout: float = 0.0) -> Tensor:
    """Batch × length × tags. `mask` (batch × length) is true where a piece stands."""
    for number in LAYERS:
        hidden = _layer(p, f"n{number}", hidden, mask, dropout)
    return _drop(hidden, dropout) @ p["ner_w"] + p["ner_b"]


def document(p: Parameters, hidden: Tensor, mask: Tensor, *, dropout: float = 0.0) -> tuple[Tensor, Tensor]:
    """Topic logits (batch × topics) and embeddings of unit length (batch × WIDTH)."""
    for number in LAYERS:
        hidden = _layer(p, f"d{number}", hidden, mask, dropout)
    present = mask.unsqueeze(-1).float()
    mean = (hidden * present).sum(1) / present.sum(1)
    attention = torch.softmax((hidden @ p["att_w"] + p["att_b"]) + (1 - present) * -1e4, 1)
    pooled = torch.cat([mean, (hidden * attention).sum(1)], -1)
    inner = functional.gelu(functional.dropout(pooled, dropout) @ p["d1_w"] + p["d1_b"])
    return inner @ p["d2_w"] + p["d2_b"], functional.normalize(mean, dim=-1)


def _layer(p: Parameters, name: str, x: Tensor, mask: Tensor, dropout: float) -> Tensor:
    """One BERT layer, normalised after each half (Devlin et al. 2019)."""
    batch, length, _ = x.shape
    heads = (x @ p[f"{name}_qkv_w"] + p[f"{name}_qkv_b"]).view(batch, length, 3, HEADS, WIDTH // HEADS)
    query, key, value = heads.permute(2, 0, 3, 1, 4)
    visible = None if bool(mask.all()) else mask[:, None, None, :]
    attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=visible)
    mixed = attended.transpose(1, 2).reshape(batch, length, WIDTH) @ p[f"{name}_o_w"] + p[f"{name}_o_b"]
    x = _normalise(p, f"{name}_ln1", x + _drop(mixed, dropout))
    inner = functional.gelu(x @ p[f"{name}_i_w"] + p[f"{name}_i_b"])
    outer = inner @ p[f"{name}_f_w"] + p[f"{name}_f_b"]
    return _normalise(p, f"{name}_ln2", x + _drop(outer, dropout))


def _drop(x: Tensor, rate: float) -> Tensor:
    """Dropout with one pattern for the whole batch: one for each window would cost a twelfth of the time."""
    return x * functional.dropout(torch.ones(x.shape[1:]), rate) if rate else x


def _normalise(p: Parameters, name: str, x: Tensor) -> Tensor:
    return functional.layer_norm(x, (WIDTH,), p[f"{name}_g"], p[f"{name}_b"], _EPSILON)
