"""What is done to a key ring over its life: begun, given another key, turned to it, rid of an old one.

Knows how rings change, and when; what they are is in `workflows.keyring`, and whether a key is still needed is asked of
Temporal by whoever calls.
"""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime

from pydantic import SecretStr

from workflows.keyring import KEY_BYTES, KeyRingError, StoredKey, StoredRing


def begun() -> StoredRing:
    """A new ring with one key, which is active."""
    now = datetime.now(UTC)
    key_id = _fresh_id(now, {})
    return StoredRing(active=key_id, keys={key_id: _fresh(now, active_from=now)})


def with_new(ring: StoredRing) -> tuple[StoredRing, str]:
    """The ring with one more key, which reads and is not active; and its id."""
    now = datetime.now(UTC)
    key_id = _fresh_id(now, ring.keys)
    return StoredRing(active=ring.active, keys=ring.keys | {key_id: _fresh(now)}), key_id


def rotated(ring: StoredRing, to: str | None = None) -> StoredRing:
    """The ring with another key active: the newest that never was, or the named one. Raises KeyRingError."""
    waiting = [key_id for key_id, each in ring.keys.items() if each.active_from is None and each.key]
    if to is None and not waiting:
        raise KeyRingError(
            "there is no key to turn to. Make one with `caseladder operator keys new`, and let every worker and API "
            "have it first"
        )
    chosen = to or waiting[-1]
    if chosen not in ring.keys or ring.keys[chosen].key is None:
        raise KeyRingError(f"the key {chosen} is not in the ring, or lost. `caseladder operator keys list` shows them")
    if chosen == ring.active:
        raise KeyRingError(f"the key {chosen} is active already")
    now = datetime.now(UTC)
    old = ring.keys[ring.active].model_copy(update={"retired_at": now})
    new = ring.keys[chosen].model_copy(update={"active_from": now, "retired_at": None})
    return StoredRing(active=chosen, keys=ring.keys | {ring.active: old, chosen: new})


def without(ring: StoredRing, key_id: str) -> StoredRing:
    """The ring without a key that nothing needs any more. Raises KeyRingError for the active one."""
    if key_id not in ring.keys:
        raise KeyRingError(f"the key {key_id} is not in the ring. `caseladder operator keys list` shows them")
    if key_id == ring.active:
        raise KeyRingError(f"the key {key_id} is active. Turn to another first: caseladder operator keys rotate")
    return StoredRing(active=ring.active, keys={name: each for name, each in ring.keys.items() if name != key_id})


def given_up(ring: StoredRing, key_id: str) -> StoredRing:
    """The ring with a key that is lost for good: what was encrypted with it is unreadable, and nobody waits for it.

    Raises KeyRingError if the key is there.
    """
    if key_id in ring.keys:
        raise KeyRingError(f"the key {key_id} is in the ring. Only a key that is lost can be given up")
    now = datetime.now(UTC)
    return StoredRing(active=ring.active, keys=ring.keys | {key_id: StoredKey(made_at=now, lost_at=now)})


def _fresh(now: datetime, active_from: datetime | None = None) -> StoredKey:
    text = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    return StoredKey(key=SecretStr(text), made_at=now, active_from=active_from)


def _fresh_id(now: datetime, taken: dict[str, StoredKey]) -> str:
    """Its day, and something by which two of a day differ, also in rings that were made on different machines."""
    while (key_id := f"{now:%Y%m%d}-{secrets.token_hex(2)}") in taken:
        pass
    return key_id
