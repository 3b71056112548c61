"""A hub (WebSub) as one of a site's routes: it confirms what it is asked, and pushes once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.behaviours.server import Answer, Reply, Request
from tests.ingest.documents import item, rss
from tests.ingest.hub import CHALLENGE, Said, ask, send, signature

_PUSHED = rss(item(title="Invented", link="https://news.test/invented"))


@dataclass(kw_only=True)
class Hub:
    """`status` is what it answers; a hub that `forges` does not know the secret that it signs with."""

    status: int = 202
    forges: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    confirmed: list[Said] = field(default_factory=list)
    pushed: list[Said] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        self.asked.append(form)
        if self.status < 300:
            # From a thread: whoever asks waits for this answer before it answers questions.
            threading.Thread(target=self._confirm, args=(form,)).start()
        return Answer(status=self.status)

    def _confirm(self, form: dict[str, str]) -> None:
        query = {
            "mode": form["hub.mode"],
            "topic": form["hub.topic"],
            "challenge": CHALLENGE,
            "lease_seconds": "86400",
        }
        self.confirmed.append(ask(form["hub.callback"], query))
        secret = "another secret" if self.forges else form["hub.secret"]
        self.pushed.append(send(form["hub.callback"], _PUSHED, signature(_PUSHED, secret)))
