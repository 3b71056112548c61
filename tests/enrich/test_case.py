from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.case import LOWER, MIXED, TITLE, UPPER, case_channel, case_of


@pytest.mark.parametrize(
    ("run", "case"),
    [
        ("word", LOWER),
        ("2024", LOWER),
        ("北京", LOWER),
        ("Kabul", TITLE),
        ("A", TITLE),
        ("B2", TITLE),
        ("ISKP", UPPER),
        ("G20", TITLE),
        ("US2", UPPER),
        ("McDonald", MIXED),
        ("iPhone", MIXED),
        ("Élysée", TITLE),
    ],
)
def test_case_of_a_run(run: str, case: int) -> None:
    assert case_of(run) == case


@given(st.text())
def test_every_code_point_has_the_case_of_its_run_and_others_none(text: str) -> None:
    channel = case_channel(text)
    assert len(channel) == len(text)
    run = ""
    for index, character in enumerate([*text, " "]):
        if character.isalnum() and index < len(text):
            run += character
        elif run:
            assert set(channel[index - len(run) : index].tolist()) == {case_of(run)}
            run = ""
    gaps = [index for index, character in enumerate(text) if not character.isalnum()]
    assert not np.any(channel[gaps])


def test_a_word_of_a_million_letters_is_a_run_like_any_other() -> None:
    assert case_channel("A" * 1_000_000).sum() == UPPER * 1_000_000
