"""Bearer tokens signed with the local key of an embedded stack. In production an issuer signs them instead.

The API checks the same claims: `iss` is "caseladder", `sub` the service or the person's id in the directory, `role` one
of `service`, `agent`, `operator`, `bot`, and `exp` the end of the token's life.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt

from cases.words import Role

ISSUER = "caseladder"
ALGORITHM = "HS256"
# Long enough for a trial of a few weeks; a key file that is deleted ends all of its tokens at once.
LIFETIME = timedelta(days=30)


def mint(key: str, sub: str, role: Role, ttl: timedelta = LIFETIME) -> str:
    """A token for `sub`, valid from now for `ttl`; `key` is the text of the key file, without white space around it."""
    return jwt.encode({"iss": ISSUER, "sub": sub, "role": role.value, "exp": datetime.now(UTC) + ttl}, key, ALGORITHM)
