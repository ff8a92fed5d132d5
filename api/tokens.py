"""Tokens: who a bearer token names, and the links that customers get.

Two kinds of token, told apart by their header's `typ`, and never taken for each other. Bearer tokens are signed by the
issuer (`api.issuer`), or by the local key where there is none. Links are signed by the local key always: for one case,
for a while, and for nobody but its customer. Rung, teams, skills and authority are the directory's to say: what a token
claims of them is noted, and ignored.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from uuid import uuid4

import jwt
from pydantic import BaseModel, ConfigDict, ValidationError

from api.problems import Unauthenticated
from cases.complaint import Short
from cases.words import Role

ISSUER = "caseladder"
ALGORITHM = "HS256"
LINK_TYPE = "caseladder-link+jwt"
LINK_AUDIENCE = "caseladder-link"
CLOCK_SKEW_S = 5
"""How far the clocks of the issuer and of this machine may be apart."""

NOT_THEIRS = ("rung", "teams", "skills", "authority")
"""What a token may claim in vain."""

_LOG = logging.getLogger(__name__)

_REASONS: tuple[tuple[type[jwt.PyJWTError], str], ...] = (
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not_yet_valid"),
    (jwt.InvalidIssuerError, "wrong_issuer"),
    (jwt.InvalidAudienceError, "wrong_audience"),
    (jwt.MissingRequiredClaimError, "missing_claim"),
    (jwt.InvalidSignatureError, "wrong_key"),
    (jwt.InvalidAlgorithmError, "wrong_algorithm"),
    (jwt.InvalidKeyError, "wrong_key"),
    (jwt.DecodeError, "malformed"),
)
"""In this order: the first that an error is one of."""

_BEFORE_CLAIMS = {"wrong_key", "wrong_algorithm", "malformed"}
"""Where the signature does not hold, nothing that the token says of itself is known."""


class Caller(BaseModel):
    """Who a token names: `sub` is a service's name, a person's id in the directory, or the id of the link.

    `case_id` is set for a customer's link alone.
    """

    model_config = ConfigDict(frozen=True)

    sub: Short
    role: Role
    case_id: str | None = None


class Verifier(Protocol):
    """Whose bearer tokens hold."""

    def claims(self, token: str) -> dict[str, Any]:
        """What the token says, once its signature holds. Raises jwt.PyJWTError, Unauthenticated, IssuerAway."""
        ...


class LocalKey:
    """Bearer tokens of the embedded stack, signed with the text of its key file."""

    def __init__(self, key: str) -> None:
        self._key = key

    def claims(self, token: str) -> dict[str, Any]:
        """As `Verifier`."""
        return jwt.decode(
            token,
            self._key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            leeway=CLOCK_SKEW_S,
            options={"require": ["exp", "iss", "sub"]},
        )


class Links:
    """Makes and checks the links of customers."""

    def __init__(self, key: str) -> None:
        self._key = key

    def mint(self, case_id: str, lifetime: timedelta) -> tuple[str, datetime]:
        """The token of a link for one case, and when it ends."""
        until = (datetime.now(UTC) + lifetime).replace(microsecond=0)
        said = {"iss": ISSUER, "aud": LINK_AUDIENCE, "sub": f"link-{uuid4()}", "case": case_id, "exp": until}
        return jwt.encode(said, self._key, ALGORITHM, headers={"typ": LINK_TYPE}), until

    def claims(self, token: str) -> dict[str, Any]:
        """As `Verifier`; the role is `customer`, whatever it says."""
        claims: dict[str, Any] = jwt.decode(
            token,
            self._key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=LINK_AUDIENCE,
            leeway=CLOCK_SKEW_S,
            options={"require": ["exp", "iss", "sub", "case"]},
        )
        return claims | {"role": Role.CUSTOMER.value, "case_id": claims["case"]}


class Tokens:
    """Tells whom a token names, whichever kind it is."""

    def __init__(self, bearers: Verifier, links: Links, role_claim: str = "role") -> None:
        self._bearers = bearers
        self._links = links
        self._role_claim = role_claim

    def caller(self, token: str, *, link: bool = False) -> Caller:
        """The caller that the token names. With `link`, nothing but a customer's link will do.

        Raises Unauthenticated, saying what is wrong with it; IssuerAway.
        """
        try:
            is_link = jwt.get_unverified_header(token).get("typ") == LINK_TYPE
            if link and not is_link:
                raise Unauthenticated(
                    "`?token=` takes the token of a customer's link alone; send yours in the header "
                    "`Authorization: Bearer <token>`",
                    reason="not_a_link",
                )
            claims = self._links.claims(token) if is_link else self._bearers.claims(token) | {"case_id": None}
        except jwt.PyJWTError as error:
            raise _unauthenticated(error, token) from error
        return self._named(claims, is_link)

    def _named(self, claims: dict[str, Any], is_link: bool) -> Caller:
        role = claims.get("role" if is_link else self._role_claim)
        try:
            caller = Caller.model_validate(claims | {"role": role})
        except ValidationError as error:
            raise Unauthenticated(
                f"the token names no caller: it needs the claims sub and {self._role_claim}, which is a known role",
                reason="missing_claim",
            ) from error
        if caller.role is Role.SYSTEM:
            raise Unauthenticated("nobody can be `system`", reason="wrong_role")
        ignored = tuple(name for name in NOT_THEIRS if name in claims)
        if ignored:
            _note_ignored(caller.sub, ignored)
        return caller


@lru_cache(1000)
def _note_ignored(sub: str, names: tuple[str, ...]) -> None:
    """Once for each caller: their token is sent with every request."""
    fields = {"event": "claims_ignored", "reason": "claimed_authority", "caller": sub, "claims": names}
    _LOG.warning("claims ignored, the directory says who may what: %s %s", sub, ", ".join(names), extra=fields)


def _unauthenticated(error: jwt.PyJWTError, token: str) -> Unauthenticated:
    reason = next((word for kind, word in _REASONS if isinstance(error, kind)), "malformed")
    expired = "the token has expired; ask for a new one"
    problem = Unauthenticated(expired if reason == "expired" else f"the token does not hold: {error}", reason=reason)
    if reason not in _BEFORE_CLAIMS:
        sub = jwt.decode(token, options={"verify_signature": False}).get("sub")
        problem.caller = sub[:200] if isinstance(sub, str) else None
    return problem
