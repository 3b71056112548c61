"""The way to the servers, by the settings. Nothing is asked of them before the first request."""

from __future__ import annotations

import logging
import ssl
import warnings
from pathlib import Path
from urllib.parse import urlsplit

from elastic_transport.client_utils import DEFAULT
from elasticsearch import Elasticsearch, ElasticsearchWarning

from article.errors import BadConfiguration
from runtime.settings import ElasticSettings

_URL = "setting index.elastic.url"
_WAY_OUT = 'write it as "https://host:9200"'


def connect(settings: ElasticSettings) -> Elasticsearch:
    """A client, safe to share between threads. BadConfiguration for settings that cannot be right.

    It tries each server once for a request. Trying again later is up to the caller, who knows how long.
    """
    hosts = [_checked(url.strip()) for url in settings.url.split(",") if url.strip()]
    if not hosts:
        raise BadConfiguration(_URL, "is empty", _WAY_OUT)
    if settings.ca_file is not None:
        _check_certificates(settings.ca_file)
    api_key, password = settings.api_key.get_secret_value(), settings.password.get_secret_value()
    if api_key and (settings.username or password):
        raise BadConfiguration(
            "setting index.elastic.api_key", "is set beside a username or password", "keep one of them"
        )
    if not (api_key.isascii() and api_key.isprintable()):
        raise BadConfiguration("setting index.elastic.api_key", "holds signs that no key has", "copy it anew")
    logging.getLogger("elastic_transport").setLevel(logging.CRITICAL)  # what it warns of comes as an error
    warnings.simplefilter("ignore", ElasticsearchWarning)  # deprecations are for developers, not for users
    tls = any(host.startswith("https:") for host in hosts)
    try:
        return Elasticsearch(
            hosts,
            api_key=api_key or None,
            basic_auth=(settings.username, password) if settings.username else None,
            ca_certs=str(settings.ca_file) if settings.ca_file and tls else DEFAULT,
            request_timeout=settings.request_seconds,
            max_retries=len(hosts) - 1,
            retry_on_status=(),
            retry_on_timeout=False,
        )
    except (ValueError, OSError) as error:
        raise BadConfiguration("settings index.elastic", f"cannot be used: {error}", _WAY_OUT) from error


def _check_certificates(path: Path) -> None:
    """The client would find out at the first request, and call it a lost connection."""
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        raise BadConfiguration(
            f"setting index.elastic.ca_file, {path}",
            f"cannot be used: {error.strerror or error}",
            "name a file of certificates in PEM",
        ) from error


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadConfiguration(_URL, f"is no address: {error}", _WAY_OUT) from error
    if parts.username or parts.password:
        raise BadConfiguration(_URL, "holds a name or password", "set index.elastic.username and .password")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadConfiguration(f"{_URL}, {url!r}", "is no address of a server", _WAY_OUT)
    if port is None:
        raise BadConfiguration(f"{_URL}, {url!r}", "names no port", _WAY_OUT)
    return url
