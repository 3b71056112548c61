"""What goes wrong, as a page for people and as problem details (RFC 9457) for programs."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from article.errors import BadConfiguration, BadInput, BadQuery, Conflict, Unavailable, WirewatchError
from runtime.logging import get_logger
from web.pages import page

RETRY_SECONDS = 5
API = "/api/"


class NotThere(BadInput):
    """Nothing has this address."""


class Refused(BadInput):
    """The request lacks the right to do this."""


def add_error_pages(app: FastAPI) -> None:
    app.exception_handler(WirewatchError)(_ours)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_invalid)


def status_of(error: WirewatchError) -> int:
    match error:
        case NotThere():
            return 404
        case Conflict():
            return 409
        case Refused():
            return 403
        case BadInput():
            return 400
        case Unavailable() | BadConfiguration():
            return 503
        case _:
            return 500


def answer(
    request: Request,
    *,
    status: int,
    detail: str,
    headers: dict[str, str] | None = None,
    at: int | None = None,
) -> Response:
    """Problem details under /api/, else a page. A page that says 503 asks again by itself.

    `at` is where in a query the problem is.
    """
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    if request.url.path.startswith(API):
        return JSONResponse(
            {"type": "about:blank", "title": title, "status": status, "detail": detail}
            | ({} if at is None else {"at": at}),
            status_code=status,
            media_type="application/problem+json",
            headers=headers,
        )
    again = RETRY_SECONDS if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    made = page(request, "error.html", status=status, title=title, detail=detail, again=again)
    made.headers.update(headers or {})
    return made


async def _ours(request: Request, error: WirewatchError) -> Response:
    status = status_of(error)
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        get_logger("web").warning("web.unavailable", path=request.url.path, reason=str(error))
    at = error.at if isinstance(error, BadQuery) else None
    return answer(request, status=status, detail=str(error), headers=headers, at=at)


async def _http(request: Request, error: HTTPException) -> Response:
    headers, detail = dict(error.headers or {}), str(error.detail)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
        detail = f"{request.method} is not for this address; it takes {headers['Allow']}."
    return answer(request, status=error.status_code, detail=detail, headers=headers)


def _methods(request: Request) -> set[str]:
    """All that is taken at the address of the request; the framework says what its first route takes."""
    app: FastAPI = request.app
    routes = [(str(route.path), route.methods or set()) for route in iter_route_contexts(app.routes)]
    fitting = [path for path, _ in routes if compile_path(path)[0].match(request.url.path)]
    return {method for path, methods in routes if path in fitting[:1] for method in methods}


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    problems: dict[str, list[str]] = {}
    for each in error.errors():  # one for each form that the value could have had, where there are several
        place = ".".join(str(part) for part in each["loc"][1:] if "[" not in str(part))
        problems.setdefault(place, []).append(each["msg"])
    said = [f"{place}: {', or '.join(dict.fromkeys(messages))}" for place, messages in problems.items()]
    return answer(request, status=400, detail="; ".join(said))


def fault(request: Request, error: Exception) -> Response:
    """The answer to what should not happen."""
    get_logger("web").error("web.fault", path=request.url.path, exc_info=error)
    return answer(request, status=500, detail="The log says more; please report it.")


_TITLES = {
    400: "This cannot be answered",
    401: "Log in first",
    403: "Not allowed",
    404: "There is nothing here",
    405: "There is nothing here",
    413: "Too large",
    421: "Not by this name",
    429: "Too fast",
    409: "Changed meanwhile",
    500: "A fault in Wirewatch",
    503: "Not there now",
}
