"""The names of the variables that processes are told by: a name of ours that nobody reads is a mistake, and is said.

All of them are here, whichever process reads them, since one environment is often given to several. What each is for,
and whether its value is of use, is known where it is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

PREFIX = "CASELADDER_"

_NAMES = """
    DATABASE_URL POLICY DIRECTORY READY_FILE METRICS ERASE_EVERY KEY_FILE API_PORT UI_URL DESK_URL DEBUG
    GATEWAY_URL GATEWAY_SECRET WEBHOOK_URL WEBHOOK_SECRET INBOUND_SECRET PAYMENTS_URL PAYMENTS_SECRET
    LOG_FORMAT LOG_LEVEL
    ALERTS ALERTS_WINDOW ALERTS_INTERVAL ALERTS_LINK
    PAYLOAD_KEYS UI_ORIGIN CODEC_TICKET_FILE JWKS_URL ISSUER AUDIENCE ROLE_CLAIM SIGNING_KEY SIGNING_KEY_FILE
    TRUSTED_KEYS TRUSTED_KEYS_FILE RATE_LIMIT LINK_RATE_LIMIT BAD_TOKEN_LIMIT PUBLIC_URL SHARE_PORT"""
NAMES = frozenset(PREFIX + name for name in _NAMES.split())

_MANY = re.compile(r"CASELADDER_WEBHOOK_(?:URL|SECRET)_[A-Z0-9_]+")
"""One for each source."""

_TESTS = "CASELADDER_FAULT_"
"""How long our own tests of faults last. No process reads these, and none is started wrongly by them."""


def check_names(environment: Mapping[str, str]) -> None:
    """Raises ValueError, a sentence for each variable with our prefix that nobody reads."""
    ours = sorted(name for name, value in environment.items() if name.startswith(PREFIX) and value.strip())
    strange = [it for it in ours if it not in NAMES and not _MANY.fullmatch(it) and not it.startswith(_TESTS)]
    if strange:
        raise ValueError(" ".join(map(_said, strange)))


def _said(name: str) -> str:
    loud = name.upper()
    meant = [loud] if _MANY.fullmatch(loud) else get_close_matches(loud, NAMES, 1, 0.8)
    remedy = f"set {meant[0]} instead, or take it away" if meant else "take it away, or correct its name"
    return f"{name} is not known: {remedy}."
