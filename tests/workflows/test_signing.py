"""What the API's signature on an update says, and what it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from workflows.signing import AHEAD, FRESH, BadKey, BadSignature, Signer, Trusted, Update, generated

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MEANT = Update("default", "case-shop-aaaaaaaaaa", "act", "id-1", b'{"kind":"claim"}')
SIGNER = generated()
TRUSTED = Trusted.of(SIGNER.public)


def test_a_signature_holds_for_what_was_signed_while_it_is_fresh():
    signed = SIGNER.sign(MEANT, NOW)
    for moment in (NOW - AHEAD, NOW, NOW + FRESH):
        TRUSTED.check(MEANT, signed, moment)


@pytest.mark.parametrize(
    "other",
    [
        MEANT._replace(namespace="staging"),
        MEANT._replace(workflow_id="case-shop-bbbbbbbbbb"),
        MEANT._replace(name="cancel"),
        MEANT._replace(update_id="id-2"),
        MEANT._replace(payload=b'{"kind":"close"}'),
    ],
)
def test_a_signature_replayed_for_anything_else_does_not_hold(other: Update):
    with pytest.raises(BadSignature, match="another case, another update, or other words"):
        TRUSTED.check(other, SIGNER.sign(MEANT, NOW), NOW)


@pytest.mark.parametrize("off", [FRESH + timedelta(seconds=1), -AHEAD - timedelta(seconds=1)])
def test_a_signature_of_another_time_does_not_hold(off: timedelta):
    with pytest.raises(BadSignature, match="it was made at"):
        TRUSTED.check(MEANT, SIGNER.sign(MEANT, NOW), NOW + off)


def test_the_time_cannot_be_changed_without_the_key():
    later = SIGNER.sign(MEANT, NOW).replace(b'"at":1772', b'"at":1773')
    with pytest.raises(BadSignature, match="other words"):
        TRUSTED.check(MEANT, later, NOW)


@pytest.mark.parametrize("junk", [b"", b"{}", b"null", b'{"key":"a","at":1e99,"signature":"AA=="}', b"\xff"])
def test_what_is_no_signature_does_not_hold(junk: bytes):
    with pytest.raises(BadSignature, match="no signature"):
        TRUSTED.check(MEANT, junk, NOW)


def test_several_public_keys_hold_while_keys_are_changed_and_an_old_one_no_longer_once_it_is_gone():
    new = generated()
    both = Trusted.of(SIGNER.public + "\n" + new.public)
    for signer in (SIGNER, new):
        both.check(MEANT, signer.sign(MEANT, NOW), NOW)
    with pytest.raises(BadSignature, match="does not trust"):
        Trusted.of(new.public).check(MEANT, SIGNER.sign(MEANT, NOW), NOW)


def test_a_key_is_read_from_its_pem_form_and_what_is_none_is_told():
    TRUSTED.check(MEANT, Signer.of(SIGNER.private).sign(MEANT, NOW), NOW)
    other = generate_private_key(SECP256R1())
    private = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for text, said in (("nonsense", "no private key"), (private, "another kind")):
        with pytest.raises(BadKey, match=said):
            Signer.of(text)
    for text, said in (("nonsense", "no public key"), (SIGNER.private, "no public key"), (public, "another kind")):
        with pytest.raises(BadKey, match=said):
            Trusted.of(text)
