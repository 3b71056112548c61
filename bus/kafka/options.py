"""Settings as the options of the library's clients."""

from __future__ import annotations

from article.errors import BadConfiguration
from runtime.settings import KafkaSettings

Options = dict[str, object]

_SETTINGS = {
    "ssl_cafile": "SSL_CA_FILE",
    "ssl_certfile": "SSL_CERT_FILE",
    "ssl_keyfile": "SSL_KEY_FILE",
}

MAX_RECORD = 32 * 1024 * 1024
"""Bytes: the most that a channel takes. What stages write stays far below, by their own limits."""


def client_options(settings: KafkaSettings) -> Options:
    """What all clients have in common. Raises BadConfiguration for a file that is not there."""
    options: Options = {
        "bootstrap_servers": [part.strip() for part in settings.bootstrap_servers.split(",")],
        "client_id": "wirewatch",
        "request_timeout_ms": milliseconds(settings.request_seconds),
        "bootstrap_timeout_ms": milliseconds(settings.request_seconds),
        "reconnect_backoff_max_ms": 2_000,  # a broker that comes back is found within seconds
        "security_protocol": settings.security_protocol,
    }
    if settings.security_protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.get_secret_value(),
        }
    files = {
        "ssl_cafile": settings.ssl_ca_file,
        "ssl_certfile": settings.ssl_cert_file,
        "ssl_keyfile": settings.ssl_key_file,
    }
    for name, path in files.items():
        if path is not None and not path.is_file():
            raise BadConfiguration(str(path), "no such file", f"see WIREWATCH_BUS__KAFKA__{_SETTINGS[name]}")
    return options | {name: str(path) for name, path in files.items() if path is not None}


def consumer_options(settings: KafkaSettings) -> Options:
    """Sees committed transactions only, commits nothing by itself, reads ahead a bounded number of bytes."""
    return client_options(settings) | {
        "isolation_level": "read_committed",
        "enable_auto_commit": False,
        "metrics_enabled": False,  # ours are Prometheus's, and the library's cost time for each record
        "auto_offset_reset": "earliest",
        "allow_auto_create_topics": False,
        "fetch_max_bytes": settings.fetch_bytes,
        "max_partition_fetch_bytes": max(1_000_000, settings.fetch_bytes // 8),
    }


def producer_options(settings: KafkaSettings, *, transactional_id: str) -> Options:
    return client_options(settings) | {
        "transactional_id": transactional_id,
        "metrics_enabled": False,
        "transaction_timeout_ms": milliseconds(2 * settings.request_seconds),
        "max_block_ms": milliseconds(settings.request_seconds),
        "delivery_timeout_ms": milliseconds(2 * settings.request_seconds),
        "max_request_size": MAX_RECORD + 2_000_000,  # a dead letter of the largest record has more headers
        "batch_size": 1_000_000,
        "linger_ms": 5,  # a commit sends what waits at once
        "compression_type": None if settings.compression == "none" else settings.compression,
        "allow_auto_create_topics": False,
    }


def milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
