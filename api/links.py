"""`POST /v1/cases/{id}/links`: a signed link for the customer of one case; and where a link's token may stand."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from api import access
from api.auth import LINK_TOKEN, actor_with
from api.bodies import sent
from api.documents import CaseId
from api.faults import checked
from api.problems import Archived, TooLarge, UnknownCase, Unprocessable, documented
from api.sources import Sources, sources
from api.tokens import Links
from cases.events import Actor
from cases.words import Role, Status

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["cases"])

LONGEST_S = 30 * 24 * 3600
_WEEK_S = 7 * 24 * 3600

_READ_BY_LINK = re.compile(r"/complaints/[^/]+|/v1/cases/[^/]+(/messages)?")
"""What a customer opens in a browser, which sends no header of theirs: their page, and what they may read as JSON."""


class LinkWanted(BaseModel):
    """What kind of link; may be left out altogether."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    expires_in: int = Field(default=_WEEK_S, ge=60, le=LONGEST_S, description="seconds for which it holds")


class Link(BaseModel):
    """A link for the customer: they see status, messages, promises and the resolution, and can send requests."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    url: str = Field(description="opens the customer's page of the case; the token is in it")
    token: str = Field(description="the same as a bearer token, for a page of your own")
    expires_at: AwareDatetime


async def _wanted(request: Request) -> LinkWanted:
    empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    return LinkWanted() if empty else checked(LinkWanted, await sent(request))


@router.post(
    "/links",
    status_code=201,
    responses=documented(UnknownCase, Archived, TooLarge, Unprocessable),
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": LinkWanted.model_json_schema(),
                    "examples": {"three days": {"value": {"expires_in": 259200}}},
                }
            }
        }
    },
)
async def make_link(
    by: Annotated[Actor, Depends(actor_with(Role.SERVICE, Role.AGENT))],
    case_id: CaseId,
    request: Request,
    wanted: Annotated[LinkWanted, Depends(_wanted)],
    at: Annotated[Sources, Depends(sources)],
) -> Link:
    """Makes a signed link for the customer of the case. It holds for that case alone, until it expires, or the case
    is archived. Give it to nobody but the customer: whoever has it speaks for them."""
    view = await access.readable(by, await at.view(case_id, by), at)
    if view.status is Status.ARCHIVED:
        raise Archived(f"case {case_id} is archived; its customer can do nothing in it any more", case_id=case_id)
    links: Links = request.app.state.links
    token, until = links.mint(case_id, timedelta(seconds=wanted.expires_in))
    address: str = request.app.state.public_url or str(request.base_url).rstrip("/")
    return Link(case_id=case_id, url=f"{address}/complaints/{case_id}?token={token}", token=token, expires_at=until)


class TokenInQuery:
    """Takes `token` out of every query before anybody sees it, and keeps it where a customer reads their case.

    The query is changed in the scope that the server hands down, so that an access log has no token either.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "http" and scope["query_string"]:
            _take_out(scope)
        await self._app(scope, receive, send)


def _take_out(scope: Scope) -> None:
    said = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    tokens = [value for name, value in said if name == "token"]
    if not tokens:
        return
    scope["query_string"] = urlencode([(name, value) for name, value in said if name != "token"]).encode()
    if scope["method"] in ("GET", "HEAD") and _READ_BY_LINK.fullmatch(scope["path"]):
        state: dict[str, Any] = scope.setdefault("state", {})
        state[LINK_TOKEN] = tokens[0]
