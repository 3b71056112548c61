"""Loading the model leaves nothing outside the data folder and tells nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_LOAD = """
from enrich.encoder import Encoder
Encoder.load()
"""


def test_loading_the_model_starts_no_telemetry(tmp_path: Path) -> None:
    """The library's own would leave an identifier and a queue of events under the home folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CI")}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    for name in ("GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY"):
        environment.pop(name, None)
    subprocess.run([sys.executable, "-c", _LOAD], env=environment, check=True, capture_output=True)
    assert list(tmp_path.iterdir()) == []
