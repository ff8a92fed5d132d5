"""The API's signature on an update: which bytes are signed, by which key, and whether a signature holds.

Ed25519. What is signed is the update as its sender meant it: for which workflow, under which id, with which payload (as
the converter writes it: an encryption lies below and changes nothing here), and when. So a signature says nothing about
another case, another update or another word, and nothing after `FRESH`. The API has the private key; workers have the
public ones, several while keys are changed. How updates carry it is in `workflows.vouching`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

FRESH = timedelta(minutes=2)
"""How long a signature holds: an update is answered within seconds, or sent again, signed anew."""

AHEAD = timedelta(minutes=1)
"""How far the API's clock may be ahead of the worker's."""

_BEGIN, _END = b"-----BEGIN PUBLIC KEY-----", b"-----END PUBLIC KEY-----"


class BadKey(ValueError):
    """What should be a key is none. The text says what is expected."""


class BadSignature(Exception):
    """A signature that does not hold. The text says why, for who runs workers and API."""


class Update(NamedTuple):
    """What is signed, beside the time."""

    namespace: str
    workflow_id: str
    name: str
    update_id: str
    payload: bytes


class _Header(BaseModel):
    """A signature as it is carried."""

    model_config = ConfigDict(frozen=True)

    key: str = Field(max_length=64)
    at: int
    signature: str = Field(max_length=128)


class Signer:
    """Signs with one private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._name = key_name(key.public_key())

    @classmethod
    def of(cls, pem: str) -> Signer:
        """The signer with the private key in a PEM text. Raises BadKey."""
        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadKey("is no private key in PEM form; make one with: openssl genpkey -algorithm ed25519") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise BadKey("is a key of another kind than Ed25519; make one with: openssl genpkey -algorithm ed25519")
        return cls(key)

    def sign(self, update: Update, now: datetime) -> bytes:
        """The header that vouches for the update as of `now`."""
        at = int(now.timestamp())
        signature = base64.b64encode(self._key.sign(_said(update, at))).decode()
        return _Header(key=self._name, at=at, signature=signature).model_dump_json().encode()

    @property
    def public(self) -> str:
        """The public key, in PEM form: what workers are to be given."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def private(self) -> str:
        """The private key, in PEM form."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Trusted:
    """The public keys whose signatures hold, by name."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._keys = dict(keys)

    @classmethod
    def of(cls, pem: str) -> Trusted:
        """The keys in a text of one PEM block after another. Raises BadKey."""
        keys: dict[str, Ed25519PublicKey] = {}
        for block in pem.encode().split(_BEGIN)[1:]:
            try:
                key = load_pem_public_key(_BEGIN + block.partition(_END)[0] + _END + b"\n")
            except (ValueError, UnsupportedAlgorithm) as error:
                raise BadKey("has a block that is no public key in PEM form") from error
            if not isinstance(key, Ed25519PublicKey):
                raise BadKey("has a key of another kind than Ed25519")
            keys[key_name(key)] = key
        if not keys:
            raise BadKey("has no public key in PEM form; make it with: openssl pkey -in PRIVATE -pubout")
        return cls(keys)

    def check(self, update: Update, header: bytes, now: datetime) -> None:
        """Raises BadSignature."""
        try:
            given = _Header.model_validate_json(header)
            signature = base64.b64decode(given.signature, validate=True)
            signed_at = datetime.fromtimestamp(given.at, UTC)
        except (ValidationError, ValueError, OverflowError, OSError) as error:
            raise BadSignature("it is no signature of ours") from error
        key = self._keys.get(given.key)
        if key is None:
            raise BadSignature(f"it is by the key {given.key[:16]!r}, which this worker does not trust")
        try:
            key.verify(signature, _said(update, given.at))
        except InvalidSignature as error:
            raise BadSignature("it is for another case, another update, or other words") from error
        if not -AHEAD <= now - signed_at <= FRESH:
            raise BadSignature(f"it was made at {signed_at.isoformat()}, and it is {now.isoformat('T', 'seconds')} now")


def generated() -> Signer:
    """A signer with a new key."""
    return Signer(Ed25519PrivateKey.generate())


def key_name(key: Ed25519PublicKey) -> str:
    """What a key is called: the beginning of its digest."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def _said(update: Update, at: int) -> bytes:
    payload = hashlib.sha256(update.payload).hexdigest()
    about = (update.namespace, update.workflow_id, update.name, update.update_id)
    return json.dumps(["caseladder update, 1", *about, payload, at]).encode()
