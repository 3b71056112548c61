"""A Kafka broker of one node in KRaft mode, on loopback."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from article.errors import Unavailable
from stack.fetch import kafka_libs, require_programs
from stack.process import ServerProcess, free_ports
from stack.tls import make_certificate

_HOST = "127.0.0.1"
_STARTED = "Kafka Server started"  # logged once the broker takes requests
_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


class KafkaServer:
    """A broker with its data in `folder`; its ports and data stay the same over restarts.

    users: name → password. Given, clients must log in, by PLAIN or SCRAM-SHA-512. `folder` keeps the users
        that it was made with: SCRAM's are written when the storage is formatted.
    tls: clients must speak TLS and trust `ca_file`.
    properties: server properties that win over those set here.
    `bootstrap` is the listener for clients; `internal`, without login and TLS, is the broker's own.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        heap: str = "512m",
        users: Mapping[str, str] | None = None,
        tls: bool = False,
        properties: Mapping[str, str] | None = None,
        start_seconds: float = 60.0,
    ) -> None:
        client, internal, controller = free_ports(3)
        self.port = port or client
        self.folder = folder.absolute()
        self.bootstrap = f"{_HOST}:{self.port}"
        self.internal = f"{_HOST}:{internal}" if users or tls else self.bootstrap
        self.ca_file: Path | None = None
        self.protocol = ("SASL_" if users else "") + ("SSL" if tls else "PLAINTEXT")
        self._controller = f"{_HOST}:{controller}"
        self._heap = heap
        self._users = dict(users or {})
        self._tls = tls
        self._overrides = dict(properties or {})
        self._seconds = start_seconds
        self._process = ServerProcess("kafka", self.folder / "kafka.log")

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
        """Start it and wait until it takes requests; formats the storage at the first start."""
        require_programs()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_properties()
        if not (self._data / "meta.properties").exists():
            self._format()
        self._process.start(
            [
                *("java", f"-Xms{self._heap}", f"-Xmx{self._heap}", "-XX:+ExitOnOutOfMemoryError"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
                *("-cp", f"{kafka_libs()}/*", "kafka.Kafka", str(self._config)),
            ],
            lambda: _STARTED in self._process.new_log(),
            seconds=self._seconds,
            cwd=self.folder,
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

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _config(self) -> Path:
        return self.folder / "server.properties"

    def _format(self) -> None:
        tool = ["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{kafka_libs()}/*"]
        tool += ["kafka.tools.StorageTool"]
        made = subprocess.run([*tool, "random-uuid"], check=True, capture_output=True, text=True)
        command = [*tool, "format", "--standalone", "-t", made.stdout.split()[-1], "-c", str(self._config)]
        for name, password in self._users.items():
            command += ["--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise Unavailable("kafka", f"cannot format {self._data}", (done.stdout + done.stderr).strip())

    def _write_properties(self) -> None:
        properties = self._basics() | self._security() | self._overrides
        lines = "".join(f"{name}={value}\n" for name, value in properties.items())
        self._config.touch(mode=0o600)
        self._config.write_text(lines, "utf-8")

    def _basics(self) -> dict[str, str]:
        listeners = {"CLIENT": self.bootstrap}
        if self.internal != self.bootstrap:
            listeners["INTERNAL"] = self.internal
        shown = ",".join(f"{name}://{address}" for name, address in listeners.items())
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.bootstrap.servers": self._controller,
            "listeners": f"{shown},CONTROLLER://{self._controller}",
            "advertised.listeners": shown,
            "controller.listener.names": "CONTROLLER",
            # Markers of transactions go through this listener, so it must need no login of the broker.
            "inter.broker.listener.name": list(listeners)[-1],
            "listener.security.protocol.map": "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,"
            f"CLIENT:{self.protocol}",
            "log.dirs": str(self._data),
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            # A killed broker may come back once its session has ended: 4 s in place of 9.
            "broker.session.timeout.ms": "4000",
            "broker.heartbeat.interval.ms": "500",
        }

    def _security(self) -> dict[str, str]:
        properties: dict[str, str] = {}
        if self._users:
            known = " ".join(f'user_{name}="{password}"' for name, password in self._users.items())
            properties["sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-512"
            properties["listener.name.client.plain.sasl.jaas.config"] = f"{_PLAIN} required {known};"
            properties["listener.name.client.scram-sha-512.sasl.jaas.config"] = f"{_SCRAM} required;"
        if self._tls:
            made = make_certificate(self.folder / "tls")
            self.ca_file = made.cert_file
            store = self.folder / "tls" / "keystore.pem"
            store.write_text(made.key_file.read_text("ascii") + made.cert_file.read_text("ascii"), "ascii")
            properties["ssl.keystore.type"] = "PEM"
            properties["ssl.keystore.location"] = str(store)
        return properties
