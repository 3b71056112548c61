"""Running the real `wirewatch` program, and a loopback server of documents for it to poll."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

WIREWATCH = str(Path(sys.executable).with_name("wirewatch"))


def environment(data_dir: Path, **settings: object) -> dict[str, str]:
    """The environment with no setting of the caller's own, loopback allowed, and the given settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WIREWATCH_")}
    return clean | {
        "WIREWATCH_DATA_DIR": str(data_dir),
        "WIREWATCH_INGEST__ALLOW_HOSTS": '["127.0.0.1"]',
        "WIREWATCH_INGEST__MIN_INTERVAL": "1",
        "WIREWATCH_INGEST__MAX_INTERVAL": "5",
        "WIREWATCH_WEB__PORT": "0",
        "WIREWATCH_LOG_FORMAT": "json",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        **{f"WIREWATCH_{name}": str(value) for name, value in settings.items()},
    }


def wirewatch(
    *arguments: str, env: Mapping[str, str], stdin: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    return subprocess.run(
        [WIREWATCH, *arguments],
        env=env,
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
        cwd=cwd or Path(env["WIREWATCH_DATA_DIR"]).parent,
    )


def json_lines(data: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in data.splitlines()]


class DocumentServer:
    """Serves fixed documents on a free loopback port: path to (content type, body)."""

    def __init__(self, documents: Mapping[str, tuple[str, bytes]]) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                kind, body = documents.get(self.path, ("text/plain", b"no such document"))
                self.send_response(200 if self.path in documents else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> DocumentServer:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
