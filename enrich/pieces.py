"""Text to word pieces with their places in the text."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from article.errors import BadConfiguration
from enrich.case import case_channel

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# English news has 4.5 characters a piece. Text beyond twice that is not encoded at all, so that a hostile
# article of hundreds of megabytes costs no more than a long honest one.
_MAX_CHARACTERS_PER_PIECE = 8

NumberWords = Callable[[str, NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]
"""From a text and the first and last code points of its pieces to the number of each piece's word."""

# Halves of a surrogate pair that stand alone have no UTF-8 form, which the tokenizer needs.
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """The word pieces of one text, all arrays of the same length.

    `starts` and `ends` are code points in the text that was encoded, ends exclusive. `words` numbers the
    words as the tokenizer's pre-tokenizer cuts them, never going down. `cases` is the case channel.
    `cut` says that the text goes on behind the last piece.
    """

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    words: NDArray[np.int64]
    cases: NDArray[np.int64]
    cut: bool = False

    def __len__(self) -> int:
        return len(self.ids)


class PieceTokenizer:
    """The model's tokenizer. Safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer, *, words: NumberWords | None = None) -> None:
        """`words` numbers the words in place of the tokenizer's pre-tokenizer."""
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.backend = tokenizer
        self._words = words

    @classmethod
    def load(cls, path: Path) -> PieceTokenizer:
        """From a `tokenizer.json`. Raises BadConfiguration where it is missing or no tokenizer."""
        # transformers says at import that it found no PyTorch, which nobody here needs.
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        from transformers import PreTrainedTokenizerFast

        try:
            wrapper = PreTrainedTokenizerFast(tokenizer_file=str(path))
        except Exception as error:
            raise BadConfiguration(
                str(path),
                f"cannot be read as a tokenizer: {error}",
                "put the model's files back, or unset enrich.model to use the bundled model",
            ) from error
        # The wrapper's own call costs a sixth more and pads or cuts; its back end gives the same pieces.
        return cls(wrapper.backend_tokenizer)

    def encode(self, text: str, *, max_pieces: int) -> Pieces:
        """At most `max_pieces` pieces from the start of `text`, whole words only."""
        limit = max_pieces * _MAX_CHARACTERS_PER_PIECE
        head = text[:limit]
        if not head.isascii():
            head = _SURROGATE.sub("\ufffd", head)
        encoding = self.backend.encode(head, add_special_tokens=False)
        offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        words = (
            self._words(head, offsets[:, 0], offsets[:, 1])
            if self._words
            else np.array(encoding.word_ids, np.int64)
        )
        count = len(words)
        cut = len(text) > limit
        if count > max_pieces:
            count = max(int(np.searchsorted(words, words[max_pieces])), 0)
            cut = True
        starts, ends = offsets[:count, 0], offsets[:count, 1]
        cases = case_channel(head)
        return Pieces(
            ids=np.array(encoding.ids[:count], np.int64),
            starts=starts,
            ends=ends,
            words=words[:count],
            cases=cases[starts] if count else np.zeros(0, np.int64),
            cut=cut,
        )
