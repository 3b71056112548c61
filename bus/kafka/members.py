"""Who this process is in a consumer group: a name that it gets again when it starts again.

The brokers give a member that comes back under its name its old share without a rebalance, and the local
copy of its tables is still there. Names are numbers in the data folder. A process takes the first whose file
nobody has locked; the kernel lets go of the lock when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from article.errors import BadConfiguration

_MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Member:
    """`name` is unique among all processes of a group; `folder` is its own until `release`."""

    name: str
    folder: Path
    lock: int

    def release(self) -> None:
        os.close(self.lock)


def take_place(root: Path, *, group: str, instance: str) -> Member:
    """A free place in `root`; with `instance` that one. Raises BadConfiguration where it is taken."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        for name in [instance] if instance else map(str, range(_MOST)):
            folder = root / f"{group}-{name}"
            folder.mkdir(exist_ok=True)
            if (lock := _locked(folder / "lock")) is not None:
                unique = f"{group}-{name}" if instance else f"{group}-{_id_of(root)}-{name}"
                return Member(name=unique, folder=folder, lock=lock)
    except OSError as error:
        raise BadConfiguration(
            str(root), f"cannot be written: {error.strerror}", "set WIREWATCH_DATA_DIR to a folder you own"
        ) from error
    raise BadConfiguration(
        f"instance {instance}" if instance else str(root),
        "another process has this place",
        "give each process a WIREWATCH_BUS__KAFKA__INSTANCE or a data folder of its own",
    )


def _locked(path: Path) -> int | None:
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _id_of(root: Path) -> str:
    """Tells data folders apart, on whatever machine. Whoever comes first writes it, whole."""
    path = root / "id"
    if not path.exists():
        draft = root / f"id.{uuid.uuid4().hex}"
        draft.write_text(uuid.uuid4().hex[:12])
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first
        finally:
            draft.unlink()
    return path.read_text()
