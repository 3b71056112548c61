"""A certificate for the loopback address, signed by itself: clients trust it as their CA file."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from article.errors import Unavailable


@dataclass(frozen=True, kw_only=True)
class Certificate:
    cert_file: Path  # PEM; also the CA file for clients
    key_file: Path  # PEM, PKCS #8, without a passphrase


def make_certificate(folder: Path) -> Certificate:
    """A certificate for localhost and 127.0.0.1 in `folder`, made at the first call, valid for ten years."""
    made = Certificate(cert_file=folder / "server.crt", key_file=folder / "server.key")
    if made.cert_file.exists() and made.key_file.exists():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(made.key_file), "-out", str(made.cert_file)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        raise Unavailable("openssl", "is missing", "apt-get install openssl") from None
    return made
