"""A token classifier in a folder: an ONNX graph, tokenizer.json and config.json. Needs no PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from article.errors import BadConfiguration
from enrich.decode import Floats
from enrich.encoder import open_session
from enrich.tagger.config import digest, read_config

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

GRAPHS = ("model.onnx", "onnx/model.onnx")
"""Where exporters put the graph in a model's folder."""

_REMEDY = (
    "an ONNX folder holds model.onnx, tokenizer.json and config.json, as "
    "`optimum-cli export onnx --task token-classification` writes them"
)
_NUMBERS = {"tensor(int64)": "int64", "tensor(int32)": "int32"}


def find_graph(folder: Path) -> Path | None:
    return next((folder / name for name in GRAPHS if (folder / name).is_file()), None)


class OnnxNetwork:
    """See `Network`. On the CPU, one thread a call."""

    def __init__(self, folder: Path, graph: Path) -> None:
        """Raises BadConfiguration that names the file which is missing or broken."""
        config = read_config(folder)
        files = [graph, folder / "tokenizer.json", folder / "config.json"]
        self.device = "cpu"
        self.tokenizer = _tokenizer(folder / "tokenizer.json")
        self.id2label = config.id2label
        self.positions = config.positions
        self._session = open_session(graph, _REMEDY)
        self._inputs = _inputs(self._session, graph)
        self._output = _output(self._session)
        self.name = f"{folder.absolute().name}@{digest(files)}"

    def run(self, ids: NDArray[np.int64]) -> Floats:
        one = np.ones((1, len(ids)), np.int64)
        values = {
            "input_ids": ids[None],
            "attention_mask": one,
            "token_type_ids": one * 0,
            "position_ids": np.arange(len(ids))[None],
        }
        given = {name: values[name].astype(number) for name, number in self._inputs.items()}
        logits: Floats = self._session.run([self._output], given)[0][0]
        return logits.astype(np.float32, copy=False)


def _tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer: Tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise BadConfiguration(str(path), f"cannot be read as a tokenizer: {error}", _REMEDY) from error
    return tokenizer


def _inputs(session: InferenceSession, graph: Path) -> dict[str, str]:
    """The kind of number of each input. Raises BadConfiguration for one that nobody here can fill."""
    inputs: dict[str, str] = {}
    for each in session.get_inputs():
        if each.name not in ("input_ids", "attention_mask", "token_type_ids", "position_ids"):
            raise BadConfiguration(str(graph), f"wants an input {each.name!r}", _REMEDY)
        if each.type not in _NUMBERS:
            raise BadConfiguration(str(graph), f"wants {each.name} as {each.type}", _REMEDY)
        inputs[each.name] = _NUMBERS[each.type]
    return inputs


def _output(session: InferenceSession) -> str:
    names: list[str] = [each.name for each in session.get_outputs()]
    return "logits" if "logits" in names else names[0]
