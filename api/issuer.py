"""The company's issuer of tokens: its public keys, fetched, kept, and fetched again when it signs with a new one.

Keys that are known go on holding while the issuer is away. A token that names a key we do not know has them fetched
again, but not more often than every `PAUSE_S`, whoever sends how many of those.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import jwt

from api.problems import IssuerAway, Unauthenticated
from api.tokens import CLOCK_SKEW_S

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Public keys only: whoever can check a token must not be able to make one."""

LIFESPAN_S = 600.0
"""How long keys are taken for current; a key that the issuer withdraws holds so long at most, while it answers."""

PAUSE_S = 10.0
"""Between two times that keys are fetched."""

TIMEOUT_S = 5.0

_PUBLIC = ("RSA", "EC", "OKP")


class Issuer:
    """Bearer tokens signed by an issuer whose keys are at a URL (JWKS)."""

    def __init__(self, jwks_url: str, issuer: str, audience: str) -> None:
        self._client = jwt.PyJWKClient(jwks_url, cache_jwk_set=False, timeout=TIMEOUT_S)
        self._issuer = issuer
        self._audience = audience
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._fetching = threading.Lock()

    def claims(self, token: str) -> dict[str, Any]:
        """As `api.tokens.Verifier`. Blocks while keys are fetched: for a thread of its own."""
        header = jwt.get_unverified_header(token)
        # Before anything is fetched: what is signed so is nothing that any key of the issuer could have signed.
        if header.get("alg") not in ALGORITHMS:
            raise jwt.InvalidAlgorithmError("The specified alg value is not allowed")
        return jwt.decode(
            token,
            self._key(header.get("kid")),
            algorithms=ALGORITHMS,
            issuer=self._issuer,
            audience=self._audience,
            leeway=CLOCK_SKEW_S,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )

    def _key(self, name: object) -> jwt.PyJWK:
        if not isinstance(name, str):
            raise Unauthenticated("the token does not say which key signed it (`kid`)", reason="wrong_key")
        known = name in self._keys
        if not known or _older(self._fetched_at, LIFESPAN_S):
            # Nobody waits for somebody else's fetching but at the start, when no token can be checked without it: names
            # that are made up would else keep every thread busy while the issuer is slow.
            self._fetch(wait=not self._keys)
        if name in self._keys:
            return self._keys[name]
        if self._fetched_at is None or (self._tried_at or 0) > self._fetched_at:
            raise IssuerAway("the issuer's keys cannot be fetched at the moment, and the token's is not known yet")
        raise Unauthenticated("the token is signed with a key that is none of the issuer's", reason="wrong_key")

    def _fetch(self, *, wait: bool) -> None:
        if not self._fetching.acquire(blocking=wait):
            return
        try:
            if not _older(self._tried_at, PAUSE_S):
                return
            self._tried_at = time.monotonic()
            try:
                keys = self._client.get_signing_keys(refresh=True)
            except jwt.PyJWTError:  # does not answer, or not with keys: those that are known go on
                return
            self._keys = {key.key_id: key for key in keys if key.key_id and key.key_type in _PUBLIC}
            self._fetched_at = time.monotonic()
        finally:
            self._fetching.release()


def _older(moment: float | None, than_s: float) -> bool:
    return moment is None or time.monotonic() - moment >= than_s
