"""Models through transformers and PyTorch: run by `make test-torch`, which installs it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from article.errors import BadConfiguration
from enrich.findings import Text
from enrich.pipeline import Enricher
from enrich.tagger.opening import open_tagger
from runtime.settings import EnrichSettings, EntitySettings
from tests.enrich.tagger.models import BIO, make_tokenizer
from tests.enrich.texts import MESSY, SUMMIT, check_offsets

torch = pytest.importorskip("torch", reason="installed by `make test-torch`")
pytestmark = pytest.mark.torch


def make_folder(folder: Path, *, labels: tuple[str, ...] = BIO, safe: bool = True) -> Path:
    """A tiny BERT with random weights, as save_pretrained writes it."""
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

    torch.manual_seed(0)
    tokenizer = make_tokenizer()
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=66,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        initializer_range=2.0,  # so that it says something of each word
    )
    model = BertForTokenClassification(config)
    model.save_pretrained(folder)
    if not safe:
        (folder / "model.safetensors").unlink()
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
    marks = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **marks).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def other(folder: Path) -> Iterator[Enricher]:
    with Enricher(with_model(folder)) as loaded:
        yield loaded


def with_model(folder: Path, **more: Any) -> EnrichSettings:
    return EnrichSettings(threads=2, entities=EntitySettings(model=str(folder), device="cpu", **more))


def test_it_tags_as_the_network_says(folder: Path) -> None:
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    text = "Angela Merkel met the United Nations in Kabul"
    tagged = open_tagger(EntitySettings(model=str(folder), device="cpu")).tag(text, max_pieces=100)
    assert tagged is not None
    network = AutoModelForTokenClassification.from_pretrained(folder).eval()
    with torch.no_grad():
        logits = network(**AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt")).logits[0, 1:-1]
    by_type = logits.softmax(-1).numpy()
    by_type = np.concatenate((by_type[:, :1], by_type[:, 1::2] + by_type[:, 2::2]), axis=1)
    ours = np.exp(tagged.tags)
    ours = np.concatenate((ours[:, :1], ours[:, 1::2] + ours[:, 2::2]), axis=1)
    assert np.allclose(ours, by_type, atol=1e-4)


def test_articles_are_read_to_their_end(other: Enricher) -> None:
    text = Text(id="long", text=SUMMIT.text * 20)
    (findings,) = other.enrich([text])
    check_offsets(text, findings)
    assert findings.status == "complete"
    assert findings.entities
    assert findings.embedding
    assert findings.models["entities"].startswith("tiny@")


def test_results_do_not_depend_on_what_else_is_read(other: Enricher) -> None:
    texts = [SUMMIT, Text(id="kabul", title="Kabul"), Text(id="long", text=SUMMIT.text * 5)]
    assert list(other.enrich(texts)) == [other.enrich([text])[0] for text in texts]


@settings(max_examples=30)
@given(title=MESSY, text=MESSY)
def test_no_text_breaks_it_and_offsets_are_exact(other: Enricher, title: str, text: str) -> None:
    given = Text(id="messy", title=title, text=text)
    (findings,) = other.enrich([given])
    check_offsets(given, findings)


def test_the_input_is_as_long_as_the_configuration_says(folder: Path) -> None:
    tagger = open_tagger(EntitySettings(model=str(folder)))
    assert tagger.input_pieces == 64
    assert tagger.device == ("cuda" if torch.cuda.is_available() else "cpu")


def test_a_gpu_that_is_not_there_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(BadConfiguration, match="PyTorch finds none") as caught:
        open_tagger(EntitySettings(model=str(folder), device="cuda"))
    assert "enrich.entities.device" in caught.value.remedy


def test_weights_that_could_run_code_are_refused(tmp_path: Path) -> None:
    pickled = make_folder(tmp_path / "pickled", safe=False)
    with pytest.raises(BadConfiguration, match="cannot be loaded as a model") as caught:
        open_tagger(EntitySettings(model=str(pickled)))
    assert "safetensors" in caught.value.remedy


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_with_something_missing_is_refused(folder: Path, tmp_path: Path, file: str) -> None:
    broken = Path(shutil.copytree(folder, tmp_path / "broken"))
    (broken / file).unlink()
    with pytest.raises(BadConfiguration) as caught:
        open_tagger(EntitySettings(model=str(broken)))
    assert str(broken) in caught.value.subject
    assert caught.value.remedy


def test_a_model_for_something_else_is_refused(tmp_path: Path) -> None:
    model = make_folder(tmp_path / "model", labels=("LABEL_0", "LABEL_1"))
    with pytest.raises(BadConfiguration, match="none of its labels is O"):
        open_tagger(EntitySettings(model=str(model)))


def test_a_hub_out_of_reach_says_how_to_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(BadConfiguration, match="cannot be had from the Hugging Face hub") as caught:
        open_tagger(EntitySettings(model="somebody/no-such-model@main"))
    assert caught.value.subject == "somebody/no-such-model@main"
    assert "hf download somebody/no-such-model --local-dir" in caught.value.remedy
