"""A dummy of Kibana: logs in to Elasticsearch as Kibana does, and takes saved objects from who may log in."""

from __future__ import annotations

import base64
import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ELASTIC = os.environ["ELASTICSEARCH_HOSTS"]
_LOGIN = f"{os.environ['ELASTICSEARCH_USERNAME']}:{os.environ['ELASTICSEARCH_PASSWORD']}"
OWN_LOGIN = "Basic " + base64.b64encode(_LOGIN.encode()).decode("ascii")


def may_log_in(authorization: str) -> bool:
    request = urllib.request.Request(
        ELASTIC + "/_security/_authenticate", headers={"Authorization": authorization}
    )
    try:
        with urllib.request.urlopen(request, timeout=10):
            return True
    except OSError:
        return False


class Kibana(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._answer(302 if may_log_in(OWN_LOGIN) else 503, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not may_log_in(self.headers.get("Authorization", "")):
            self._answer(401, {"message": "unauthorized"})
        elif "kbn-xsrf" not in self.headers or "/api/saved_objects/_import" not in self.path:
            self._answer(400, {"message": "bad request"})
        else:
            count = sum(line.startswith(b"{") for line in body.splitlines())
            self._answer(200, {"success": True, "successCount": count, "warnings": []})

    def _answer(self, status: int, body: object) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Location", "/login")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("", 5601), Kibana).serve_forever()
