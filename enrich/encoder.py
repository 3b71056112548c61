"""The model: three ONNX graphs, of which every window needs two and the first window of a text the third.

    ids, cases ──▶ shared ──▶ ner   tag logits of each piece        every window
                        └───▶ doc   topic logits and embedding      first window only

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
from enrich.labels import Labels, load_labels
from enrich.pieces import Pieces, PieceTokenizer
from enrich.windows import cut_windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# onnxruntime 1.32 sends what it runs to its maker, unless this is set before it is loaded, by whomever.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

Floats = NDArray[np.float32]

BUNDLED_MODEL = Path(__file__).parent / "model"

_PARTS = ("shared", "ner", "doc")
_FILES = ("labels.json", "tokenizer.json", *(f"{part}.onnx" for part in _PARTS))
_START = 101  # [CLS]
_END = 102  # [SEP]
_REMEDY = "put the model's files back, or unset enrich.model to use the bundled model"


class Stopped(Exception):
    """The work was given up between two windows because the process is stopping."""


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """What the model says of one text.

    `tags` has a row of tag logits for each piece, `topics` one logit a topic, `embedding` unit length.
    """

    pieces: Pieces
    tags: Floats
    topics: Floats
    embedding: Floats


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
            sessions={part: open_session(folder / f"{part}.onnx", _REMEDY) for part in _PARTS},
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
            (logits,) = self._ner.run(["ner"], both)
            # Row 0 of the logits is the start mark's.
            offset = 1 - window.start
            all_tags[window.first : window.last] = logits[0, window.first + offset : window.last + offset]
            if number == 0:
                embedding, topics = self._doc.run(
                    ["emb", "topic"], {**both, "attention_mask": inputs["attention_mask"]}
                )
        return Encoded(pieces=pieces, tags=all_tags, topics=topics[0], embedding=embedding[0])

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


def open_session(path: Path, remedy: str) -> InferenceSession:
    """A graph, to be run on one thread a call. Raises BadConfiguration with `remedy` where it is none."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread a call: articles, not matrix rows, are what is spread over the cores.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise BadConfiguration(str(path), f"cannot be loaded as a model: {error}", remedy) from error
