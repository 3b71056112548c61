"""Where the third-party corpus lies: beside the checkout, or where WIREWATCH_CORPUS_DIR says."""

from __future__ import annotations

import os
from pathlib import Path

_BESIDE = Path(__file__).resolve().parents[2] / "shared"


def corpus_root() -> Path:
    return Path(os.environ.get("WIREWATCH_CORPUS_DIR") or _BESIDE)
