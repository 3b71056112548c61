"""Where the third-party test corpus lies: beside the checkout, or where WIREWATCH_CORPUS_DIR says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_DEFAULT = Path(__file__).resolve().parents[2] / "shared"


def corpus(name: str) -> Path:
    """The file or folder `name` of the corpus. Without it the test is skipped; under CI=true it fails."""
    path = Path(os.environ.get("WIREWATCH_CORPUS_DIR") or _DEFAULT) / name
    if not path.exists():
        missing = f"needs the corpus: {name} is neither beside the checkout nor in WIREWATCH_CORPUS_DIR"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path
