"""Reading and writing what a person names on the command line; `-` is standard input or output."""

from __future__ import annotations

import sys
from pathlib import Path

from article.errors import BadConfiguration, BadInput

MAX_BYTES = 100_000_000


def read_bytes(file: Path) -> bytes:
    """The whole file. Raises BadInput where it cannot be read or is larger than MAX_BYTES."""
    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with file.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInput(str(file), f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise BadInput(str(file), f"is larger than {MAX_BYTES:,} bytes")
    return data


def write_bytes(file: Path, data: bytes) -> None:
    if str(file) == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        file.write_bytes(data)
    except OSError as error:
        raise BadConfiguration(str(file), f"cannot be written: {error.strerror}") from error
