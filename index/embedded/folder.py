"""The index's folder: a marker that says what it is, and the places of the parts.

index.json                    {"kind": "wirewatch-index", "schema": 1, "generation": 1}
articles/     vectors.bin     the search library's own files; embeddings, see `vectors`
articles-2/   vectors-2.bin   the same of generation 2, and so on

The marker names the generation that serves. It is replaced at once, so that a rebuild takes effect as a
whole or not at all; parts of other generations are left-overs or in the making.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from article.errors import BadConfiguration, Unavailable
from index.embedded.errors import Damaged

SCHEMA = 1  # another number wherever `schema`, `stored` or `vectors` lay something out differently

_KIND = "wirewatch-index"
_MARKER = "index.json"
_PART = re.compile(r"(?:articles|vectors)(?:-(\d+))?(?:\.bin|\.new)?")

Seen = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Parts:
    """Where a generation lies in the index's folder."""

    path: Path
    generation: int

    @property
    def articles(self) -> Path:
        return self.path / f"articles{self._suffix}"

    @property
    def vectors(self) -> Path:
        return self.path / f"vectors{self._suffix}.bin"

    def make(self) -> None:
        self.articles.mkdir(exist_ok=True)

    @property
    def _suffix(self) -> str:
        return f"-{self.generation}" if self.generation > 1 else ""


def check_folder(path: Path) -> Parts:
    """The serving parts. Raises Unavailable where there is none yet, Damaged for what must be made anew."""
    try:
        marker = json.loads((path / _MARKER).read_bytes())
    except FileNotFoundError as error:
        raise Unavailable(
            str(path), "there is no index here yet", "`wirewatch run` makes one; is data_dir right?"
        ) from error
    except OSError as error:
        raise BadConfiguration(str(path), f"cannot be read: {error.strerror}", "check data_dir") from error
    except ValueError as error:
        raise Damaged(path, f"{_MARKER} is damaged") from error
    if not isinstance(marker, dict) or marker.get("kind") != _KIND:
        raise BadConfiguration(
            str(path), f"{_MARKER} is not the marker of an index", "choose another data_dir"
        )
    if marker.get("schema") != SCHEMA:
        raise Damaged(path, f"the index has schema {marker.get('schema')}, this version reads {SCHEMA}")
    generation = marker.get("generation", 1)
    if not isinstance(generation, int) or generation < 1:
        raise Damaged(path, f"{_MARKER} is damaged")
    return Parts(path, generation)


def prepare_folder(path: Path) -> Parts:
    """Make the folder where needed, then check it. The marker comes first, so a crash leaves it there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not (path / _MARKER).exists():
            strangers = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith(_MARKER))
            if strangers:
                raise BadConfiguration(
                    str(path), f"holds {strangers[0]} and is no index", "choose an empty folder"
                )
            mark(Parts(path, 1))
        parts = check_folder(path)
        parts.make()
    except OSError as error:
        raise BadConfiguration(
            str(path), f"cannot be used: {error.strerror}", "set data_dir to a folder that can be written"
        ) from error
    return parts


def mark(parts: Parts) -> None:
    """From now on these parts serve. Durable when it returns. Raises OSError."""
    draft = parts.path / f"{_MARKER}.{os.getpid()}"
    with draft.open("w") as file:
        json.dump({"kind": _KIND, "schema": SCHEMA, "generation": parts.generation}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(parts.path / _MARKER)
    sync_folder(parts.path)


def marked(path: Path) -> Seen | None:
    """Changes whenever the marker is replaced; None where there is none."""
    try:
        status = (path / _MARKER).stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def generations_in(path: Path) -> set[int]:
    """The generations of which there is any part, in use or left over."""
    found = (_PART.fullmatch(entry.name) for entry in path.iterdir())
    return {int(match[1] or 1) for match in found if match}


def clear_but(kept: Parts) -> None:
    """Delete the parts of every other generation. For whoever holds the index's writer lock."""
    for generation in generations_in(kept.path) - {kept.generation}:
        delete(Parts(kept.path, generation))


def delete(parts: Parts) -> None:
    shutil.rmtree(parts.articles, ignore_errors=True)
    parts.vectors.unlink(missing_ok=True)
    parts.vectors.with_suffix(".new").unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Make new and renamed entries of the folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
