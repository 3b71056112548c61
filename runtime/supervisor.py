"""Tells systemd how the process fares, where systemd has started it and asks to be told.

Source: sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names; "@" stands for an abstract one.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Literal


def tell(state: Literal["READY=1", "WATCHDOG=1", "STOPPING=1"]) -> None:
    """Never fails: a supervisor that does not listen is no reason to stop."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        out.sendto(state.encode(), address)
