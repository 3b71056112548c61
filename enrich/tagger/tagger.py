"""Somebody else's model in the place of the bundled one, for entities alone.

    text ──▶ pieces ──▶ windows ──▶ network, a window at a time ──▶ labels to our tags ──▶ enrich.mentions

Cut and joined as the bundled model's windows are (`enrich.windows`), each as long as the model takes, up to
MAX_INPUT. What runs the network is told by `Network`: ONNX (`onnx_network`) or PyTorch (`torch_network`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from article.errors import BadConfiguration
from enrich.decode import Floats
from enrich.encoder import Stopped
from enrich.mentions import find_mentions
from enrich.pieces import Pieces, PieceTokenizer
from enrich.tagger.scheme import Scheme, read_scheme
from enrich.tagger.words import number_words
from enrich.windows import cut_windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_INPUT = 512
"""Pieces of one input, the special ones included. A longer one costs more for each piece and tells no more of
names."""
_MIN_INPUT = 32
_POSITIONS_LOST = 2  # RoBERTa counts its positions from 2, and says so nowhere

SENTENCE = "Envoys of the United Nations met Angela Merkel in Kabul on Monday to discuss aid."


class Network(Protocol):
    """A token classifier that is loaded. Safe to share between threads."""

    name: str
    """name@version, as it stands in every article that the model read."""
    device: str
    tokenizer: Tokenizer
    id2label: Mapping[int, str]
    positions: int | None
    """The most pieces that it takes by its configuration, None where that says nothing."""

    def run(self, ids: NDArray[np.int64]) -> Floats:
        """The logits of one input, pieces × labels."""


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """The pieces of a text, and a row of tag logits for each."""

    pieces: Pieces
    tags: Floats


class Tagger:
    """A network with its labels and input length known, and run once."""

    def __init__(self, network: Network) -> None:
        """Raises BadConfiguration where its labels, its tokenizer or its input do not fit together."""
        self.name = network.name
        self.device = network.device
        self.scheme: Scheme = read_scheme(network.id2label, network.name)
        self._network = network
        self._tokenizer = PieceTokenizer(network.tokenizer, words=number_words)
        self._before, self._after = _special_pieces(network.tokenizer)
        self.input_pieces = min(
            MAX_INPUT, (network.positions or MAX_INPUT + _POSITIONS_LOST) - _POSITIONS_LOST
        )
        self._window = self.input_pieces - len(self._before) - len(self._after)
        self._warm_up()

    @property
    def labels(self) -> str:
        """The model's types and ours, for a person: "PERSON→PER, GPE→LOC, DATE left out"."""
        return ", ".join(
            f"{theirs}→{ours}" if ours else f"{theirs} left out"
            for theirs, ours in self.scheme.meanings.items()
        )

    def example(self) -> list[str]:
        """The names that it finds in SENTENCE."""
        tagged = self.tag(SENTENCE, max_pieces=self._window)
        found = find_mentions("", SENTENCE, SENTENCE, tagged, self.scheme.types) if tagged else []
        return [f"{mention.text} ({mention.type})" for mention in found]

    def tag(
        self, text: str, *, max_pieces: int, stopping: Callable[[], bool] = lambda: False
    ) -> Tagged | None:
        """None where `text` has no pieces. Raises Stopped soon after `stopping` turns true."""
        pieces = self._tokenizer.encode(text, max_pieces=max_pieces)
        windows = cut_windows(text, pieces, window=self._window)
        if not windows:
            return None
        logits = np.empty((len(pieces), len(self.scheme.columns)), np.float32)
        for window in windows:
            if stopping():
                raise Stopped
            read = self._run(pieces.ids[window.start : window.end])
            logits[window.first : window.last] = read[
                window.first - window.start : window.last - window.start
            ]
        return Tagged(pieces=pieces, tags=self._tags(pieces, logits))

    def _tags(self, pieces: Pieces, logits: Floats) -> Floats:
        """A word's tags are those of its first piece, which is what such models are trained for."""
        first = np.flatnonzero(np.diff(pieces.words, prepend=-1))
        return self.scheme.tags(logits[first])[pieces.words]

    def _run(self, ids: NDArray[np.int64]) -> Floats:
        logits = self._network.run(np.concatenate((self._before, ids, self._after)))
        return logits[len(self._before) : len(self._before) + len(ids)]

    def _warm_up(self) -> None:
        """A sentence, and the longest input. Raises BadConfiguration where the network does not read them."""
        remedy = (
            "its files must belong together: a token classifier with its own tokenizer, and a config.json "
            "that says how many pieces it takes (max_position_embeddings)"
        )
        if self.input_pieces < _MIN_INPUT:
            raise BadConfiguration(
                self.name, f"reads only {self.input_pieces} pieces at once", f"{_MIN_INPUT} are the least"
            )
        sentence = self._tokenizer.encode(SENTENCE, max_pieces=self._window).ids
        if not len(sentence):
            raise BadConfiguration(self.name, "its tokenizer makes nothing of a test sentence", remedy)
        for ids in (sentence, np.resize(sentence, self._window)):
            try:
                logits = self._run(ids)
            except Exception as error:
                problem = f"cannot read a test sentence of {len(ids)} pieces: {error}"
                raise BadConfiguration(self.name, problem, remedy) from error
            if logits.shape != (len(ids), len(self.scheme.columns)):
                problem = (
                    f"has {len(self.scheme.columns)} labels, and its output for {len(ids)} pieces the shape"
                )
                raise BadConfiguration(self.name, f"{problem} {logits.shape}", remedy)
            if not np.isfinite(logits).all():
                raise BadConfiguration(self.name, "its output for a test sentence is not finite", remedy)


def _special_pieces(tokenizer: Tokenizer) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What the tokenizer puts before and behind a text: [CLS] and [SEP], <s> and </s>, or nothing."""
    encoding = tokenizer.encode("a")
    own = [at for at, special in enumerate(encoding.special_tokens_mask) if not special]
    if not own:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    ids = np.array(encoding.ids, np.int64)
    return ids[: own[0]], ids[own[-1] + 1 :]
