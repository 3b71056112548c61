"""The settings of ingest, with their defaults and the reasons for them."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from runtime.settings_section import Count, Seconds, Section


def _is_proxy(value: SecretStr) -> SecretStr:
    """Says what is wrong without the value, which has a password in it."""
    try:
        parts = urlsplit(value.get_secret_value())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if value.get_secret_value() and not usable:
        raise ValueError("is not the address of a proxy: http://host:port")
    return value


class IngestSettings(Section):
    min_interval: Seconds = 60.0
    """Seconds between polls of a feed that has something new every time. Less annoys publishers."""
    max_interval: Seconds = 3600.0
    """Seconds between polls of a feed that is quiet. More makes the first article after a pause late."""
    doubt_after: Seconds = 1800.0
    """Seconds of nothing but "not modified" after which a feed is asked for whole, in case its server is
    mistaken; up to 48 times as long for a slow feed, or one whose server was found to be right."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts ("name" or "name:port") that may have private addresses. By default no feed can reach inside."""
    concurrency: Count = 64
    """Requests under way at once, over all hosts."""
    per_host: Count = 2
    """Connections to one host at once: what a polite browser tab or two would open."""
    connect_timeout: Seconds = 10.0
    """Seconds until a connection stands, encryption included. Beyond, the host is down or unwilling."""
    first_byte_timeout: Seconds = 15.0
    """Seconds until an answer begins, connecting included. Some sites make a feed when they are asked."""
    total_timeout: Seconds = 30.0
    """Seconds for one response, redirects included; ends slow drips."""
    keep_hosts: Count = 128
    """Hosts to which a connection is kept for some seconds after a request, so that the next one is cheaper.
    Every connection is a file handle; processes usually may have 1,024."""
    max_body: Annotated[int, Field(ge=10_000)] = 10_000_000
    """Bytes of a feed or page after decompression. Real ones are far below; bombs are far above."""
    max_bodies: Annotated[int, Field(ge=100_000)] = 64_000_000
    """Bytes of all bodies in memory at once; requests wait while others hold them. One body may go beyond, so
    that there is always one that comes to its end."""
    proxy: Annotated[SecretStr, AfterValidator(_is_proxy)] = SecretStr("")
    """An HTTP proxy, "http://user:password@host:port"; empty connects directly. Hosts of `allow_hosts` are
    always connected to directly. It is the proxy then that resolves names: see Safety in the architecture."""
    max_markup: Annotated[int, Field(ge=100_000)] = 2_000_000
    """Bytes of a page without scripts and styles. Reading more takes many seconds; no article needs it."""
    max_redirects: Annotated[int, Field(ge=0, le=20)] = 5
    """Hops that one request follows, each checked like the first."""
    fetch_pages: Literal["auto", "never"] = "auto"
    """`auto` fetches an article's page where its feed carries only a summary."""
    max_entries: Count = 5000
    """Entries of one feed document that are looked at; more is said in the feed's notes."""
    remember_entries_days: Annotated[float, Field(gt=0)] = 90.0
    """How long an entry that has left its feed is remembered, so that its return is no new article."""
    contact: Annotated[str, Field(pattern=r"^[\x20-\x7e]*$")] = ""
    """An address or URL for publishers, put into the User-Agent, so that they can say what bothers them."""
    robots: bool = True
    """Whether article pages that a robots.txt disallows are left alone. Feeds are polled in any case: a
    person subscribed to them."""
    page_delay: Annotated[float, Field(ge=0)] = 0.5
    """Seconds between two requests for pages of one host; a Crawl-delay in its robots.txt counts if it is
    longer. Hosts of `allow_hosts`, which are one's own, are spared only as far as their robots.txt asks."""
    page_patience: Annotated[float, Field(ge=0)] = 30.0
    """Seconds that an article waits for its page's turn at a busy host. Beyond, the feed's text is published
    and the page is tried again later."""
    feed_delay: Annotated[float, Field(ge=0)] = 0.0
    """Seconds between two polls at one host. A host with hundreds of feeds expects as many polls; `per_host`
    bounds its connections."""
    processes: Annotated[int, Field(ge=0)] = 0
    """Processes that read feeds and pages, each on one core; 0 is one for each core."""
    read_timeout: Seconds = 30.0
    """Seconds that reading one feed or page may take, of which a real one takes a tenth. The process that
    reads a longer one is ended, so that no document stops the others."""
    websub_url: Annotated[str, Field(pattern=r"^(https?://[^\s?#]+)?$")] = ""
    """Where hubs reach `websub_listen` from outside, "https://news.example.org/hub". Set, feeds that offer a
    hub (WebSub) are pushed; empty opens no port."""
    websub_listen: Annotated[str, Field(pattern=r"^.+:\d{1,5}$")] = "127.0.0.1:8787"
    """Host and port where hubs are answered: behind a reverse proxy with TLS, so not open by default."""
    websub_key: SecretStr = SecretStr("")
    """What callbacks and their secrets are made from, the same for every process. By default the data folder
    holds one; set it where processes have data folders of their own."""
    max_backlog: Count = 20_000
    """Raw articles waiting for enrichment at which polling pauses, so that memory and disk stay bounded."""
