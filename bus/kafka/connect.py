"""The first contact with the brokers, and why it failed.

The library's error only says that it took too long; what the brokers answered is in its log, so that is
listened to meanwhile.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from kafka import errors as kafka
from kafka.admin import KafkaAdminClient

from bus.kafka.options import client_options
from runtime.settings import KafkaSettings

_PROBE_SECONDS = 5.0
_AGAIN_MS = 250  # a broker may hang up before its refusal is read: asked often, it is heard
_HANG_UP = "socket disconnected"
_TALKS = "kafka.net.manager"  # the part of the library that logs why a connection failed
_REFUSALS = (
    kafka.SaslAuthenticationFailedError,
    kafka.UnsupportedSaslMechanismError,
    kafka.AuthorizationError,
)


def admin_client(settings: KafkaSettings) -> KafkaAdminClient:
    """Raises the library's error, or ssl.SSLError where the certificate is what is wrong."""
    with _listening() as heard:
        try:
            return KafkaAdminClient(**client_options(settings) | {"reconnect_backoff_max_ms": _AGAIN_MS})
        except kafka.KafkaTimeoutError:
            for error in heard:
                if isinstance(error, _REFUSALS):
                    raise error from None
            if _hung_up(settings, heard):
                raise kafka.SaslAuthenticationFailedError from None
            if settings.security_protocol.endswith("SSL"):
                _shake_hands(settings)
            raise


def _hung_up(settings: KafkaSettings, heard: Sequence[Exception]) -> bool:
    """Whether every connection stood and was ended during the login: a refusal that was never read."""
    lost = [str(error) for error in heard if isinstance(error, kafka.KafkaConnectionError)]
    ended = bool(lost) and all(_HANG_UP in error for error in lost)
    return ended and settings.security_protocol.startswith("SASL")


class _Ear(logging.Handler):
    """Keeps the errors that are logged."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Exception] = []

    def emit(self, record: logging.LogRecord) -> None:
        arguments = record.args if isinstance(record.args, tuple) else ()
        self.heard += [each for each in arguments if isinstance(each, Exception)]


@contextmanager
def _listening() -> Iterator[list[Exception]]:
    ear, logger = _Ear(), logging.getLogger(_TALKS)
    before = (logger.level, logger.propagate)
    logger.addHandler(ear)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield ear.heard
    finally:
        logger.removeHandler(ear)
        logger.setLevel(before[0])
        logger.propagate = before[1]


def _shake_hands(settings: KafkaSettings) -> None:
    """Speak TLS with the first broker. Raises ssl.SSLError where that is what fails."""
    host, _, port = settings.bootstrap_servers.split(",")[0].strip().rpartition(":")
    context = ssl.create_default_context(cafile=settings.ssl_ca_file)
    with (
        suppress(TimeoutError, ConnectionError, socket.gaierror),
        socket.create_connection((host, int(port)), timeout=_PROBE_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host),
    ):
        return
