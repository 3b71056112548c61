"""An Elasticsearch server of one node, on loopback."""

from __future__ import annotations

import base64
import json
import os
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from article.errors import Unavailable
from stack.account import open_to_account, server_account
from stack.fetch import elastic_home, java_home
from stack.process import ServerProcess, free_ports
from stack.tls import make_certificate

_HOST = "127.0.0.1"
USER = "elastic"


class ElasticServer:
    """A server with its data in `folder`; its ports and data stay the same over restarts.

    password: given, clients must log in: as `elastic` with this password, or with an API key.
    tls: `url` is https, and clients must trust `ca_file`.
    settings: lines of elasticsearch.yml that win over those set here; values are JSON's.
    `home` is the folder that is really used: see `open_to_account`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        heap: str = "512m",
        password: str = "",
        tls: bool = False,
        settings: Mapping[str, str | int | bool] | None = None,
        start_seconds: float = 120.0,
    ) -> None:
        http, self._transport = free_ports(2)
        self.port = port or http
        self.home = open_to_account(folder)
        self.url = f"{'https' if tls else 'http'}://{_HOST}:{self.port}"
        self.ca_file = self.home / "config" / "tls" / "server.crt" if tls else None
        self.password = password
        self._heap = heap
        self._settings = dict(settings or {})
        self._seconds = start_seconds
        self._process = ServerProcess("elasticsearch", self.home / "elasticsearch.log")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        return self._process.running

    @property
    def log(self) -> Path:
        return self._process.log

    def start(self) -> None:
        """Start it and wait until it answers and its indices can be searched."""
        account = server_account()
        for name in ("config", "data", "logs", "tmp"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        self._write_config()
        self._write_keystore()
        account.owns(self.home)
        self._process.start(
            ["bash", str(elastic_home() / "bin" / "elasticsearch")],
            self._ready,
            seconds=self._seconds,
            cwd=self.home,
            environment=self._environment(),
            privileges=account.options,
        )

    def stop(self) -> None:
        """End it in order."""
        self._process.stop()

    def kill(self) -> None:
        """End it at once, as kill -9 does."""
        self._process.kill()

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """End it and delete its data."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def _config(self) -> Path:
        return self.home / "config"

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "ES_JAVA_HOME": str(java_home()),
            "ES_PATH_CONF": str(self._config),
            "ES_TMPDIR": str(self.home / "tmp"),
        }

    def _write_config(self) -> None:
        shipped = elastic_home() / "config"
        for name in ("log4j2.properties", "role_mapping.yml", "roles.yml", "users", "users_roles"):
            shutil.copy(shipped / name, self._config)
        options = (shipped / "jvm.options").read_text("utf-8").splitlines()
        kept = [line for line in options if "-Xlog:gc" not in line and "HeapDump" not in line]
        kept += [f"-Xms{self._heap}", f"-Xmx{self._heap}", ""]
        (self._config / "jvm.options").write_text("\n".join(kept), "utf-8")
        lines = [f"{name}: {json.dumps(value)}\n" for name, value in self._all_settings().items()]
        (self._config / "elasticsearch.yml").write_text("".join(lines), "utf-8")

    def _all_settings(self) -> dict[str, str | int | bool]:
        settings: dict[str, str | int | bool] = {
            "cluster.name": "wirewatch-stack",
            "discovery.type": "single-node",
            "network.host": _HOST,
            "http.port": self.port,
            "transport.port": self._transport,
            "path.data": str(self.home / "data"),
            "path.logs": str(self.home / "logs"),
            # A laptop's disk is often fuller than the 95 % at which indices become read-only.
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "xpack.security.enabled": bool(self.password),
        }
        if self.ca_file is not None:
            made = make_certificate(self.ca_file.parent)
            settings["xpack.security.http.ssl.enabled"] = True
            settings["xpack.security.http.ssl.certificate"] = str(made.cert_file)
            settings["xpack.security.http.ssl.key"] = str(made.key_file)
        return settings | self._settings

    def _write_keystore(self) -> None:
        """The first password of `elastic`, which holds until another is set through the server itself."""
        if not self.password or (self._config / "elasticsearch.keystore").exists():
            return
        for arguments in (["create"], ["add", "--stdin", "bootstrap.password"]):
            done = subprocess.run(
                ["bash", str(elastic_home() / "bin" / "elasticsearch-keystore"), *arguments],
                input=self.password if "--stdin" in arguments else None,
                env=self._environment(),
                check=False,
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                raise Unavailable("elasticsearch", "cannot make its keystore", done.stderr.strip())

    def _ready(self) -> bool:
        request = urllib.request.Request(f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=5s")  # noqa: S310
        if self.password:
            login = base64.b64encode(f"{USER}:{self.password}".encode()).decode("ascii")
            request.add_header("Authorization", f"Basic {login}")
        trust = ssl.create_default_context(cafile=str(self.ca_file)) if self.ca_file else None
        try:
            with urllib.request.urlopen(request, timeout=10, context=trust) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
