"""The index's folder: a marker that says what it is, and the places of the parts.

index.json      {"kind": "wirewatch-index", "schema": 1}
articles/       the search library's own files
vectors.bin     embeddings, see `vectors`
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from article.errors import BadConfiguration, Unavailable
from index.embedded.errors import REBUILD

SCHEMA = 1  # another number wherever `schema`, `stored` or `vectors` lay something out differently

_KIND = "wirewatch-index"
_MARKER = "index.json"


def articles_in(path: Path) -> Path:
    return path / "articles"


def vectors_in(path: Path) -> Path:
    return path / "vectors.bin"


def check_folder(path: Path) -> None:
    """Raises Unavailable where there is no index yet, BadConfiguration for one of another version."""
    try:
        marker = json.loads((path / _MARKER).read_bytes())
    except FileNotFoundError as error:
        raise Unavailable(
            str(path), "there is no index here yet", "`wirewatch run` makes one; is data_dir right?"
        ) from error
    except OSError as error:
        raise BadConfiguration(str(path), f"cannot be read: {error.strerror}", "check data_dir") from error
    except ValueError as error:
        raise BadConfiguration(str(path), f"{_MARKER} is damaged", REBUILD) from error
    if not isinstance(marker, dict) or marker.get("kind") != _KIND:
        raise BadConfiguration(
            str(path), f"{_MARKER} is not the marker of an index", "choose another data_dir"
        )
    if marker.get("schema") != SCHEMA:
        raise BadConfiguration(
            str(path), f"the index has schema {marker.get('schema')}, this version reads {SCHEMA}", REBUILD
        )


def prepare_folder(path: Path) -> None:
    """Make the folder where needed, then check it. The marker comes first, so a crash leaves it there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not (path / _MARKER).exists():
            strangers = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith(_MARKER))
            if strangers:
                raise BadConfiguration(
                    str(path), f"holds {strangers[0]} and is no index", "choose an empty folder"
                )
            _write_marker(path)
        articles_in(path).mkdir(exist_ok=True)
    except OSError as error:
        raise BadConfiguration(
            str(path), f"cannot be used: {error.strerror}", "set data_dir to a folder that can be written"
        ) from error
    check_folder(path)


def sync_folder(path: Path) -> None:
    """Make new and renamed entries of the folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_marker(path: Path) -> None:
    draft = path / f"{_MARKER}.{os.getpid()}"
    with draft.open("w") as file:
        json.dump({"kind": _KIND, "schema": SCHEMA}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path / _MARKER)
    sync_folder(path)
