"""`make compose-env`: the file .env with new passwords, made once. docker-compose.yml reads it."""

from __future__ import annotations

import base64
import os
import secrets
import sys
import uuid
from pathlib import Path

HEADER = """\
# Passwords of this installation, made by `make compose-env`. Keep them: data in the volumes belongs to them.
# To log in to Kibana: user elastic, ELASTIC_PASSWORD. To the page: WEB_TOKEN.
"""


def values() -> dict[str, str]:
    """Hexadecimal passwords of 192 bits: no character of them means anything to a shell or a JAAS line."""
    return {
        "ELASTIC_PASSWORD": secrets.token_hex(24),
        "KIBANA_PASSWORD": secrets.token_hex(24),
        "KIBANA_ENCRYPTION_KEY": secrets.token_hex(24),
        "INDEX_PASSWORD": secrets.token_hex(24),
        "KAFKA_PASSWORD": secrets.token_hex(24),
        "WEB_TOKEN": secrets.token_hex(24),
        "GRAFANA_PASSWORD": secrets.token_hex(24),
        "KAFKA_CLUSTER_ID": base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("="),
    }


def write(path: Path) -> None:
    """Make the file, readable by its owner only. Raises FileExistsError where there is one."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="ascii") as out:
        out.write(HEADER)
        out.writelines(f"{name}={value}\n" for name, value in values().items())


def complete(path: Path) -> list[str]:
    """The names that the file of an earlier version lacked; they are added to it."""
    held = {line.partition("=")[0].strip() for line in path.read_text("utf-8").splitlines()}
    missing = {name: value for name, value in values().items() if name not in held}
    with path.open("a", encoding="ascii") as out:
        out.writelines(f"{name}={value}\n" for name, value in missing.items())
    return list(missing)


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(".env")
    try:
        write(path)
    except FileExistsError:
        if added := complete(path):
            print(f"{path} is there already and is kept; added to it: {', '.join(added)}")
            return 0
        print(f"{path} is there already and is kept: the data in the volumes belongs to its passwords.")
        return 78
    print(f"{path} made. Next: docker compose up --build --detach --wait")
    return 0


if __name__ == "__main__":
    sys.exit(main())
