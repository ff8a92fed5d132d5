"""Who sits at the Desk: the cookie, which holds the signed token itself, and the check that a form is our own.

Nothing is kept in a process: whoever has the token is who it says, for as long as it holds. `api.tokens` and
`api.auth` know what a token means.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from api.auth import as_known
from api.problems import Forbidden, Unauthenticated
from api.sources import Sources, sources
from api.throttling import Throttle, count_bad
from api.tokens import Caller, Tokens
from cases.events import Actor
from cases.words import Role, Rung

COOKIE = "caseladder"
"""The name of the cookie. Behind https it is `__Host-caseladder`, which no other host can set."""

_SECURE_COOKIE = f"__Host-{COOKIE}"
_READS_FORMS = frozenset({"GET", "HEAD"})


class Visitor(BaseModel):
    """Somebody who is signed in: the actor that the case knows, and the name that a page shows."""

    model_config = ConfigDict(frozen=True)

    actor: Actor
    name: str

    @property
    def is_operator(self) -> bool:
        """Whether they only look: an operator's token opens nothing that takes events."""
        return self.actor.role is Role.OPERATOR

    @property
    def reads_all(self) -> bool:
        """Whether they are a supervisor or above, or an operator: the wall is for them."""
        return self.is_operator or self.at_least(Rung.SUPERVISOR)

    def at_least(self, rung: Rung) -> bool:
        """Whether they stand on that rung, or above it."""
        return self.actor.rung is not None and self.actor.rung.height >= rung.height


def is_secure(request: Request) -> bool:
    """Whether the visitor came by https, to us or to the proxy before us."""
    public: str | None = request.app.state.public_url
    return request.url.scheme == "https" or (public is not None and public.startswith("https:"))


def seated(request: Request, response: Response, token: str) -> None:
    """Keeps the token in the visitor's cookie, until the browser is closed or the token ends."""
    secure = is_secure(request)
    name = _SECURE_COOKIE if secure else COOKIE
    response.set_cookie(name, token, httponly=True, samesite="strict", secure=secure, path="/")


def unseated(response: Response) -> None:
    """Takes the cookie away."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    response.delete_cookie(_SECURE_COOKIE, path="/", httponly=True, samesite="strict", secure=True)


def token_of(request: Request) -> str | None:
    """The token in the cookie, if there is one."""
    return request.cookies.get(_SECURE_COOKIE if is_secure(request) else COOKIE)


def known_caller(request: Request, token: str) -> Caller:
    """Whom the token names. Raises Unauthenticated, Forbidden, RateLimited, IssuerAway."""
    tokens: Tokens = request.app.state.tokens
    throttle: Throttle = request.app.state.throttle
    try:
        caller = tokens.caller(token)
    except Unauthenticated:
        count_bad(request)
        raise
    if caller.role not in (Role.AGENT, Role.OPERATOR):
        count_bad(request)
        raise Forbidden(
            f"the Desk is for people who work on cases; this token is a {caller.role}'s",
            reason="wrong_role",
            roles=[Role.AGENT, Role.OPERATOR],
        )
    request.state.caller = caller
    throttle.count(caller)
    return caller


async def _visitor(request: Request, at: Annotated[Sources, Depends(sources)]) -> Visitor:
    token = token_of(request)
    if token is None:
        raise Unauthenticated("sign in first", reason="no_token")
    return await visitor_of(known_caller(request, token), at)


async def visitor_of(caller: Caller, at: Sources) -> Visitor:
    """The caller as the directory knows them. Raises Forbidden, RecordsAway."""
    actor = await as_known(caller, at)
    person = await at.ask(lambda records: records.person(caller.sub))
    return Visitor(actor=actor, name=person.name if person else caller.sub)


def own_form(request: Request) -> None:
    """Dependency of every router of the Desk: what changes something must come from a page of ours.

    The cookie is `SameSite=Strict`, so another site's form comes without it; this is the second lock. Raises Forbidden.
    """
    if request.method in _READS_FORMS:
        return
    origin, public = request.headers.get("origin"), request.app.state.public_url
    if origin is None:
        # Old browsers send none with a form of their own page; all that matter send this instead.
        ours = request.headers.get("sec-fetch-site") == "same-origin"
    else:
        host = urlsplit(origin).netloc
        ours = host != "" and host in {request.headers.get("host"), urlsplit(public or "").netloc}
    if not ours:
        raise Forbidden("this form was sent by another site; open the Desk itself, and do it there", reason="origin")


SignedIn = Annotated[Visitor, Depends(_visitor)]
"""Who asks. Raises Unauthenticated, which a page answers by asking them to sign in."""
