"""Who is asking: the token of a request, how often it may ask, and the person or the customer behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import Forbidden, Unauthenticated
from api.sources import Sources, sources
from api.throttling import Throttle, count_bad
from api.tokens import Caller, Tokens
from cases.events import Actor
from cases.words import Role, Rung, Status

bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="claims: `iss`, `sub`, `role`, `exp`; with an issuer of the company's, `aud` too. Of a customer's "
    "link, its token; `GET` of a case and of its messages take that as `?token=` as well",
)

LINK_TOKEN = "link_token"
"""Where `api.links.TokenInQuery` leaves the token of a link, in the request's state."""


def caller(
    request: Request, response: Response, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Caller:
    """Dependency: who is asking. Raises Unauthenticated, RateLimited, IssuerAway."""
    tokens: Tokens = request.app.state.tokens
    throttle: Throttle = request.app.state.throttle
    in_query: str | None = getattr(request.state, LINK_TOKEN, None)
    try:
        if given is not None:
            found = tokens.caller(given.credentials)
        elif in_query is not None:
            found = tokens.caller(in_query, link=True)
        else:
            raise Unauthenticated("send the header `Authorization: Bearer <token>`", reason="no_token")
    except Unauthenticated:
        count_bad(request)
        raise
    request.state.caller = found
    if found.case_id is not None:
        # What stands in a link's URL is for nobody's cache, and for no other site's log.
        response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    response.headers.update(throttle.count(found))
    return found


def actor_with(*roles: Role) -> Callable[..., Awaitable[Actor]]:
    """Dependency: the actor, whose role must be one of `roles`. Raises Unauthenticated or Forbidden.

    A customer comes by a link alone, and to the case of that link alone.
    """

    async def actor(
        request: Request,
        caller: Annotated[Caller, Depends(caller)],
        at: Annotated[Sources, Depends(sources)],
    ) -> Actor:
        if caller.role not in roles:
            wanted = " or ".join(f"`{role}`" for role in roles)
            raise Forbidden(
                f"this needs the role {wanted}; your token says `{caller.role}`", reason="wrong_role", roles=list(roles)
            )
        if caller.role is Role.CUSTOMER:
            return await _customer(caller, request.path_params.get("case_id"), at)
        return await as_known(caller, at)

    return actor


async def _customer(caller: Caller, case_id: object, at: Sources) -> Actor:
    """The customer of the link's case, while the case lives: with its archive, and so before any erasure, it ends."""
    if caller.case_id is None:
        raise Forbidden(
            "a customer comes by the signed link of their case: POST /v1/cases/{id}/links makes one",
            reason="not_a_link",
            roles=[Role.CUSTOMER],
        )
    if caller.case_id != case_id:
        raise Forbidden("this link is for another case", reason="another_case")
    view = await at.recorded(caller.case_id) or await at.view(caller.case_id)
    if view.status is Status.ARCHIVED:
        raise Unauthenticated("the case is archived, and its links have ended with it", reason="link_over")
    return Actor(id=view.customer.id, role=Role.CUSTOMER)


async def as_known(caller: Caller, at: Sources) -> Actor:
    """The person as the directory knows them. A bot need not be in it: its rung is its own. Raises Forbidden."""
    if caller.role not in (Role.AGENT, Role.BOT):
        return Actor(id=caller.sub, role=caller.role)
    person = await at.person(caller.sub)
    if person is not None:
        return person.model_copy(update={"role": caller.role})
    if caller.role is Role.BOT:
        return Actor(id=caller.sub, role=Role.BOT, rung=Rung.BOT)
    raise Forbidden(f"the directory does not know {caller.sub}; have them added to it", person=caller.sub)
