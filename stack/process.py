"""One server process: started, waited for, ended; its log in a file; dead when its parent is dead.

Neither a test run that is killed nor a stopped terminal may leave a server behind. Linux signals a child
when the *thread* that started it ends, so one thread, which lives as long as the program, starts them all.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from article.errors import Unavailable

_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stack-starter")
_GRACE = 30.0  # seconds that a server has to end by itself
_LOG_LINES = 20


class ServerProcess:
    """A process named `name` that writes to `log`, at most one at a time."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self.running else None

    def start(
        self,
        command: Sequence[str],
        ready: Callable[[], bool],
        *,
        seconds: float,
        cwd: Path,
        environment: Mapping[str, str] | None = None,
        privileges: Sequence[str] = (),
    ) -> None:
        """Start it, with setpriv's options `privileges`, and wait until `ready` says so.

        Raises Unavailable with the end of the log when it ends first or takes longer than `seconds`.
        """
        if self.running:
            raise Unavailable(self.name, "is running already", "stop it first")
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = _STARTER.submit(
                _spawn, guarded(command, privileges), log.fileno(), cwd, environment
            ).result()
        deadline = time.monotonic() + seconds
        try:
            while not ready():
                status = self._process.poll()
                if status is not None:
                    raise Unavailable(self.name, f"ended with status {status}", self._end())
                if time.monotonic() > deadline:
                    raise Unavailable(self.name, f"did not come up in {seconds:g} s", self._end())
                time.sleep(0.1)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Ask it to end, and kill it when it has not after half a minute."""
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
        self.kill()

    def kill(self) -> None:
        """End it at once, as kill -9 does; return when nothing of it is left."""
        if self._process is None:
            return
        # The whole group: Elasticsearch's launcher has the server as its child, which outlives it a while.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        deadline = time.monotonic() + _GRACE
        while _group_lives(self._process.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._process = None

    def new_log(self) -> str:
        """What it has written since it was last started."""
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            return file.read().decode("utf-8", "replace")

    def _end(self) -> str:
        end = "\n".join(self.new_log().strip().splitlines()[-_LOG_LINES:])
        return f"the end of {self.log}:\n{end}"


def guarded(command: Sequence[str], privileges: Sequence[str] = ()) -> list[str]:
    """`command` so that it dies with this program: Linux is asked for that, and then looked after.

    A parent that is dead before Linux was asked gives no signal; the shell sees that it has another by then,
    and does not begin.
    """
    # setpriv belongs to util-linux, which every Linux has; elsewhere a killed parent leaves its servers.
    if not privileges and not shutil.which("setpriv"):
        return list(command)
    look = ("sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"', str(os.getpid()))
    return ["setpriv", "--pdeathsig", "KILL", *privileges, *look, *command]


def _spawn(
    command: Sequence[str], log: int, cwd: Path, environment: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=environment,
        start_new_session=True,
    )


def _group_lives(group: int) -> bool:
    """Whether a process of the group still runs; a dead one that nobody has waited for does not count."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, of_group = path.read_text("utf-8").rpartition(")")[2].split()[:3]
            if int(of_group) == group and state != "Z":
                return True
    return False


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on now, all different."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()
