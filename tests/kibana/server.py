"""A server that answers as Kibana's import does: by hand, after its documentation.

It checks what Kibana checks (the kbn-xsrf header, one file named *.ndjson in a multipart form, a login) and
keeps the objects, so that importing twice conflicts unless `overwrite` is asked for.
"""

from __future__ import annotations

import base64
import email
import email.policy
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

Json = dict[str, object]

PATH = "/api/saved_objects/_import"
KNOWN_TYPES = ("index-pattern", "search", "map", "dashboard")


@dataclass(kw_only=True)
class Kibana:
    """What the server holds, and what it is to do wrong."""

    url: str = ""
    space: str = ""
    logins: tuple[str, ...] = ()
    """Values of the header Authorization that are let in; none is needed where there are none."""
    known_types: tuple[str, ...] = KNOWN_TYPES
    objects: dict[tuple[str, str], Json] = field(default_factory=dict)
    answer: tuple[int, str, dict[str, str]] | None = None
    """Status, body and headers that every request is answered with."""

    def import_file(self, form: bytes, content_type: str, *, overwrite: bool) -> tuple[int, Json]:
        file_name, content = _file_of(form, content_type)
        if not file_name.endswith(".ndjson"):
            return 400, _bad(f"Invalid file extension .{file_name.rpartition('.')[2]}")
        found = [json.loads(line) for line in content.splitlines()]
        errors = [error for each in found if (error := self._error(each, found, overwrite=overwrite))]
        if not errors:
            self.objects |= {(each["type"], each["id"]): each for each in found}
        answer: Json = {"success": not errors, "successCount": len(found) - len(errors), "warnings": []}
        return 200, answer | ({"errors": errors} if errors else {})

    def _error(self, saved: Json, found: list[Json], *, overwrite: bool) -> Json | None:
        here = {(str(each["type"]), str(each["id"])) for each in found} | set(self.objects)
        references = saved["references"]
        assert isinstance(references, list)
        missing = [each for each in references if (each["type"], each["id"]) not in here]
        error: Json | None = None
        if saved["type"] not in self.known_types:
            error = {"type": "unsupported_type"}
        elif missing:
            error = {"type": "missing_references", "references": missing}
        elif (saved["type"], saved["id"]) in self.objects and not overwrite:
            error = {"type": "conflict"}
        return error and {"id": saved["id"], "type": saved["type"], "meta": {}, "error": error}


@contextmanager
def kibana(
    *, certificate: Path | None = None, space: str = "", logins: tuple[str, ...] = ()
) -> Iterator[Kibana]:
    """Serves on loopback until the block ends; over TLS with a PEM file of certificate and key."""
    state = Kibana(space=space, logins=logins)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer, headers = state.answer or self._answered(body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.encode())))
            self.end_headers()
            self.wfile.write(answer.encode())

        def _answered(self, body: bytes) -> tuple[int, str, dict[str, str]]:
            status, answer = self._decided(body)
            return status, json.dumps(answer), {"Content-Type": "application/json"}

        def _decided(self, body: bytes) -> tuple[int, Json]:
            target = urlsplit(self.path)
            if target.path != state.space + PATH:
                return 404, {"statusCode": 404, "error": "Not Found", "message": "Not Found"}
            if state.logins and self.headers.get("Authorization") not in state.logins:
                return 401, {"statusCode": 401, "error": "Unauthorized", "message": "[security_exception]"}
            if not self.headers.get("kbn-xsrf"):
                return 400, _bad("Request must contain a kbn-xsrf header.")
            overwrite = parse_qs(target.query).get("overwrite") == ["true"]
            return state.import_file(body, self.headers["Content-Type"], overwrite=overwrite)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}{space}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def basic(username: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def _file_of(form: bytes, content_type: str) -> tuple[str, bytes]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + form, policy=email.policy.HTTP)
    (part,) = message.iter_parts()
    assert part.get_param("name", header="content-disposition") == "file"
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return part.get_filename() or "", content


def _bad(message: str) -> Json:
    return {"statusCode": 400, "error": "Bad Request", "message": message}
