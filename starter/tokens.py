"""Bearer tokens signed with the local key of an embedded stack. In production an issuer signs them instead.

The API checks the same claims: `iss` is "caseladder", `sub` the service or the person's id in the directory, `role` one
of `service`, `agent`, `operator`, `bot`, and `exp` the end of the token's life. A customer's link has a token that is
signed with the same key, also where an issuer signs the others, and told apart by its header's `typ` and by `aud`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt

from cases.words import Role

ISSUER = "caseladder"
ALGORITHM = "HS256"
# Long enough for a trial of a few weeks; a key file that is deleted ends all of its tokens at once.
LIFETIME = timedelta(days=30)

LINK_TYPE = "caseladder-link+jwt"
LINK_AUDIENCE = "caseladder-link"
LONGEST_LINK = timedelta(days=30)


def mint(key: str, sub: str, role: Role, ttl: timedelta = LIFETIME) -> str:
    """A token for `sub`, valid from now for `ttl`; `key` is the text of the key file, without white space around it."""
    return jwt.encode({"iss": ISSUER, "sub": sub, "role": role.value, "exp": datetime.now(UTC) + ttl}, key, ALGORITHM)


def mint_link(key: str, case_id: str, ttl: timedelta) -> str:
    """The token of a link for the customer of one case, valid from now for `ttl`, while the case is not archived."""
    said = {"iss": ISSUER, "aud": LINK_AUDIENCE, "sub": f"link-{uuid4()}", "case": case_id}
    return jwt.encode(said | {"exp": datetime.now(UTC) + ttl}, key, ALGORITHM, headers={"typ": LINK_TYPE})
