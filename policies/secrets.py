"""The secrets that machines sign with, as a setting holds them: `whsec_` and base64, as Standard Webhooks has it.

Several, with spaces between them, hold while one takes over from another. Which variable it is, and what is signed,
is for whoever reads it; no error shows any part of a secret.
"""

from __future__ import annotations

import base64
import binascii

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
"""In bytes, as Standard Webhooks asks of a secret."""

REMEDY = f"Make one with: echo {_PREFIX}$(openssl rand -base64 32)"


def secrets(text: str) -> tuple[str, ...]:
    """The secrets in the text of a setting; none in an empty one. Raises ValueError, a sentence and the remedy."""
    found = tuple(text.split())
    for secret in found:
        if not secret.startswith(_PREFIX):
            raise ValueError(f"a secret must begin with {_PREFIX}. {REMEDY}")
        try:
            key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"what follows {_PREFIX} must be base64. {REMEDY}") from None
        if not _SHORTEST <= len(key) <= _LONGEST:
            raise ValueError(f"the secret has {len(key)} bytes; it must have {_SHORTEST} to {_LONGEST}. {REMEDY}")
    return found
