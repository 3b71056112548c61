"""What a webhook is sent: body and signed headers, by the Standard Webhooks specification 1.0.0.

Source: https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md: the signature is
HMAC-SHA256 over "id.timestamp.body", so that a receiver that looks at the timestamp cannot be told old news.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime

from article.codec import encode
from article.searches import Delivery
from bus.envelope import timestamp


def body_of(delivery: Delivery) -> bytes:
    """{"type", "timestamp", "data": {"search", "article"}}; the same at every try."""
    told = {
        "type": "article.matched",
        "timestamp": timestamp(delivery.matched),
        "data": {
            "search": {"id": delivery.search, "name": delivery.name},
            "article": json.loads(encode(delivery.article)),
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def trial_body(search: str, name: str, *, now: datetime) -> bytes:
    """What is sent to try a webhook out."""
    told = {
        "type": "webhook.test",
        "timestamp": timestamp(now),
        "data": {"search": {"id": search, "name": name}},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(secret: str, message: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """`secret` is "whsec_" and base64; `now` is the time of this try."""
    moment = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    code = hmac.new(key, f"{message}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(code).decode()}",
    }
