"""The settings of access, checked and made ready: who may reach, read and change what."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from article.errors import BadConfiguration
from runtime.settings import WebSettings
from runtime.settings_section import SHORTEST_SECRET
from web.access.token import Token

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`open` says who may read without a login: "nobody", this "machine", or "all" who get here."""

    token: Token
    open: str
    names: frozenset[str]
    public_origin: str
    user_header: str
    proxies: tuple[Network, ...]

    @property
    def secure(self) -> bool:
        """Whether people come over TLS."""
        return self.public_origin.startswith("https:")

    def is_proxy(self, address: str) -> bool:
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self.proxies)


def policy_of(settings: WebSettings) -> Policy:
    """Raises BadConfiguration for settings that are wrong, or would serve strangers without a login."""
    given = settings.token.get_secret_value()
    if given and (len(given) < SHORTEST_SECRET or not (given.isascii() and given.isprintable())):
        raise BadConfiguration(
            "setting web.token",
            f"is no token: it has fewer than {SHORTEST_SECRET} characters, or others than ASCII",
            "use a long random one",
        )
    if not settings.local and not given and not settings.user_header:
        raise BadConfiguration(
            f"setting web.host, {settings.host}",
            "can be reached from other machines, and nothing says who may do what",
            "set WIREWATCH_WEB__TOKEN to a long random token, or WIREWATCH_WEB__USER_HEADER to the header in"
            " which your reverse proxy names who has logged in; 127.0.0.1 needs neither",
        )
    public = _origin(settings.public_url)
    alone = "machine" if settings.local and not (public or settings.user_header) else "nobody"
    names = {"localhost", settings.host, *settings.hosts, urlsplit(public).hostname or "localhost"}
    return Policy(
        token=Token(given),
        open={"auto": alone, "open": "all", "token": "nobody"}[settings.reading],
        names=frozenset(name.lower().rstrip(".") for name in names),
        public_origin=public,
        user_header=settings.user_header,
        proxies=tuple(_network(text) for text in settings.proxies),
    )


def _origin(url: str) -> str:
    """`scheme://host[:port]` of a public URL; empty where none is given."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BadConfiguration(
            f"setting web.public_url, {url}",
            "is not where a page can be",
            'write it as "https://news.example.org"; a path is not supported',
        )
    return f"{parts.scheme}://{parts.netloc}".lower()


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise BadConfiguration(
            f"setting web.proxies, {text}", "is no network", 'write it as "10.0.0.0/8" or "10.0.0.7"'
        ) from error
