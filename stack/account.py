"""The unprivileged account that Elasticsearch runs as when root starts it: it refuses to run as root."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from article.errors import Unavailable

ACCOUNT = "wirewatch-stack"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who runs a server. `options` are setpriv's; empty for whoever is not root."""

    uid: int
    gid: int
    options: tuple[str, ...]

    def owns(self, folder: Path) -> None:
        """Give the account `folder` and all that is in it."""
        if self.options:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account() -> Account:
    """The caller; for root, the user `wirewatch-stack`, made at the first call."""
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), options=())
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        entry = _add_user()
    ids = ("--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups")
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, options=(*ids, "--no-new-privs"))


def open_to_account(folder: Path) -> Path:
    """`folder`, or where it lies closed to other users (root's home, a test's folder), one in /var/tmp.

    The same folder always leads to the same place, so that data is found again.
    """
    folder = folder.absolute()
    existing = [path for path in folder.resolve().parents if path.exists()]
    if os.geteuid() != 0 or all(path.stat().st_mode & 0o001 for path in existing):
        return folder
    place = Path("/var/tmp") / f"{ACCOUNT}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"  # noqa: S108
    place.mkdir(mode=0o700, exist_ok=True)
    if place.is_symlink() or place.stat().st_uid not in {0, server_account().uid}:
        raise Unavailable(str(place), "belongs to somebody else", "remove it or choose another data folder")
    return place


def _add_user() -> pwd.struct_passwd:
    if not shutil.which("useradd") or not shutil.which("setpriv"):
        raise Unavailable("elasticsearch", "does not run as root", "start the stack as another user")
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        return pwd.getpwnam(ACCOUNT)  # another process may have made it in the meantime
    except KeyError:
        raise Unavailable(ACCOUNT, "this user cannot be made", done.stderr.strip()) from None
