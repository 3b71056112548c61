"""The key from which callbacks and secrets are made: a setting, or a file in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from article.errors import BadConfiguration
from ingest.websub import Callbacks
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
    """Whole or not at all, and by one process only, of those that start at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{_NAME}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, secrets.token_hex(32).encode())
        os.fsync(handle)
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        os.close(handle)
        draft.unlink()
