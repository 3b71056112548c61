"""The folder in which downloaded and built files are kept, made once and shared by all checkouts."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

OPEN_FOLDER = 0o755


def cache_folder() -> Path:
    """Where WIREWATCH_STACK_CACHE says, else in the user's cache folder.

    Root's is /var/cache: Elasticsearch runs as a user of its own, who cannot look into root's home.
    """
    chosen = os.environ.get("WIREWATCH_STACK_CACHE")
    if chosen:
        return Path(chosen).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    if not base:
        base = "/var/cache" if os.geteuid() == 0 else str(Path.home() / ".cache")
    return Path(base) / "wirewatch-stack"


def cached(name: str, build: Callable[[Path], None]) -> Path:
    """The cached folder `name`; when it is not there, `build` fills an empty folder that becomes it.

    A folder is there whole or not at all, and two processes that want it at once build it once.
    """
    cache = cache_folder()
    cache.mkdir(OPEN_FOLDER, parents=True, exist_ok=True)
    target = cache / name
    if target.exists():
        return target
    with _locked(cache / f"{name}.lock"):
        if not target.exists():
            scratch = Path(tempfile.mkdtemp(prefix=f"{name}.", suffix=".part", dir=cache))
            try:
                build(scratch)
                _open_to_all(scratch)
                scratch.rename(target)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    return target


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open_to_all(folder: Path) -> None:
    """Let every user read, whatever the umask was: the servers' user is not the one who downloads."""
    for path in (folder, *folder.rglob("*")):
        program = path.stat().st_mode & 0o100
        path.chmod(OPEN_FOLDER if path.is_dir() or program else 0o644)
