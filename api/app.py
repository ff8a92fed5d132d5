"""The application: endpoints, the Desk, and where their answers come from; `api.translating` has the errors."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import metadata
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import ArgumentError
from starlette.routing import Match
from temporalio.envconfig import ClientConfigProfile

from api import (
    acting,
    codec,
    consulting,
    desk,
    directory,
    erasing,
    events,
    health,
    inbound,
    insights,
    links,
    messages,
    metrics,
    opening,
    reading,
    refusals,
    requests,
)
from api.desk import pages, speaking
from api.desk.web_ui import WebUi
from api.documents import complete
from api.issuer import Issuer
from api.metering import Meter
from api.problems import Problem, WrongMethod
from api.readiness import Readiness
from api.settings import Settings, SettingsError
from api.sources import Sources, Temporal
from api.throttling import Rates, Throttle
from api.tokens import Links, LocalKey, Tokens
from api.translating import PROBLEMS
from records import Records

_ROUTES = (
    opening,
    reading,
    acting,
    messages,
    inbound,
    links,
    consulting,
    events,
    insights,
    directory,
    erasing,
    codec,
    health,
    metrics,
)


_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def create_app(settings: Settings) -> FastAPI:
    """The application over the records and the keys that the settings name; Temporal is looked for when needed.

    Raises SettingsError if a key cannot be read, or the URL names no database.
    """
    keys = settings.keys()
    records = _records(settings)
    key, issuing, signer = settings.key(), settings.issuing(), settings.signer()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        records.close()

    # Its own pages for people would load scripts from elsewhere, in the Desk's origin: `/docs` is `api.desk.reference`.
    app = FastAPI(
        title="caseladder", version=metadata.version("caseladder"), lifespan=lifespan, docs_url=None, redoc_url=None
    )
    app.state.links = Links(key)
    app.state.tokens = Tokens(Issuer(*issuing) if issuing else LocalKey(key), app.state.links, settings.role_claim)
    app.state.throttle = Throttle(Rates(settings.rate_limit, settings.link_rate_limit, settings.bad_token_limit))
    app.state.public_url = settings.public_url.rstrip("/") if settings.public_url else None
    app.state.sources = Sources(Temporal(keys=keys, signer=signer), records)
    app.state.readiness = Readiness(app.state.sources, keys)
    app.state.meter = meter = Meter(app.state.sources, app.state.readiness)
    app.state.streams = events.Streams()
    app.state.web_ui = WebUi(settings.ui_url, ClientConfigProfile.load().namespace or "default")
    app.state.inbound = settings.inbound()
    app.state.codec = codec.Codec(keys, settings.codec_ticket())
    app.add_middleware(codec.OpenToWebUi, origins=settings.ui_origin)
    for module in _ROUTES:
        app.include_router(module.router)
    for room in desk.ROOMS:
        app.include_router(room, include_in_schema=False)
    app.add_middleware(links.TokenInQuery)
    app.add_middleware(requests.Requests)
    app.add_middleware(metrics.Timed, meter=meter)
    for error, translate in PROBLEMS.items():
        app.add_exception_handler(error, _answer(translate))
    app.openapi = lambda: _documented(app)
    return app


def _records(settings: Settings) -> Records:
    try:
        return Records(settings.database_url)
    except (ArgumentError, ImportError, ValueError) as error:
        raise SettingsError(
            f"CASELADDER_DATABASE_URL: {error}. Set a URL such as sqlite:////data/records.db or postgresql://..."
        ) from error


def _documented(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = complete(app)
    return app.openapi_schema


def _answer(translate: Callable[[Any], Problem]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        problem = translate(error)
        if isinstance(problem, WrongMethod):
            problem = WrongMethod(", ".join(_taken(request)))
        refusals.note(request, problem)
        metrics.count(request, problem)
        if speaking.is_customers(request):
            return speaking.refused(request, problem)
        return pages.refused(request, problem) if pages.is_wanted(request) else problem.response()

    return answer


def _taken(request: Request) -> list[str]:
    """Every method that the path takes. The framework names those of the first route alone that has the path."""
    app: FastAPI = request.app
    asked = {"type": "http", "path": request.scope["path"], "root_path": request.scope.get("root_path", "")}

    def is_taken(method: str) -> bool:
        return any(route.matches(asked | {"method": method, "headers": []})[0] is Match.FULL for route in app.routes)

    return [method for method in _METHODS if is_taken(method)]
