"""Settings of the page and the API."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from runtime.secret_file import kept_secret
from runtime.settings_section import Section


class WebSettings(Section):
    enabled: bool = True
    """Whether `wirewatch run` serves the page, too."""
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address to serve on; by default this machine alone. Others need `token` or `user_header`."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """The port to serve on; 0 takes a free one."""
    token: SecretStr = SecretStr("")
    """What people log in with and programs send as `Authorization: Bearer …` to change anything, and to read
    where `reading` asks for it. By default the data folder holds one: `wirewatch serve --show-token`."""
    reading: Literal["auto", "open", "token"] = "auto"
    """Who may read without logging in. `auto` is everybody while this machine alone is served, else nobody;
    `open` everybody who reaches the page, `token` nobody."""
    public_url: str = ""
    """Where people reach the page through a reverse proxy: "https://news.example.org", without a path. With
    https, cookies are sent over TLS only; links in feeds begin with it."""
    hosts: tuple[str, ...] = ()
    """Further names by which the page may be asked for. Others are refused, so that no site on the web can
    pose as this one (DNS rebinding); addresses, localhost and the name in `public_url` always do."""
    user_header: str = ""
    """The header in which a reverse proxy names the person that it has logged in, such as X-Forwarded-User.
    Whoever it names may read and write; the proxy must remove it from what comes from outside."""
    proxies: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks of reverse proxies, whose `user_header` and X-Forwarded-For are believed."""
    rate: Annotated[float, Field(ge=0)] = 50.0
    """Requests a second of one client in the long run (an address, or a /64 network of IPv6); more get 429
    with Retry-After. 0 is no limit, for wrong tokens neither."""
    burst: Annotated[int, Field(ge=1)] = 200
    """Requests that a client may make at once before `rate` holds."""

    @property
    def local(self) -> bool:
        """Whether this machine alone can reach the address that is served on."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    def with_kept_token(self, data_dir: Path) -> WebSettings:
        """With the data folder's token where none is given. Where others can reach the page, whether there is
        a token is for a person to say. Raises BadConfiguration where none can be kept."""
        if self.token.get_secret_value() or not self.local:
            return self
        token = kept_secret(data_dir / "web.token", instead="WIREWATCH_WEB__TOKEN")
        return self.model_copy(update={"token": SecretStr(token)})
