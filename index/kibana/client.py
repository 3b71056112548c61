"""The saved objects into Kibana: one request, which overwrites what has the same ids.

Source: Kibana 8.19, "Import saved objects" (POST /api/saved_objects/_import); its answers are typed in
elastic/kibana, src/core/packages/saved-objects/common/src/saved_objects_imports.ts.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import SplitResult, urlsplit

from article.errors import BadConfiguration, Unavailable
from index.kibana.objects import ndjson
from index.kibana.saved import ALIAS

if TYPE_CHECKING:
    from runtime.settings import KibanaSettings

PATH = "/api/saved_objects/_import?overwrite=true"
FILE_NAME = "wirewatch.ndjson"  # Kibana refuses any other extension
_MAX_ANSWER = 4_000_000
_MAX_SHOWN = 300
_LOGIN = "check kibana.api_key, or kibana.username and kibana.password"


@dataclass(frozen=True, kw_only=True)
class _Answer:
    status: int
    body: bytes
    location: str = ""


def import_saved_objects(settings: KibanaSettings, *, alias: str = ALIAS) -> int:
    """Data view, searches, map and dashboard over `alias`. Returns how many objects were imported.

    Importing again overwrites them, so that an upgrade brings the new ones; what a person has changed in a
    copy stays. Raises Unavailable while Kibana is not there or not ready, BadConfiguration for a URL, login
    or certificate that a person must mend, or naming the objects that Kibana refuses, each with its reason.
    """
    url = _checked(settings.url)
    content = ndjson(alias=alias)
    answer = _post(url, settings, content)
    shown = settings.url
    if answer.status != http.HTTPStatus.OK:
        raise _refusal(shown, answer)
    return _imported(shown, answer.body, expected=content.count(b"\n"))


def _checked(url: str) -> SplitResult:
    """Never shows a URL that may hold a password."""
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError as error:
        raise BadConfiguration("setting kibana.url", f"cannot be read: {error}") from error
    if parts.username or parts.password:
        raise BadConfiguration(
            "setting kibana.url", "holds a login", "use kibana.username and kibana.password"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_valid:
        raise BadConfiguration("setting kibana.url", f"{url!r} is no address", "write https://host:5601")
    if parts.query or parts.fragment:
        raise BadConfiguration("setting kibana.url", f"{url!r} has more than a path", "leave the rest out")
    return parts


def _post(url: SplitResult, settings: KibanaSettings, content: bytes) -> _Answer:
    """http.client, because it follows no redirect with a password in hand and uses no proxy."""
    boundary = f"wirewatch-{secrets.token_hex(16)}"
    disposition = f'form-data; name="file"; filename="{FILE_NAME}"'
    body = (
        f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: application/ndjson\r\n\r\n"
    ).encode() + content
    headers = {
        "kbn-xsrf": "wirewatch",
        "Accept": "application/json",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        **_login(settings),
    }
    connection = _connection(url, settings)
    try:
        connection.request(
            "POST", url.path.rstrip("/") + PATH, body + f"\r\n--{boundary}--\r\n".encode(), headers
        )
        response = connection.getresponse()
        return _Answer(
            status=response.status,
            body=response.read(_MAX_ANSWER),
            location=response.headers.get("Location", ""),
        )
    except ssl.SSLCertVerificationError as error:
        raise BadConfiguration(
            settings.url,
            f"has a certificate that is not trusted: {error.verify_message}",
            "set kibana.ca_file to the CA that signed it",
        ) from error
    except ssl.SSLError as error:
        raise BadConfiguration(
            settings.url, f"does not speak TLS: {error.reason}", "if it is plain, write http://"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(
            settings.url,
            f"cannot be reached: {_first_line(str(error)) or type(error).__name__}",
            "start Kibana, or correct kibana.url",
        ) from error
    finally:
        connection.close()


def _connection(url: SplitResult, settings: KibanaSettings) -> http.client.HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "http":
        return http.client.HTTPConnection(host, url.port or 80, timeout=settings.request_seconds)
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise BadConfiguration(
            "setting kibana.ca_file", f"{settings.ca_file}: {error.strerror or error}", "name a PEM file"
        ) from error
    return http.client.HTTPSConnection(
        host, url.port or 443, timeout=settings.request_seconds, context=context
    )


def _login(settings: KibanaSettings) -> dict[str, str]:
    if key := settings.api_key.get_secret_value().strip():
        if not (key.isascii() and key.isprintable()):
            raise BadConfiguration("setting kibana.api_key", "is no encoded API key")
        return {"Authorization": f"ApiKey {key}"}
    if settings.username:
        login = f"{settings.username}:{settings.password.get_secret_value()}"
        return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
    return {}


def _refusal(url: str, answer: _Answer) -> BadConfiguration | Unavailable:
    said = _message(answer.body)
    if answer.status == http.HTTPStatus.UNAUTHORIZED:
        return BadConfiguration(url, "refuses the login", _LOGIN)
    if answer.status == http.HTTPStatus.FORBIDDEN:
        return BadConfiguration(
            url,
            f"does not let this user import saved objects: {said}",
            "give the user a role that may write dashboards, Discover, maps and data views",
        )
    if answer.status == http.HTTPStatus.NOT_FOUND:
        return BadConfiguration(url, "has no import: not Kibana, or no such space", "correct kibana.url")
    if answer.status >= 500 or answer.status == http.HTTPStatus.TOO_MANY_REQUESTS:
        return Unavailable(url, f"is not ready: {said}", "try again when Kibana has started")
    if 300 <= answer.status < 400:
        return BadConfiguration(
            url,
            f"answers with a redirect to {answer.location[:_MAX_SHOWN]}",
            "set kibana.url to Kibana's own address",
        )
    return BadConfiguration(url, f"refuses the import with status {answer.status}: {said}")


def _imported(url: str, body: bytes, *, expected: int) -> int:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not isinstance(answer.get("success"), bool):
        raise BadConfiguration(url, f"is no Kibana: it answers {_message(body)!r}", "correct kibana.url")
    errors = [error for error in answer.get("errors") or () if isinstance(error, dict)]
    if errors or not answer["success"]:
        refused = "; ".join(_refused(error) for error in errors) or "without a reason"
        kind = Unavailable if errors and all(_is_passing(error) for error in errors) else BadConfiguration
        raise kind(url, f"refuses saved objects: {refused}", "use the Kibana version that the docs name")
    if answer.get("successCount") != expected:
        raise BadConfiguration(url, f"has imported {answer.get('successCount')} of {expected} saved objects")
    return expected


def _refused(failure: dict[str, object]) -> str:
    """For example: dashboard wirewatch-overview-dashboard: needs index-pattern x, which is not there."""
    error = _error(failure)
    reason = str(error.get("type") or "unknown")
    if reason == "missing_references":
        references = cast("list[dict[str, object]]", error.get("references") or [])
        wanted = ", ".join(f"{reference.get('type')} {reference.get('id')}" for reference in references)
        reason = f"needs {wanted}, which is not there"
    elif reason == "unsupported_type":
        reason = "this Kibana does not know the type"
    elif reason in ("conflict", "ambiguous_conflict"):
        reason = "another object stands where it should go; delete that one"
    elif error.get("message"):
        reason = _first_line(str(error["message"]))
    return f"{failure.get('type')} {failure.get('id')}: {reason}"


def _is_passing(failure: dict[str, object]) -> bool:
    status = _error(failure).get("statusCode")
    return isinstance(status, int) and (status >= 500 or status == http.HTTPStatus.TOO_MANY_REQUESTS)


def _error(failure: dict[str, object]) -> dict[str, object]:
    error = failure.get("error")
    return error if isinstance(error, dict) else {}


def _message(body: bytes) -> str:
    """What an answer says for people: Kibana's `message`, or the first line of what is no JSON."""
    try:
        answer = json.loads(body)
    except ValueError:
        return _first_line(body[: 4 * _MAX_SHOWN].decode("utf-8", "replace"))
    said = answer.get("message") if isinstance(answer, dict) else None
    return _first_line(str(said if said is not None else answer))


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return "".join(letter for letter in line if letter.isprintable())[:_MAX_SHOWN]
