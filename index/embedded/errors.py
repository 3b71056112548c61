"""The border to the search library: its errors become the project's own here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from article.errors import BadConfiguration, Busy, Unavailable


class Damaged(BadConfiguration):
    """The index cannot be used as it is. A rebuild needs nothing of it but its folder."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            str(path), problem, "run `wirewatch rebuild`: it makes the index anew from the stream"
        )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Opening and reading: what the library cannot make sense of, a person must look at."""
    try:
        yield
    except FileNotFoundError as error:
        raise Unavailable(
            str(path), "the index is gone", "was it deleted or rebuilt? Open it again"
        ) from error
    except (ValueError, OSError) as error:
        raise Damaged(path, f"the index cannot be read: {_line(error)}") from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Writing: a full disk or a lock held elsewhere passes; nothing of the batch was kept."""
    try:
        yield
    except (ValueError, OSError) as error:
        if "lock" in str(error).lower():
            raise Busy(
                str(path),
                "another process writes to this index",
                "stop it, or give this one a data_dir of its own: an index has one writer",
            ) from error
        raise Unavailable(
            str(path), f"the index cannot be written: {_line(error)}", "see that the disk has room"
        ) from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
