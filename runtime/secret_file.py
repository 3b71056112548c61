"""A secret that belongs to one data folder: made at the first use, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from article.errors import BadConfiguration
from runtime.settings_section import SHORTEST_SECRET


def kept_secret(path: Path, *, instead: str) -> str:
    """The secret in the file, 256 bits in hexadecimal. `instead` is the variable that can take its place.

    Raises BadConfiguration where the file cannot be made or read, or holds less than a secret.
    """
    try:
        if not path.exists():
            _make(path)
        held = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            str(path), f"cannot be made or read: {error}", f"set {instead} instead"
        ) from error
    if len(held) < SHORTEST_SECRET:
        raise BadConfiguration(str(path), "does not hold a secret", "remove the file; a new one is made")
    return held


def _make(path: Path) -> None:
    """Whole or not at all, and by one only of those that start at once. Others may not read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        os.write(handle, secrets.token_hex(32).encode())
        os.fsync(handle)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.close(handle)
        Path(draft).unlink()
