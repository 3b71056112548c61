"""Elasticsearch's accounts that the services log in with: docker-compose.yml runs it at each start.

Needs nothing but Python's own library: the image runs it as a file.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import urllib.error
import urllib.request

# What Wirewatch may do: look at the cluster, keep its templates, and everything with its own indices.
ROLE = {
    "cluster": ["monitor", "manage_index_templates"],
    "indices": [{"names": ["wirewatch-articles*"], "privileges": ["all"]}],
}


def main() -> int:
    url = os.environ["ELASTIC_URL"]
    password = os.environ["ELASTIC_PASSWORD"]
    user = {"password": os.environ["INDEX_PASSWORD"], "roles": ["wirewatch"], "full_name": "Wirewatch"}
    kibana = {"password": os.environ["KIBANA_PASSWORD"]}
    try:
        _send(url, password, "PUT", "/_security/role/wirewatch", ROLE)
        _send(url, password, "PUT", "/_security/user/wirewatch", user)
        _send(url, password, "POST", "/_security/user/kibana_system/_password", kibana)
    except urllib.error.HTTPError as error:
        print(f"accounts: {url} refuses with {error.code}: {_reason(error)}", file=sys.stderr)
        return 78
    except OSError as error:
        print(f"accounts: {url} does not answer: {error}", file=sys.stderr)
        return 69
    print("accounts: role wirewatch, users wirewatch and kibana_system")
    return 0


def _send(url: str, password: str, method: str, path: str, body: object) -> None:
    login = base64.b64encode(f"elastic:{password}".encode()).decode("ascii")
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=60):
        pass


def _reason(error: urllib.error.HTTPError) -> str:
    """The server's own words; never what was sent, which holds passwords."""
    try:
        return str(json.load(error)["error"]["reason"])
    except (ValueError, KeyError, TypeError):
        return error.reason


if __name__ == "__main__":
    sys.exit(main())
