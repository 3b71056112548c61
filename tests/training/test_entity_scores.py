from __future__ import annotations

from training.entity_scores import SETS, Tally, as_text


def test_gold_spans_are_code_points_of_the_text() -> None:
    text, gold = as_text(
        [
            (["Sirajuddin", "Haqqani", "left", "Kabul"], ["B-PER", "I-PER", "O", "B-LOC"]),
            (["IS", "Doha", "."], ["B-ORG", "B-LOC", "O"]),
        ]
    )
    assert text == "Sirajuddin Haqqani left Kabul\nIS Doha ."
    assert {(text[start:end], kind) for start, end, kind in gold} == {
        ("Sirajuddin Haqqani", "PER"),
        ("Kabul", "LOC"),
        ("IS", "ORG"),
        ("Doha", "LOC"),
    }


def test_a_set_scores_its_types_only_and_under_their_names() -> None:
    spans = {(0, 1, "NORP"), (2, 3, "PER"), (4, 5, "EVENT")}
    assert SETS["conll_dev"].of(spans) == {(0, 1, "MISC"), (2, 3, "PER")}
    assert SETS["ww_dev"].of(spans) == {(2, 3, "PER")}


def test_f1_is_of_exact_spans() -> None:
    tally = Tally()
    tally.add({(0, 5, "PER"), (7, 9, "LOC")}, {(0, 5, "PER"), (7, 10, "LOC")})
    assert tally.f1() == 50.0
    assert tally.f1("PER") == 100.0
