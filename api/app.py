"""The application: endpoints, where their answers come from, and what becomes of each error."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import metadata
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import ArgumentError
from starlette.exceptions import HTTPException

from api import (
    acting,
    codec,
    consulting,
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
from api.documents import complete
from api.faults import problem_of
from api.issuer import Issuer
from api.metering import Meter
from api.problems import (
    Archived,
    Broken,
    Fault,
    HandoffIsOver,
    KeyMissing,
    MovedOn,
    Problem,
    RecordsAway,
    SignatureRefused,
    TemporalAway,
    TurnedDown,
    UnknownCase,
    UnknownHandoff,
    UnknownPath,
    Unprocessable,
    WorkerAway,
    WrongMethod,
)
from api.readiness import Readiness
from api.settings import Settings, SettingsError
from api.sources import Sources, Temporal
from api.throttling import Rates, Throttle
from api.tokens import Links, LocalKey, Tokens
from cases.events import Code, Refused
from records import InvalidCursor, Records
from records import RecordsAway as RecordsDoNotAnswer
from workflows.client import CaseOver, CaseUnknown, DoorError, HandoffOver, HandoffUnknown, NotTrusted, NoWorker
from workflows.client import KeyMissing as KeyIsMissing

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

    app = FastAPI(title="caseladder", version=metadata.version("caseladder"), lifespan=lifespan)
    app.state.links = Links(key)
    app.state.tokens = Tokens(Issuer(*issuing) if issuing else LocalKey(key), app.state.links, settings.role_claim)
    app.state.throttle = Throttle(Rates(settings.rate_limit, settings.link_rate_limit, settings.bad_token_limit))
    app.state.public_url = settings.public_url.rstrip("/") if settings.public_url else None
    app.state.sources = Sources(Temporal(keys=keys, signer=signer), records)
    app.state.readiness = Readiness(app.state.sources, keys)
    app.state.meter = meter = Meter(app.state.sources, app.state.readiness)
    app.state.streams = events.Streams()
    app.state.inbound = settings.inbound()
    app.state.codec = codec.Codec(keys, settings.codec_ticket())
    app.add_middleware(codec.OpenToWebUi, origins=settings.ui_origin)
    for module in _ROUTES:
        app.include_router(module.router)
    app.add_middleware(links.TokenInQuery)
    app.add_middleware(requests.Requests)
    app.add_middleware(metrics.Timed, meter=meter)
    for error, translate in _PROBLEMS.items():
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


def _turned_down(refused: Refused) -> Problem:
    # The case cannot take anything while it cannot write: that is nobody's mistake, and worth trying again.
    if refused.code is Code.RECORDS_AWAY:
        return RecordsAway(refused.sentence, **refused.details)
    return MovedOn(refused) if refused.code is Code.MOVED_ON else TurnedDown(refused)


def _archived(over: CaseOver) -> Problem:
    return Archived(
        f"case {over.case_id} is archived; a new case that `follows` it may be opened",
        case_id=over.case_id,
        follows=over.case_id,
    )


def _http(error: HTTPException) -> Problem:
    match error.status_code:
        case 404:
            return UnknownPath("nothing is served here; see /docs")
        case 405:
            problem = WrongMethod("this path takes " + (error.headers or {}).get("Allow", "another method"))
            problem.headers.update(error.headers or {})
            return problem
        case _:
            return Broken(str(error.detail))


_PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    Problem: lambda problem: problem,
    RequestValidationError: lambda invalid: problem_of(invalid.errors()),
    Refused: _turned_down,
    CaseUnknown: lambda unknown: UnknownCase(f"no case has the id {unknown.case_id}", case_id=unknown.case_id),
    CaseOver: _archived,
    HandoffUnknown: lambda unknown: UnknownHandoff(
        f"no hand-off has the id {unknown.handoff_id}", handoff_id=unknown.handoff_id
    ),
    HandoffOver: lambda over: HandoffIsOver(
        f"the hand-off {over.handoff_id} was answered, called off or given back", handoff_id=over.handoff_id
    ),
    NoWorker: lambda error: WorkerAway(str(error)),
    KeyIsMissing: lambda error: KeyMissing(str(error)),
    NotTrusted: lambda error: SignatureRefused(str(error)),
    DoorError: lambda error: TemporalAway(str(error)),
    RecordsDoNotAnswer: lambda error: RecordsAway(str(error)),
    InvalidCursor: lambda error: Unprocessable(
        Fault(field="?cursor", problem=str(error), remedy="send `next` of the page before, or nothing")
    ),
    HTTPException: _http,
    Exception: lambda _: Broken("the error is in the log of the API; please report it"),
}


def _answer(translate: Callable[[Any], Problem]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        problem = translate(error)
        refusals.note(request, problem)
        metrics.count(request, problem)
        return problem.response()

    return answer
