"""Who is asking: bearer tokens, checked with the local key, and the person behind an agent's token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, ValidationError

from api.problems import Forbidden, Unauthenticated
from api.sources import Sources, sources
from cases.complaint import Short
from cases.events import Actor
from cases.words import Role, Rung

ISSUER = "caseladder"
ALGORITHM = "HS256"
CLOCK_SKEW_S = 5
"""How far the clocks of the issuer and of this machine may be apart."""

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="claims: `iss` caseladder, `sub`, `role`, `exp`")


class Caller(BaseModel):
    """Who a token names: `sub` is a service's name, or a person's id in the directory."""

    model_config = ConfigDict(frozen=True)

    sub: Short
    role: Role


class Tokens:
    """Checks tokens that were signed with `key`."""

    def __init__(self, key: str) -> None:
        self._key = key

    def caller(self, token: str) -> Caller:
        """The caller that the token names. Raises Unauthenticated, saying what is wrong with it."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                leeway=CLOCK_SKEW_S,
                options={"require": ["exp", "iss", "sub"]},
            )
            caller = Caller.model_validate(claims)
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("the token has expired; ask for a new one") from error
        except jwt.InvalidTokenError as error:
            raise Unauthenticated(f"the token does not hold: {error}") from error
        except ValidationError as error:
            raise Unauthenticated("the token names no caller: it needs the claims sub and role") from error
        if caller.role is Role.SYSTEM:
            raise Unauthenticated("nobody can be `system`")
        return caller


def caller(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Caller:
    """Dependency: who is asking. Raises Unauthenticated."""
    if given is None:
        raise Unauthenticated("send the header `Authorization: Bearer <token>`")
    tokens: Tokens = request.app.state.tokens
    return tokens.caller(given.credentials)


def actor_with(*roles: Role) -> Callable[..., Awaitable[Actor]]:
    """Dependency: the actor, whose role must be one of `roles`. Raises Unauthenticated or Forbidden."""

    async def actor(caller: Annotated[Caller, Depends(caller)], at: Annotated[Sources, Depends(sources)]) -> Actor:
        if caller.role not in roles:
            wanted = " or ".join(f"`{role}`" for role in roles)
            raise Forbidden(f"this needs the role {wanted}; your token says `{caller.role}`", roles=list(roles))
        return await _as_known(caller, at)

    return actor


async def _as_known(caller: Caller, at: Sources) -> Actor:
    """The person as the directory knows them. A bot need not be in it: its rung is its own."""
    if caller.role not in (Role.AGENT, Role.BOT):
        return Actor(id=caller.sub, role=caller.role)
    person = await at.person(caller.sub)
    if person is not None:
        return person.model_copy(update={"role": caller.role})
    if caller.role is Role.BOT:
        return Actor(id=caller.sub, role=Role.BOT, rung=Rung.BOT)
    raise Forbidden(f"the directory does not know {caller.sub}; have them added to it", person=caller.sub)
