"""Pages: the templates, the headers that every page has, the static files, and how a problem looks to a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.desk import lines, wording
from api.desk.session import Visitor, is_secure
from api.problems import Problem, Unauthenticated, UnknownPath

HERE = Path(__file__).parent

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With `no-referrer` a browser sends `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}
"""Of every page: nothing from elsewhere, no frame around it, and nothing of it left in a cache when somebody goes."""

SAID = "caseladder_said"
"""The cookie that carries, to the page after a form, what was done."""

_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_THEIRS = {
    "htmx.js": ("js_lib_htmx", "static/htmx/htmx.min.js"),
    "swagger-ui.css": ("fastapi_offline", "static/swagger-ui.css"),
    "swagger-ui.js": ("fastapi_offline", "static/swagger-ui-bundle.js"),
}
"""What others made, each from a file of a wheel."""
_NOT_PAGES = ("/v1/", "/codec/", "/desk/", "/openapi.json", "/healthz", "/readyz", "/metrics")

router = APIRouter()


def _static() -> Mapping[str, bytes]:
    ours = {file.name: file.read_bytes() for file in (HERE / "static").iterdir() if file.suffix in _TYPES}
    theirs = {name: resources.files(package).joinpath(path).read_bytes() for name, (package, path) in _THEIRS.items()}
    return ours | theirs


_FILES = _static()
_DIGESTS = {name: sha256(content).hexdigest()[:12] for name, content in _FILES.items()}


def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return f"/desk/static/{name}?v={_DIGESTS[name]}"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known: dict[str, Any] = made.globals  # pyright: ignore[reportAssignmentType] typed as if it held its own alone
    known |= {"asset": asset, **wording.GLOBALS, **lines.GLOBALS}
    made.filters.update(wording.FILTERS, told=lines.told)
    return made


_TEMPLATES = _environment()


@router.get("/desk/static/{name}")
async def static(name: str) -> Response:
    """A static file, for ever: another content has another address."""
    content = _FILES.get(name)
    if content is None:
        raise UnknownPath(f"there is no file {name[:80]!r}")
    headers = {"Cache-Control": _FOREVER, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=_TYPES[Path(name).suffix], headers=headers)


def page(request: Request, template: str, visitor: Visitor | None, status: int = 200, **context: Any) -> HTMLResponse:
    """The page that the template makes. It knows `visitor`, `here` (the path), `now`, `said`, and the context."""
    said = unquote(request.cookies.get(SAID, ""))
    known = {
        "visitor": visitor,
        "here": local(request.url.path),
        "now": datetime.now(UTC),
        "said": said,
    }
    answer = HTMLResponse(_TEMPLATES.get_template(template).render(known | context), status, dict(HEADERS))
    if said:
        answer.delete_cookie(SAID, path="/")
    return answer


def done(request: Request, to: str, said: str = "") -> Response:
    """After a form that did what it should: on to that page, which says `said` once."""
    answer = RedirectResponse(to, 303, dict(HEADERS))
    if said:
        options: dict[str, Any] = {"max_age": 30, "httponly": True, "samesite": "strict", "secure": is_secure(request)}
        answer.set_cookie(SAID, quote(said[:300]), path="/", **options)
    return answer


def is_wanted(request: Request) -> bool:
    """Whether whoever asks is to see a page, and not a problem as JSON."""
    asks = "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers
    return asks and not request.url.path.startswith(_NOT_PAGES)


def refused(request: Request, problem: Problem) -> Response:
    """The problem as a page. Who is not signed in is asked to, and then brought to where they wanted to go."""
    if isinstance(problem, Unauthenticated):
        return _to_sign_in(request)
    return page(request, "refused.html", None, int(problem.status), problem=problem)


def _to_sign_in(request: Request) -> Response:
    """To the form, and from there back to the page that was asked for, or that the form was on."""
    wanted = str(request.url) if request.method == "GET" else request.headers.get("referer", "")
    parts = urlsplit(wanted)
    wanted = local(parts.path + (f"?{parts.query}" if parts.query else ""))
    where = "/signin" if wanted in ("/", "/signin") else "/signin?" + urlencode({"next": wanted})
    if "hx-request" in request.headers:
        # A fetch would follow a redirect by itself, and put the form for signing in where a list was.
        return Response(None, 204, HEADERS | {"HX-Redirect": where})
    return RedirectResponse(where, 303, dict(HEADERS))


def local(address: str | None) -> str:
    """The address, if it is one of our own pages; else the first page."""
    wanted = address or "/"
    path = unquote(wanted.partition("?")[0])
    # A browser drops what stands for "here" and "above": what is left could begin with "//", which is another host.
    steps = path.split("/")[1:]
    safe = wanted.startswith("/") and wanted.isprintable() and "\\" not in path
    return wanted if safe and "" not in steps[:-1] and not {".", ".."} & {*steps} else "/"
