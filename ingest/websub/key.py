"""The key from which callbacks and secrets are made: a setting, or a file in the data folder."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from article.errors import BadConfiguration
from ingest.websub.offer import Callbacks
from runtime.settings import Settings

_NAME = "websub.key"
_SHORTEST = 16  # characters of one that a person sets


def callbacks_of(settings: Settings) -> Callbacks | None:
    """None where hubs are not wanted. Raises BadConfiguration for a bad key."""
    base = settings.ingest.websub_url
    return Callbacks(base=base, key=_key(settings)) if base else None


def _key(settings: Settings) -> bytes:
    """Made once where there is none."""
    given = settings.ingest.websub_key.get_secret_value()
    if given:
        if len(given) < _SHORTEST:
            raise BadConfiguration(
                "setting ingest.websub_key", f"has fewer than {_SHORTEST} characters", "use a random one"
            )
        return given.encode()
    path = settings.data_dir / _NAME
    try:
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as error:
        raise BadConfiguration(
            str(path), f"cannot be made or read: {error.strerror}", "set WIREWATCH_INGEST__WEBSUB_KEY instead"
        ) from error


def _make(path: Path) -> None:
    """Whole or not at all, and by one only of those that start at once. Others may not read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f"{_NAME}.", dir=path.parent)
    try:
        os.write(handle, secrets.token_hex(32).encode())
        os.fsync(handle)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.close(handle)
        Path(draft).unlink()
