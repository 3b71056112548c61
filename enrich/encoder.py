"""The model: three ONNX graphs, of which every window needs two and the first window of a text the third.

    ids, cases ──▶ shared ──▶ ner   tag logits of each piece                    every window
                        └───▶ doc   topic logits, embedding, states of pieces   first window only

Each window is run alone, without padding. The weights are int8 with dynamic quantisation, whose scale is
taken over a whole input tensor: in a padded batch a text's result would depend on the texts beside it. It is
not slower: on one thread a window takes as long alone as one of 4 or of 8 in a batch (64, 65, 66 ms).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from article.errors import BadConfiguration
from enrich.inner import with_outputs
from enrich.labels import Labels, load_labels
from enrich.pieces import Pieces, PieceTokenizer
from enrich.windows import WINDOW, cut_windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# onnxruntime 1.32 sends what it runs to its maker, unless this is set before it is loaded, by whomever.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

Floats = NDArray[np.float32]

BUNDLED_MODEL = Path(__file__).parent / "model"

_PARTS = ("shared", "ner", "doc")
_FILES = ("labels.json", "tokenizer.json", *(f"{part}.onnx" for part in _PARTS))
# What the document branch holds beside its outputs: the last states of the pieces, how much each is attended
# to, and the layers of the topic head.
_STATES = ("d5_h2", "aw1")
_HEAD = ("d1_w", "d1_b", "d2_w", "d2_b")
_START = 101  # [CLS]
_END = 102  # [SEP]
_REMEDY = "put the model's files back, or unset enrich.model to use the bundled model"


class Stopped(Exception):
    """The work was given up between two windows because the process is stopping."""


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """What the model says of one text.

    `tags` has a row of tag logits for each piece, `topics` one logit a topic, `embedding` unit length.
    `states` has a row for each piece of the first window, `attention` the logit of its share in what the
    topic head reads.
    """

    pieces: Pieces
    tags: Floats
    topics: Floats
    embedding: Floats
    states: Floats
    attention: Floats


@dataclass(frozen=True, kw_only=True)
class TopicHead:
    """The layers from a text's pooled states to its topics, as they stand in the graph."""

    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    def __call__(self, pooled: Floats) -> Floats:
        """Logits (texts × topics) of pooled states (texts × 2 widths)."""
        # Not by BLAS, which would give so little work to threads of its own: 30 ms against 0.2 on busy cores.
        x = np.einsum("tp,pi->ti", pooled, self.inner) + self.inner_bias
        # GELU by its approximation with tanh (Hendrycks and Gimpel 2016), within 0.001 of the graph's.
        active = 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))
        logits: Floats = np.einsum("ti,io->to", active, self.outer) + self.outer_bias
        return logits


class Encoder:
    """The loaded model. Safe to share between threads; each call keeps one core busy."""

    def __init__(
        self, *, labels: Labels, tokenizer: PieceTokenizer, sessions: dict[str, InferenceSession]
    ) -> None:
        self.labels = labels
        self._tokenizer = tokenizer
        self._shared = sessions["shared"]
        self._ner = sessions["ner"]
        self._doc = sessions["doc"]

    @classmethod
    def load(cls, folder: Path | None = None) -> Encoder:
        """The model in `folder`, or the bundled one, run once so that the first article is not slow.

        Raises BadConfiguration that names the file which is missing or broken.
        """
        folder = folder or BUNDLED_MODEL
        for name in _FILES:
            if not (folder / name).is_file():
                problem = "is not a file" if folder.is_dir() else "is missing, as is its folder"
                raise BadConfiguration(str(folder / name), problem, _REMEDY)
        encoder = cls(
            labels=load_labels(folder / "labels.json"),
            tokenizer=PieceTokenizer.load(folder / "tokenizer.json"),
            sessions={
                part: open_session(
                    folder / f"{part}.onnx", _REMEDY, (*_STATES, *_HEAD) if part == "doc" else ()
                )
                for part in _PARTS
            },
        )
        encoder._check(folder)
        return encoder

    def encode(
        self,
        text: str,
        *,
        max_pieces: int,
        tags: bool = True,
        stopping: Callable[[], bool] = lambda: False,
    ) -> Encoded | None:
        """What the model says of `text`, None where it has no pieces. Without `tags` those are zero, and only
        the first window is read.

        Raises Stopped soon after `stopping` turns true.
        """
        pieces = self._tokenizer.encode(text, max_pieces=max_pieces)
        windows = cut_windows(text, pieces)
        if not windows:
            return None
        all_tags = np.zeros((len(pieces), self.labels.tag_count), np.float32)
        for number, window in enumerate(windows if tags else windows[:1]):
            if stopping():
                raise Stopped
            inputs = _inputs(pieces, window.start, window.end)
            hidden, mask = self._shared.run(["s1_h2", "mask_index"], inputs)
            both = {"s1_h2": hidden, "mask_index": mask}
            if tags:
                (logits,) = self._ner.run(["ner"], both)
                # Row 0 of the logits is the start mark's.
                offset = 1 - window.start
                all_tags[window.first : window.last] = logits[0, window.first + offset : window.last + offset]
            if number == 0:
                embedding, topics, states, attention = self._doc.run(
                    ["emb", "topic", *_STATES], {**both, "attention_mask": inputs["attention_mask"]}
                )
        return Encoded(
            pieces=pieces,
            tags=all_tags,
            topics=topics[0],
            embedding=embedding[0],
            # Without the start mark and the end mark.
            states=states[0, 1:-1],
            attention=attention[0, 1:-1, 0],
        )

    def embed(self, text: str) -> Floats | None:
        """The embedding of a short text, None where it has no pieces."""
        encoded = self.encode(text, max_pieces=WINDOW, tags=False)
        return None if encoded is None else encoded.embedding

    def topic_head(self) -> TopicHead:
        """The weights that the document branch's graph holds."""
        hidden = np.zeros((1, 2, self._doc.get_inputs()[0].shape[-1]), np.float32)
        inputs = {
            "s1_h2": hidden,
            "mask_index": np.full(1, 2, np.int32),
            "attention_mask": np.ones((1, 2), np.int64),
        }
        inner, inner_bias, outer, outer_bias = self._doc.run(_HEAD, inputs)
        return TopicHead(inner=inner, inner_bias=inner_bias, outer=outer, outer_bias=outer_bias)

    def _check(self, folder: Path) -> None:
        """Runs the model once. Raises BadConfiguration where its parts do not fit together."""
        try:
            encoded = self.encode("Wirewatch reads the news.", max_pieces=16)
        except Exception as error:
            raise BadConfiguration(str(folder), f"its files do not fit together: {error}", _REMEDY) from error
        if encoded is None or encoded.topics.shape != (len(self.labels.topics),):
            raise BadConfiguration(str(folder / "doc.onnx"), "does not fit labels.json", _REMEDY)


def _inputs(pieces: Pieces, start: int, end: int) -> dict[str, NDArray[np.int64]]:
    length = end - start + 2
    ids = np.empty((1, length), np.int64)
    ids[0, 0], ids[0, 1:-1], ids[0, -1] = _START, pieces.ids[start:end], _END
    cases = np.zeros((1, length), np.int64)
    cases[0, 1:-1] = pieces.cases[start:end]
    return {"input_ids": ids, "attention_mask": np.ones((1, length), np.int64), "token_type_ids": cases}


def open_session(path: Path, remedy: str, inner: tuple[str, ...] = ()) -> InferenceSession:
    """A graph, to be run on one thread a call, with what it holds under the names `inner` as further outputs.

    Raises BadConfiguration with `remedy` where it is none or has no such names.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread a call: articles, not matrix rows, are what is spread over the cores.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        # By its path where it can be: a graph may have its weights in files beside it.
        graph = with_outputs(path.read_bytes(), inner) if inner else str(path)
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise BadConfiguration(str(path), f"cannot be loaded as a model: {error}", remedy) from error
