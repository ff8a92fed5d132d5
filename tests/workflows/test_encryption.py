"""The codec and the key ring by themselves: what is encrypted, what opens it, and what is never taken for readable."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from starter import keys
from workflows.encryption import ENCODING, KEY_ID, EncryptedFailures, Encryption, Spoiled
from workflows.keyring import KeyRing, KeyRingError, MissingKey, StoredRing
from workflows.plugin import plugin

WORDS = Payload(metadata={"encoding": b"json/plain"}, data=b'{"text": "You charged me twice."}')
NULL = Payload(metadata={"encoding": b"binary/null"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "payload.keys"
    keys.begun().write(path)
    return path


@pytest.fixture
def codec(path: Path) -> Encryption:
    return Encryption(KeyRing(path))


def another_key(path: Path) -> str:
    ring, key_id = keys.with_new(StoredRing.read(path))
    ring.write(path)
    return key_id


def turned(path: Path) -> None:
    keys.rotated(StoredRing.read(path)).write(path)


def test_what_is_encrypted_shows_its_key_and_nothing_else_and_is_another_each_time(codec: Encryption, path: Path):
    sealed, again = codec.sealed(WORDS), codec.sealed(WORDS)
    assert dict(sealed.metadata) == {"encoding": ENCODING, KEY_ID: StoredRing.read(path).active.encode()}
    assert b"charged" not in sealed.SerializeToString()
    assert b"json" not in sealed.SerializeToString()
    assert sealed.data != again.data
    assert codec.opened(sealed) == codec.opened(again) == WORDS


def test_it_is_aes_256_gcm_over_the_payload_with_its_metadata_authenticated(codec: Encryption, path: Path):
    sealed = codec.sealed(WORDS)
    ring = json.loads(path.read_text("utf-8"))
    key = base64.b64decode(ring["keys"][ring["active"]]["key"])
    named = ring["active"].encode()
    parts = (b"encoding", ENCODING, KEY_ID.encode(), named)
    authenticated = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    assert len(key) * 8 == 256
    assert Payload.FromString(AESGCM(key).decrypt(sealed.data[:12], sealed.data[12:], authenticated)) == WORDS


def _flipped(sealed: Payload) -> None:
    sealed.data = sealed.data[:20] + bytes([sealed.data[20] ^ 1]) + sealed.data[21:]


def _of_another_key(sealed: Payload) -> None:
    sealed.metadata[KEY_ID] = b"other"


def _cut(sealed: Payload) -> None:
    sealed.data = sealed.data[:11]


def _emptied(sealed: Payload) -> None:
    sealed.data = b""


def _with_more_metadata(sealed: Payload) -> None:
    sealed.metadata["messageType"] = b"x"


def _without_a_key(sealed: Payload) -> None:
    del sealed.metadata[KEY_ID]


def _with_no_id(sealed: Payload) -> None:
    sealed.metadata[KEY_ID] = b"../../etc"


@pytest.mark.parametrize(
    "spoil",
    [_flipped, _of_another_key, _cut, _emptied, _with_more_metadata, _without_a_key, _with_no_id],
    ids=lambda each: each.__name__[1:],
)
async def test_what_was_tampered_with_is_refused_and_left_as_it_is(
    codec: Encryption, path: Path, spoil: Callable[[Payload], None], caplog: pytest.LogCaptureFixture
):
    with_another(path, "other")
    sealed = codec.sealed(WORDS)
    spoil(sealed)
    with pytest.raises(Spoiled):
        codec.opened(sealed)
    assert await codec.decode([sealed]) == [sealed]
    assert "cannot be read" in caplog.text
    assert "charged" not in caplog.text


def with_another(path: Path, key_id: str) -> None:
    """Puts a key of that id into the ring."""
    ring, made = keys.with_new(StoredRing.read(path))
    others = {name: each for name, each in ring.keys.items() if name != made}
    StoredRing(active=ring.active, keys=others | {key_id: ring.keys[made]}).write(path)


def test_a_null_stays_a_null_for_it_removes_the_fences_key_from_the_memo(codec: Encryption):
    assert codec.sealed(NULL) == NULL


async def test_what_was_written_before_encryption_was_turned_on_is_read_as_it_is(codec: Encryption):
    assert await codec.decode([WORDS, NULL]) == [WORDS, NULL]


async def test_without_a_ring_nothing_is_encrypted_and_what_is_waits_for_its_key(codec: Encryption):
    bare = Encryption(KeyRing())
    assert await bare.encode([WORDS]) == [WORDS]
    with pytest.raises(MissingKey, match="CASELADDER_PAYLOAD_KEYS names none"):
        await bare.decode([codec.sealed(WORDS)])


async def test_a_running_process_takes_a_new_key_and_a_rotation_from_the_file_and_reads_the_old(
    codec: Encryption, path: Path
):
    old = codec.sealed(WORDS)
    key_id = another_key(path)
    assert codec.sealed(WORDS).metadata[KEY_ID] == old.metadata[KEY_ID]  # readers before writers
    turned(path)
    new = codec.sealed(WORDS)
    assert new.metadata[KEY_ID] == key_id.encode()
    assert await codec.decode([old, new]) == [WORDS, WORDS]


async def test_a_missing_key_is_counted_and_said_once_by_its_id_and_read_when_it_is_back(
    path: Path, caplog: pytest.LogCaptureFixture
):
    complete = StoredRing.read(path)
    sealed = Encryption(KeyRing(path)).sealed(WORDS)
    key_id = sealed.metadata[KEY_ID].decode()
    keys.begun().write(path)
    missed: list[str] = []
    ring = KeyRing(path)
    codec = Encryption(ring, missed.append)
    for _ in range(3):
        with pytest.raises(MissingKey, match=key_id):
            await codec.decode([sealed])
    assert missed == [key_id] * 3
    (alarm,) = [record for record in caplog.records if key_id in record.message]
    assert alarm.levelno == logging.ERROR
    assert str(path) in alarm.message
    assert ring.missing == {key_id}

    complete.write(path)
    assert await codec.decode([sealed]) == [WORDS]
    assert ring.missing == frozenset()


async def test_a_key_that_was_given_up_is_waited_for_by_nobody(path: Path):
    sealed = Encryption(KeyRing(path)).sealed(WORDS)
    keys.given_up(keys.begun(), sealed.metadata[KEY_ID].decode()).write(path)
    codec = Encryption(KeyRing(path))
    assert await codec.decode([sealed]) == [sealed]
    with pytest.raises(Spoiled, match="given up as lost"):
        codec.opened(sealed)


def test_a_ring_that_becomes_unusable_under_way_changes_nothing(path: Path, caplog: pytest.LogCaptureFixture):
    codec = Encryption(KeyRing(path))
    for content in ("", "{}"):
        path.write_text(content, "utf-8")
        assert codec.opened(codec.sealed(WORDS)) == WORDS
    path.unlink()
    assert codec.opened(codec.sealed(WORDS)) == WORDS
    assert "going on with the keys that were read before" in caplog.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"active": "other"}, "active is other, which must be one of keys"),
        ({"more": 1}, "more"),
        ({"keys": {"a b": {"key": None, "made_at": "2026-03-02T12:00:00Z"}}}, "a b"),
        ({"key": "c2hvcnQ="}, "32 bytes"),
        ({"key": "not base64!"}, "base64"),
    ],
)
def test_a_file_that_is_no_key_ring_is_refused_with_its_name_and_without_its_keys(
    path: Path, wrong: dict[str, Any], said: str
):
    ring: dict[str, Any] = json.loads(path.read_text("utf-8"))
    stored: dict[str, Any] = ring["keys"][ring["active"]]
    secret: str = stored["key"]
    (stored if "key" in wrong else ring).update(wrong)
    path.write_text(json.dumps(ring), "utf-8")
    with pytest.raises(KeyRingError, match=said) as refused:
        KeyRing(path)
    assert str(path) in str(refused.value)
    assert "CASELADDER_PAYLOAD_KEYS" in str(refused.value)
    assert secret not in repr(refused.value)


def test_a_ring_is_its_owners_alone_to_read_and_shows_no_key_when_it_is_printed(path: Path):
    assert path.stat().st_mode & 0o077 == 0
    ring = StoredRing.read(path)
    [stored] = ring.keys.values()
    assert stored.key is not None
    assert stored.key.get_secret_value() not in repr(ring)
    path.chmod(0o640)
    ring.write(path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_messages_and_stack_traces_of_failures_go_through_the_codec_but_not_that_a_key_is_missing(path: Path):
    converter = plugin(keys=KeyRing(path)).data_converter
    assert isinstance(converter, DataConverter)
    assert isinstance(converter.failure_converter, EncryptedFailures)
    failure = Failure()
    cause = ValueError("INSERT INTO complaints VALUES ('You charged me twice.')")
    error = ApplicationError("You charged me twice.", type="refused")
    error.__cause__ = cause
    converter.failure_converter.to_failure(error, converter.payload_converter, failure)
    assert (failure.message, failure.cause.message) == ("Encoded failure", "Encoded failure")
    plain = Failure()
    converter.failure_converter.to_failure(MissingKey("k1", "the key ring"), converter.payload_converter, plain)
    assert "k1" in plain.message
    assert not plain.HasField("encoded_attributes")
