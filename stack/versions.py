"""The servers' versions, pinned here and nowhere else; a test holds docker-compose.yml to them."""

from __future__ import annotations

KAFKA = "4.1.1"
ELASTIC = "8.19.21"
