"""The HTTP server: one thread with uvicorn, which ends when the process is asked to stop."""

from __future__ import annotations

import logging
import socket
import threading

import uvicorn
from fastapi import FastAPI

from article.errors import Busy
from runtime.logging import get_logger
from runtime.settings import WebSettings
from runtime.shutdown import Stop
from web.access.policy import policy_of

_GRACE_SECONDS = 5
_MAX_CONNECTIONS = 512


def listen(settings: WebSettings) -> socket.socket:
    """The socket to serve on. Raises Busy where the port is taken or the address is not this machine's,
    BadConfiguration where strangers would be served without a login."""
    policy_of(settings)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((settings.host, settings.port))
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise Busy(
            f"port {settings.port} of {settings.host}",
            f"cannot be served on: {error.strerror}",
            "set WIREWATCH_WEB__PORT to a free one",
        ) from error
    return opened


def serve(app: FastAPI, opened: socket.socket, stop: Stop) -> None:
    """Serve until stopped. Requests in hand get some seconds to end."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # it warns of each request that is no HTTP
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            limit_concurrency=_MAX_CONNECTIONS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    thread = threading.Thread(target=server.run, args=([opened],), name="http", daemon=True)
    thread.start()
    host, port = opened.getsockname()[:2]
    get_logger("web").info("web.started", url=f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    while not stop.wait(1.0) and thread.is_alive():
        continue
    server.should_exit = True
    thread.join()
    opened.close()
