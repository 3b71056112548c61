"""Small token classifiers made here: what a word is, it says by a table, so that tests know the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

WORDS = ("angela", "merkel", "kabul", "united", "nations", "germans", "monday", "bundestag", "ber", "##lin")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
BIO = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-NORP", "I-NORP")
SAYS = {
    "angela": "B-PER",
    "merkel": "I-PER",
    "kabul": "B-LOC",
    "united": "B-ORG",
    "nations": "I-ORG",
    "germans": "B-NORP",
    "bundestag": "B-ORG",
    "ber": "B-LOC",
}


def make_tokenizer(words: Sequence[str] = WORDS) -> Tokenizer:
    """As BERT's: lower case, parted at spaces and punctuation, "##" for what goes on with a word."""
    vocabulary = {word: number for number, word in enumerate((*SPECIAL, *words))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 - a mark, no password
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def make_onnx_folder(
    folder: Path,
    *,
    labels: Sequence[str] = BIO,
    says: Mapping[str, str] = SAYS,
    positions: int | None = 66,
    graph: str = "model.onnx",
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    columns: int | None = None,
) -> Path:
    """A folder with a model that gives each word of `says` its label, and every other word "O" or the first.

    It cannot read more than `positions` pieces, like a model with that many position embeddings.
    """
    folder.mkdir(parents=True)
    tokenizer = make_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    table = np.zeros((tokenizer.get_vocab_size(), columns or len(labels)), np.float32)
    table[:, 0] = 5.0
    for word, label in says.items():
        row = tokenizer.token_to_id(word)
        table[row, 0] = 0.0
        table[row, labels.index(label)] = 10.0
    path = folder / graph
    path.parent.mkdir(exist_ok=True)
    onnx.save(_graph(table, positions or 512, inputs), str(path))
    config: dict[str, object] = {"id2label": {str(n): label for n, label in enumerate(labels)}}
    if positions is not None:
        config["max_position_embeddings"] = positions
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def _graph(table: np.ndarray, positions: int, inputs: Sequence[str]) -> onnx.ModelProto:
    """logits = table[input_ids] + positions[where it stands]: zeros, as many as there are positions."""
    zeros = np.zeros((positions, table.shape[1]), np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["said"]),
        helper.make_node("CumSum", ["attention_mask", "axis"], ["counted"]),
        helper.make_node("Sub", ["counted", "one"], ["at"]),
        helper.make_node("Gather", ["positions", "at"], ["placed"]),
        helper.make_node("Add", ["said", "placed"], ["logits"]),
    ]
    constants = {
        "table": table,
        "positions": zeros,
        "axis": np.array(1, np.int64),
        "one": np.array(1, np.int64),
    }
    made = helper.make_graph(
        nodes,
        "tagger",
        [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "length"]) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, "length", table.shape[1]])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
