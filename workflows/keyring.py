"""The key ring: the keys that payloads are encrypted with, by id, in one file that workers, API and CLI share.

One key is active: new payloads are encrypted with it. The others only read what was encrypted before. The file is JSON,
made by `caseladder operator keys`. A process looks at it again when it has changed: a key that is put back, or added,
needs no restart. How a payload is encrypted is `workflows.encryption`'s to know.

    KeyRingError     there is no ring, or it cannot be used
    MissingKey       a payload was encrypted with a key that is not in the ring
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import logging
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

VARIABLE = "CASELADDER_PAYLOAD_KEYS"
"""The one setting that turns encryption on: the path of the key ring."""

KEY_BYTES = 32
KeyId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]

_log = logging.getLogger(__name__)


class KeyRingError(Exception):
    """The key ring cannot be used; the text names the file and the remedy, and never a key."""


class MissingKey(Exception):
    """A payload was encrypted with a key that is not in the ring. Nothing is lost: with the key, it can be read."""

    def __init__(self, key_id: str, ring: str) -> None:
        super().__init__(
            f"a payload was encrypted with the key {key_id}, which is not in {ring}. Put that key back; what needs it "
            "waits until then"
        )
        self.key_id = key_id


class StoredKey(BaseModel):
    """A key as the file has it: 32 bytes in base64, and when it came into use and went out of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key: SecretStr | None = Field(default=None, description="none of a key that was given up as lost")
    made_at: datetime
    active_from: datetime | None = None
    retired_at: datetime | None = None
    lost_at: datetime | None = None

    @field_validator("key")
    @classmethod
    def _is_a_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            try:
                decoded = base64.b64decode(key.get_secret_value(), validate=True)
            except binascii.Error as error:
                raise ValueError("must be base64") from error
            if len(decoded) != KEY_BYTES:
                raise ValueError(f"must be {KEY_BYTES} bytes in base64")
        return key

    @model_validator(mode="after")
    def _is_there_or_lost(self) -> StoredKey:
        if (self.key is None) == (self.lost_at is None):
            raise ValueError("must have a key, or else the time at which it was given up (lost_at)")
        return self

    def cipher(self) -> AESGCM | None:
        """What encrypts and decrypts with it; None if it is lost."""
        return AESGCM(base64.b64decode(self.key.get_secret_value())) if self.key else None


class StoredRing(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    active: KeyId
    keys: dict[KeyId, StoredKey]

    @model_validator(mode="after")
    def _has_its_active_key(self) -> StoredRing:
        if self.active not in self.keys or self.keys[self.active].key is None:
            raise ValueError(f"active is {self.active}, which must be one of keys, and not lost")
        return self

    @classmethod
    def read(cls, path: Path) -> StoredRing:
        """Raises KeyRingError, naming the file and what is wrong in it."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise KeyRingError(
                f"{VARIABLE}: {path} cannot be read ({error.strerror}). Name the key ring, or make one with: "
                "caseladder operator keys new"
            ) from error
        except ValidationError as error:
            faults = [
                f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}"
                for each in error.errors(include_url=False, include_input=False, include_context=False)
            ]
            raise KeyRingError(
                f"{VARIABLE}: {path} is no key ring: {'; '.join(faults[:3])}. Restore it from a backup: without its "
                "keys, nobody can read what was encrypted with them"
            ) from None

    def write(self, path: Path) -> None:
        """Writes the file whole or not at all; a new one is its owner's alone to read. Raises OSError."""
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        keys = {
            key_id: each.model_dump(mode="json", exclude_none=True, exclude={"key"})
            | ({"key": each.key.get_secret_value()} if each.key else {})
            for key_id, each in self.keys.items()
        }
        draft = path.with_name(f"{path.name}.new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps({"active": self.active, "keys": keys}, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(path)


class KeyRing:
    """The keys at hand. Without a file there are none: nothing is encrypted, and what was cannot be read."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises KeyRingError if there is to be a file, and it cannot be used."""
        self._path = path
        self._seen: tuple[int, ...] | None = None
        self._active: tuple[str, AESGCM] | None = None
        self._ciphers: Mapping[str, AESGCM | None] = {}
        self._missing: set[str] = set()
        if path is not None:
            self._seen = _state(path)
            self._take(StoredRing.read(path))

    @classmethod
    def of_environment(cls) -> KeyRing:
        """The one that CASELADDER_PAYLOAD_KEYS names; an empty one, if it is not set. Raises KeyRingError."""
        named = os.environ.get(VARIABLE)  # noqa: TID251 -- read by processes as they start, never by a workflow
        return cls(Path(named)) if named else cls()

    @property
    def encrypts(self) -> bool:
        """Whether there is a ring at all."""
        return self._path is not None

    @property
    def missing(self) -> frozenset[str]:
        """The ids of keys that were asked for and are still not there."""
        if self._missing:
            self._look_again()
        return frozenset(self._missing)

    def active(self) -> tuple[str, AESGCM] | None:
        """The id and the cipher for new payloads; None if nothing is encrypted."""
        self._look_again()
        return self._active

    def cipher(self, key_id: str) -> AESGCM | None:
        """What decrypts; None if the key was given up as lost. Raises MissingKey."""
        if key_id not in self._ciphers:
            self._look_again()
        if key_id not in self._ciphers:
            self._missing.add(key_id)
            raise MissingKey(key_id, self.named)
        return self._ciphers[key_id]

    def _look_again(self) -> None:
        """Reads a file that has changed. One that has become unusable changes nothing: what was read before counts."""
        if self._path is None or (state := _state(self._path)) == self._seen:
            return
        self._seen = state
        try:
            self._take(StoredRing.read(self._path))
        except KeyRingError as error:
            _log.error("%s; going on with the keys that were read before", error)

    def _take(self, ring: StoredRing) -> None:
        self._ciphers = {key_id: each.cipher() for key_id, each in ring.keys.items()}
        cipher = self._ciphers[ring.active]
        self._active = (ring.active, cipher) if cipher else None
        self._missing.difference_update(self._ciphers)

    @property
    def named(self) -> str:
        """What it is to whoever is answered, without the path on this machine."""
        return f"the key ring of {VARIABLE}" if self._path else str(self)

    def __str__(self) -> str:
        """With its path, for the log."""
        return f"the key ring {self._path}" if self._path else f"a key ring, for {VARIABLE} names none"


def _state(path: Path) -> tuple[int, ...] | None:
    """What changes when the file does; None if there is none."""
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino
    return None
