"""The token, and what is made from it: cookies of people who have logged in, keys of single addresses."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

COOKIE_DAYS = 30


class Token:
    """Compares in constant time. An empty `secret` stands for one that nobody knows."""

    def __init__(self, secret: str) -> None:
        self._secret = (secret or secrets.token_hex(32)).encode()
        # Cookies do not know ports: two instances on one machine must not take each other's for theirs.
        self.cookie = f"wirewatch-{self._made('name', 8)}"

    def __repr__(self) -> str:
        return "Token(…)"

    def is_given(self, text: str) -> bool:
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._secret)

    def session(self, now: datetime) -> str:
        """What the cookie of somebody who logs in now holds. It is not the token, and ends by itself."""
        ends = int((now + timedelta(days=COOKIE_DAYS)).timestamp())
        return f"{ends}.{self._made(f'session {ends}', 64)}"

    def is_session(self, text: str, now: datetime) -> bool:
        ends, _, _ = text.partition(".")
        if not (ends.isascii() and ends.isdigit() and len(ends) < 16 and int(ends) > now.timestamp()):
            return False
        return hmac.compare_digest(
            text.encode("utf-8", "replace"), f"{ends}.{self._made(f'session {ends}', 64)}".encode()
        )

    def key(self, path: str) -> str:
        """Opens this one path for reading, as `?key=`: for feed readers, which cannot log in."""
        return self._made(f"path {path}", 32)

    def is_key(self, text: str, path: str) -> bool:
        return hmac.compare_digest(text.encode("utf-8", "replace"), self.key(path).encode())

    def _made(self, purpose: str, digits: int) -> str:
        return hmac.digest(self._secret, purpose.encode("utf-8", "replace"), "sha256").hex()[:digits]
