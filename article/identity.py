"""Which article is this, and has it changed: canonical URLs, article ids, content hashes.

A hash covers a version byte and the fields that are present, each with its name and length, so that a
field added later leaves the ids of articles without it as they are.
"""

from __future__ import annotations

import base64
import hashlib
import re
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

_ID_VERSION = b"\x01"
_CONTENT_VERSION = b"\x01"
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Parameters that say where a reader came from and never what the page shows. A name that some site might
# use to select content ("id", "ref", "source", "partner", "from") is not here: two articles taken for one
# lose an article, one article taken for two only shows it twice.
_TRACKING_PREFIXES = (
    "utm_",
    "at_campaign",
    "at_medium",
    "at_link",
    "at_format",
    "at_bbc",
    "at_ptr",
    "hsa_",
    "pk_",
    "mtm_",
)
_TRACKING_NAMES = frozenset(
    (
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "ttclid",
        "twclid",
        "li_fat_id",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "_hsenc",
        "_hsmi",
        "hsctatracking",
        "oly_anon_id",
        "oly_enc_id",
        "vero_id",
        "vero_conv",
        "wickedid",
        "ref_src",
        "ref_url",
        "ns_mchannel",
        "ns_source",
        "ns_campaign",
        "ns_linkname",
        "ns_fee",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "s_cid",
        "xtor",
        "cmpid",
        "ito",
        "ocid",
        "__twitter_impression",
        "_ga",
        "_gl",
    )
)

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_SPACE_OR_CONTROL = re.compile(r"[\x00-\x20\x7f]+")


def canonical_url(url: str) -> str | None:
    """The one spelling of an article's address, or None where `url` is not a usable http(s) link.

    Scheme and host in lower case, host in its ASCII form, no user name, default port, fragment or tracking
    parameters, parameters sorted by name (those of one name keep their order), dot segments resolved,
    escapes normalised (RFC 3986 §6.2.2, RFC 5890). All else may select content and stays as it is.
    """
    try:
        parts = urlsplit(_SPACE_OR_CONTROL.sub("", url))
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    host = _ascii_host(parts)
    if scheme not in _DEFAULT_PORTS or host is None:
        return None
    netloc = host if port is None or port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"
    path = _normal_escapes(_without_dot_segments(parts.path)) or "/"
    return urlunsplit((scheme, netloc, path, _canonical_query(parts.query), ""))


def article_id(
    *, link: str | None, feed_url: str, entry_id: str | None, title: str, published: datetime | None
) -> str:
    """26 characters: lower-case base32 of a 128-bit BLAKE2b.

    Of the canonical URL; without a usable link, of feed URL and entry id; without an entry id, of feed
    URL, title and published date.
    """
    url = canonical_url(link) if link else None
    if url is not None:
        return _digest(_ID_VERSION, url=url)
    feed = canonical_url(feed_url) or feed_url
    if entry_id:
        return _digest(_ID_VERSION, feed=feed, entry=entry_id)
    return _digest(_ID_VERSION, feed=feed, title=title, published=_timestamp(published))


def feed_id(url: str) -> str:
    """The id of the feed at `url`, the same for every spelling that `canonical_url` holds to be one."""
    return _digest(_ID_VERSION, feed=canonical_url(url) or url)


def content_hash(*, title: str, text: str, published: datetime | None) -> str:
    """What makes a revision: title, best text and published date. White space does not count."""
    return _digest(
        _CONTENT_VERSION,
        title=" ".join(title.split()),
        text=" ".join(text.split()),
        published=_timestamp(published),
    )


def _digest(version: bytes, **fields: str | None) -> str:
    digest = hashlib.blake2b(version, digest_size=16)
    for name, value in fields.items():
        if value:
            data = value.encode("utf-8", "surrogatepass")
            digest.update(f"{name}:{len(data)}:".encode())
            digest.update(data)
    return base64.b32encode(digest.digest()).decode("ascii").rstrip("=").lower()


def _timestamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _ascii_host(parts: SplitResult) -> str | None:
    host = (parts.hostname or "").rstrip(".")
    if not host:
        return None
    if ":" in host:
        return f"[{host}]"
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    host = host.lower()
    return host if _HOST.fullmatch(host) else None


def _canonical_query(query: str) -> str:
    kept = [part for part in query.split("&") if part and not _is_tracking(part.split("=", 1)[0])]
    return _normal_escapes("&".join(sorted(kept, key=lambda part: part.split("=", 1)[0])))


def _is_tracking(name: str) -> bool:
    name = name.lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)


def _without_dot_segments(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _normal_escapes(text: str) -> str:
    """Escapes in upper case, needless ones undone, characters outside ASCII escaped as UTF-8."""

    def one(match: re.Match[str]) -> str:
        byte = int(match.group(1), 16)
        return chr(byte) if byte in _UNRESERVED else match.group(0).upper()

    escaped = quote(text, safe="!$&'()*+,-./:;=?@_~%[]|^\"<>`{}\\", errors="surrogatepass")
    return _ESCAPE.sub(one, escaped)
