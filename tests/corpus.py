"""The third-party test corpus, for tests that cannot do without."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.corpus import corpus_root


def corpus(name: str) -> Path:
    """The file or folder `name` of the corpus. Without it the test is skipped; under CI=true it fails."""
    path = corpus_root() / name
    if not path.exists():
        missing = f"needs the corpus: {name} is neither beside the checkout nor in WIREWATCH_CORPUS_DIR"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path
