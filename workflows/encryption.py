"""Encrypts payloads: what Temporal stores of a case, it cannot read. AES-256-GCM, with the keys of `workflows.keyring`.

Encrypted is what the SDK passes through a codec: arguments, results, signals, updates, queries and their answers, memo
values, the details of failures, summaries and current details; and, by `EncryptedFailures`, the messages and stack
traces of failures. Not encrypted are ids, types, search attributes and headers, which hold no personal data.

A payload's metadata says with which key it was encrypted, and is authenticated together with it. What is not encrypted
is taken as it is, so that encryption can be turned on while cases are open. Two things are told apart:

- the key is not there: MissingKey. The workflow task fails and is tried again, until the key is put back
- the key was given up as lost, or the payload is not what was encrypted: it stays as it is. So a signal is kept as
  `unreadable`, an update is refused, and whatever else would need it fails
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence

from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadCodec, PayloadConverter

from workflows.keyring import KeyRing, MissingKey

ENCODING = b"caseladder/aes-256-gcm"
"""The encoding of an encrypted payload."""

KEY_ID = "key-id"
"""In its metadata: the key that it was encrypted with."""

MISSING_KEYS = "caseladder_missing_keys"
"""A counter: payloads that could not be read because their `key` is not in the ring."""

_NONCE_BYTES = 12
_NULL = b"binary/null"
_ID = re.compile(rb"[a-z0-9][a-z0-9-]{0,31}")

_log = logging.getLogger(__name__)


class Spoiled(ValueError):
    """It says that it is encrypted, and is not what was: cut, changed, or made up. Or its key was given up as lost."""


class Encryption(PayloadCodec):
    """The codec. `missed` is told the id of a key that is missing, each time that it is."""

    def __init__(self, keys: KeyRing, missed: Callable[[str], None] | None = None) -> None:
        self.keys = keys
        self._missed = missed
        self._said: set[str] = set()

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypted with the active key; as they are, if there is none."""
        return [self.sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypted; as they are, if they are not encrypted or spoiled. Raises MissingKey."""
        return [self._opened(payload) for payload in payloads]

    def sealed(self, payload: Payload) -> Payload:
        """The payload, encrypted with the active key.

        A null stays: it says nothing, and to the server an encrypted one would be a value (a memo's key is removed by
        a null).
        """
        active = self.keys.active()
        if active is None or payload.metadata.get("encoding") in (_NULL, ENCODING):
            return payload
        key_id, cipher = active
        metadata = {"encoding": ENCODING, KEY_ID: key_id.encode()}
        nonce = os.urandom(_NONCE_BYTES)  # noqa: TID251 -- no workflow code: codecs run outside of it
        data = nonce + cipher.encrypt(nonce, payload.SerializeToString(), _authenticated(metadata))
        return Payload(metadata=metadata, data=data)

    def opened(self, payload: Payload) -> Payload:
        """The payload that was encrypted; the same, if it is not encrypted. Raises MissingKey or Spoiled."""
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        named = payload.metadata.get(KEY_ID, b"")
        if not _ID.fullmatch(named):
            raise Spoiled("it names no key")
        cipher = self.keys.cipher(named.decode())
        if cipher is None:
            raise Spoiled(f"its key {named.decode()} was given up as lost")
        nonce, text = payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:]
        try:
            return Payload.FromString(cipher.decrypt(nonce, text, _authenticated(payload.metadata)))
        except (InvalidTag, ValueError, DecodeError) as error:
            raise Spoiled(f"it is not what was encrypted with the key {named.decode()}") from error

    def _opened(self, payload: Payload) -> Payload:
        try:
            return self.opened(payload)
        except Spoiled as spoiled:
            _log.error("an encrypted payload cannot be read: %s", spoiled)
            return payload
        except MissingKey as missing:
            self._alarm(missing)
            raise

    def _alarm(self, missing: MissingKey) -> None:
        """Counts each, and says each key once, until it has been back."""
        if self._missed:
            self._missed(missing.key_id)
        self._said &= self.keys.missing
        if missing.key_id not in self._said:
            self._said.add(missing.key_id)
            _log.error("the key %s is missing from %s: %s", missing.key_id, self.keys, missing)


class EncryptedFailures(DefaultFailureConverter):
    """Moves messages and stack traces to where the codec encrypts them; but not that a key is missing.

    Whoever is to put it back must be able to read which.
    """

    def __init__(self) -> None:
        super().__init__(encode_common_attributes=True)
        self._plain = DefaultFailureConverter()

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """As the SDK does it."""
        if isinstance(exception, MissingKey):
            self._plain.to_failure(exception, payload_converter, failure)
        else:
            super().to_failure(exception, payload_converter, failure)


def _authenticated(metadata: Mapping[str, bytes]) -> bytes:
    """All metadata in one row of bytes that nothing else gives: sorted, each name and value after its length."""
    parts: list[bytes] = []
    for name, value in sorted(metadata.items()):
        for part in (name.encode(), value):
            parts += [len(part).to_bytes(4, "big"), part]
    return b"".join(parts)
