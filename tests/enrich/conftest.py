"""The loaded model, once for all tests of the stage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from enrich.encoder import BUNDLED_MODEL, Encoder
from enrich.pieces import PieceTokenizer
from enrich.pipeline import Enricher
from runtime.settings import EnrichSettings


@pytest.fixture(scope="session")
def enricher() -> Iterator[Enricher]:
    with Enricher(EnrichSettings(threads=2)) as loaded:
        yield loaded


@pytest.fixture(scope="session")
def tokenizer() -> PieceTokenizer:
    return PieceTokenizer.load(BUNDLED_MODEL / "tokenizer.json")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.load()
