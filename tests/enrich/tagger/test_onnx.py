"""An ONNX folder in the place of the bundled model, for entities alone; every folder that cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from article.errors import BadConfiguration
from enrich.findings import Findings, Text
from enrich.pipeline import Enricher
from enrich.tagger.opening import open_tagger
from runtime.settings import EnrichSettings, EntitySettings
from tests.enrich.tagger.models import BIO, SAYS, make_onnx_folder
from tests.enrich.texts import GERMAN, MESSY, SUMMIT, check_offsets

NEWS = Text(
    id="news", title="Angela Merkel in Kabul", text="Berlin: the Germans met the United Nations there. "
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_onnx_folder(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def other(folder: Path) -> Iterator[Enricher]:
    with Enricher(with_model(folder)) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def short(folder: Path) -> Iterator[Enricher]:
    with Enricher(with_model(folder).model_copy(update={"max_pieces": 1_000})) as loaded:
        yield loaded


def with_model(folder: Path, **more: Any) -> EnrichSettings:
    return EnrichSettings(threads=2, entities=EntitySettings(model=str(folder), **more))


def found(findings: Findings) -> set[tuple[str, str]]:
    return {(entity.type, entity.name) for entity in findings.entities}


def test_its_names_are_found_with_exact_offsets(other: Enricher) -> None:
    (findings,) = other.enrich([NEWS])
    check_offsets(NEWS, findings)
    assert findings.status == "complete"
    assert found(findings) == {
        ("PER", "Angela Merkel"),
        ("LOC", "Kabul"),
        ("LOC", "Berlin"),
        ("NORP", "Germans"),
        ("ORG", "United Nations"),
    }
    assert {place.country for place in findings.places} == {"AF", "DE"}


def test_topics_and_embedding_stay_those_of_the_bundled_model(other: Enricher, enricher: Enricher) -> None:
    (theirs,), (ours,) = other.enrich([SUMMIT]), enricher.enrich([SUMMIT])
    assert (theirs.topics, theirs.embedding) == (ours.topics, ours.embedding)
    assert theirs.embedding


def test_findings_name_the_model_and_its_version(other: Enricher, folder: Path, tmp_path: Path) -> None:
    (findings,) = other.enrich([NEWS])
    name, _, version = findings.models["entities"].partition("@")
    assert (name, len(version)) == ("tiny", 12)
    assert findings.models["topics"].startswith("wirewatch-")
    again = open_tagger(EntitySettings(model=str(folder))).name
    changed = make_onnx_folder(tmp_path / "tiny", says={**SAYS, "monday": "B-PER"})
    assert again == findings.models["entities"] != open_tagger(EntitySettings(model=str(changed))).name


def test_a_long_text_is_read_to_its_end_in_windows(other: Enricher) -> None:
    """The model takes 64 pieces; a longer input would break its positions."""
    text = Text(id="long", text="The talks went on and on until Monday. " * 300 + "Merkel left Kabul.")
    (findings,) = other.enrich([text])
    check_offsets(text, findings)
    assert findings.status == "complete"
    assert ("LOC", "Kabul") in found(findings)


def test_other_languages_go_to_a_model_that_reads_them(folder: Path) -> None:
    text = Text(id="de", title=GERMAN.title, text=f"{GERMAN.text} Merkel war im Bundestag.")
    with Enricher(with_model(folder, languages=("de",))) as enricher:
        german, english = enricher.enrich([text, SUMMIT])
    assert (german.lang, german.status) == ("de", "partial")
    assert ("ORG", "Bundestag") in found(german)
    assert {failure.step for failure in german.failures} == {"topics", "embedding"}
    assert {failure.step for failure in english.failures} == {"entities", "places"}
    assert english.topics


def test_a_model_for_every_language(folder: Path) -> None:
    with Enricher(with_model(folder, languages=("*",))) as enricher:
        (findings,) = enricher.enrich([GERMAN])
    assert {failure.step for failure in findings.failures} == {"topics", "embedding"}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=MESSY, text=MESSY)
def test_no_text_breaks_it_and_offsets_are_exact(other: Enricher, title: str, text: str) -> None:
    given = Text(id="messy", title=title, text=text)
    (findings,) = other.enrich([given])
    check_offsets(given, findings)


@pytest.mark.parametrize(
    "text", ["", "x" * 50_000, "(" * 20_000, "😀" * 5_000, "Kabul" * 10_000, "\u202eKabul " * 900]
)
def test_hostile_texts_are_read(short: Enricher, text: str) -> None:
    given = Text(id="hostile", title="Merkel", text=text)
    (findings,) = short.enrich([given])
    check_offsets(given, findings)


def test_what_is_loaded_is_said(tmp_path: Path, logs: list[MutableMapping[str, Any]]) -> None:
    labels = ("O", "B-PERSON", "I-PERSON", "B-GPE", "B-DATE", "B-Weapon")
    model = make_onnx_folder(tmp_path / "typed", labels=labels, says={"kabul": "B-GPE"})
    tagger = open_tagger(EntitySettings(model=str(model)))
    assert tagger.labels == "PERSON→PER, GPE→LOC, DATE left out, WEAPON→MISC"
    assert (tagger.input_pieces, tagger.device) == (64, "cpu")
    assert {line["event"] for line in logs} == {"entities.model", "entities.labels_unknown"}


@pytest.mark.parametrize(("positions", "expected"), [(None, 512), (10_000, 512), (514, 512), (66, 64)])
def test_the_input_is_as_long_as_the_model_takes(
    tmp_path: Path, positions: int | None, expected: int
) -> None:
    model = make_onnx_folder(tmp_path / "model", positions=positions)
    assert open_tagger(EntitySettings(model=str(model))).input_pieces == expected


@pytest.mark.parametrize("graph", ["model.onnx", "onnx/model.onnx"])
@pytest.mark.parametrize("inputs", [("input_ids", "attention_mask", "token_type_ids", "position_ids")])
def test_layouts_of_exporters(tmp_path: Path, graph: str, inputs: tuple[str, ...]) -> None:
    model = make_onnx_folder(tmp_path / "model", graph=graph, inputs=inputs)
    assert "Kabul (LOC)" in open_tagger(EntitySettings(model=str(model))).example()


Damage = Callable[[Path], object]


def change_config(**changes: object) -> Damage:
    def change(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (
            lambda folder: (folder / "tokenizer.json").unlink(),
            "tokenizer.json: cannot be read as a tokenizer",
        ),
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), "cannot be read as a tokenizer"),
        (lambda folder: (folder / "config.json").unlink(), "config.json: cannot be read"),
        (lambda folder: (folder / "config.json").write_text("[]"), "config.json: cannot be read"),
        (lambda folder: (folder / "config.json").write_text("{}"), "has no id2label"),
        (lambda folder: (folder / "model.onnx").write_bytes(b"none"), "cannot be loaded as a model"),
        (change_config(id2label={"0": "O", "1": "B-PER"}), "has 2 labels, and its output"),
        (change_config(id2label={"0": "LABEL_0", "1": "LABEL_1"}), "none of its labels is O"),
        (change_config(max_position_embeddings=400), "cannot read a test sentence of 396 pieces"),
        (change_config(max_position_embeddings=20), "reads only 18 pieces at once"),
    ],
)
def test_a_folder_that_does_not_fit_together_is_refused(tmp_path: Path, damage: Damage, says: str) -> None:
    model = make_onnx_folder(tmp_path / "model")
    damage(model)
    with pytest.raises(BadConfiguration) as caught:
        open_tagger(EntitySettings(model=str(model)))
    assert says in str(caught.value)
    assert "model" in caught.value.subject
    assert caught.value.remedy


def test_a_graph_that_wants_something_else_is_refused(tmp_path: Path) -> None:
    model = make_onnx_folder(tmp_path / "model", inputs=("input_ids", "attention_mask", "pixels"))
    with pytest.raises(BadConfiguration, match="wants an input 'pixels'"):
        open_tagger(EntitySettings(model=str(model)))


def test_a_graph_does_not_run_on_a_gpu(folder: Path) -> None:
    with pytest.raises(BadConfiguration, match="on the CPU alone"):
        open_tagger(EntitySettings(model=str(folder), device="cuda"))


@pytest.mark.parametrize("model", ["/no/such/folder", "./models/mine", "a/b/c", "~/nowhere at all"])
def test_a_folder_that_is_not_there_is_named(model: str) -> None:
    with pytest.raises(BadConfiguration, match="there is no such folder") as caught:
        open_tagger(EntitySettings(model=model))
    assert caught.value.subject == model


def test_without_pytorch_other_models_say_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    (tmp_path / "model").mkdir()
    for model in (str(tmp_path / "model"), "somebody/model"):
        with pytest.raises(BadConfiguration, match="needs PyTorch, which is not installed") as caught:
            open_tagger(EntitySettings(model=model))
        assert caught.value.subject == model
        assert "wirewatch[torch]" in caught.value.remedy


def test_every_label_of_the_tiny_model_is_used() -> None:
    assert set(SAYS.values()) < set(BIO)
