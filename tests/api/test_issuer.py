"""Tokens of a company's issuer: its keys fetched, kept while it is away, and changed under way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from api import issuer as issuer_module
from api.app import create_app
from api.settings import Settings, SettingsError
from cases.words import Role
from records import Records
from starter.tokens import mint
from tests.api.conftest import KEY
from tests.api.issuing import AUDIENCE, ISSUER, Issuer, issuing


@pytest.fixture
def issuer() -> Generator[Issuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture
async def http(
    issuer: Issuer, settings: Settings, records: Records, no_temporal: str
) -> AsyncGenerator[httpx.AsyncClient]:
    told = settings.model_copy(update={"jwks_url": issuer.url, "issuer": ISSUER, "audience": AUDIENCE})
    transport = httpx.ASGITransport(create_app(told), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


async def ask(http: httpx.AsyncClient, token: str) -> httpx.Response:
    return await http.get("/v1/cases", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys may be fetched again at once."""
    monkeypatch.setattr(issuer_module, "PAUSE_S", 0.0)


async def test_the_issuers_tokens_hold_and_its_keys_are_fetched_once(http: httpx.AsyncClient, issuer: Issuer):
    for _ in range(3):
        assert (await ask(http, issuer.token())).status_code == 200
    assert issuer.fetched == 1


LATER, EARLIER = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iss": "https://somebody.example"}, "wrong_issuer"),
        ({"aud": "another-api"}, "wrong_audience"),
        ({"exp": EARLIER}, "expired"),
        ({"nbf": LATER}, "not_yet_valid"),
        ({"exp": None}, "missing_claim"),
        ({"iss": None}, "missing_claim"),
        ({"aud": None}, "missing_claim"),
        ({"sub": None}, "missing_claim"),
        ({"role": None}, "missing_claim"),
        ({"role": "king"}, "missing_claim"),
        ({"role": "system"}, "wrong_role"),
    ],
)
async def test_a_token_that_the_issuer_has_signed_and_does_not_hold_is_told_why(
    http: httpx.AsyncClient, issuer: Issuer, changed: dict[str, Any], reason: str
):
    answer = await ask(http, issuer.token(**changed))
    assert (answer.status_code, answer.json()["details"]["reason"]) == (401, reason), answer.text


async def test_nobody_else_signs_in_the_issuers_name(http: httpx.AsyncClient, issuer: Issuer):
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "op", "role": "operator", "exp": LATER}
    public = issuer.public().decode().replace("PUBLIC KEY", "X")  # PyJWT refuses to use a PEM key as a secret
    forged = {
        "another key under its name": issuer.token(key=generate_private_key(65537, 2048)),
        "no signature": jwt.encode(said, "", "none", headers={"kid": "first"}),
        "the public key as secret": jwt.encode(said, public, "HS256", headers={"kid": "first"}),
        "the local key": mint(KEY, "op", Role.OPERATOR),
    }
    reasons = {how: (await ask(http, token)).json()["details"]["reason"] for how, token in forged.items()}
    assert reasons == dict.fromkeys(forged, "wrong_algorithm") | {"another key under its name": "wrong_key"}


async def test_a_secret_among_the_issuers_public_keys_signs_nothing(http: httpx.AsyncClient, issuer: Issuer):
    issuer.more = [{"kty": "oct", "kid": "secret", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ1"}]
    token = issuer.token("secret", key=issuer.keys["first"])
    assert (await ask(http, token)).json()["details"]["reason"] == "wrong_key"


@pytest.mark.usefixtures("no_pause")
async def test_a_new_key_is_fetched_when_a_token_names_it(http: httpx.AsyncClient, issuer: Issuer):
    old = issuer.token()
    assert (await ask(http, old)).status_code == 200
    issuer.rotate("second")
    assert (await ask(http, issuer.token())).status_code == 200
    assert issuer.fetched == 2
    assert (await ask(http, old)).json()["details"]["reason"] == "wrong_key"


async def test_names_of_keys_that_are_made_up_do_not_storm_the_issuer(http: httpx.AsyncClient, issuer: Issuer):
    key = issuer.keys["first"]
    answers = [await ask(http, issuer.token(f"made-up-{n}", key=key)) for n in range(20)]
    assert {answer.status_code for answer in answers} == {401}
    assert issuer.fetched == 1


@pytest.mark.usefixtures("no_pause")
async def test_known_keys_go_on_while_the_issuer_is_away_and_unknown_ones_are_tried_later(
    http: httpx.AsyncClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
):
    assert (await ask(http, issuer.token())).status_code == 200
    issuer.away = True
    monkeypatch.setattr(issuer_module, "LIFESPAN_S", 0.0)
    assert (await ask(http, issuer.token())).status_code == 200
    answer = await ask(http, issuer.token("unknown", key=issuer.keys["first"]))
    assert (answer.status_code, answer.json()["code"]) == (503, "issuer_away")
    assert answer.headers["retry-after"]
    issuer.away = False
    issuer.keys["unknown"] = issuer.keys["first"]
    assert (await ask(http, issuer.token("unknown"))).status_code == 200


async def test_an_issuer_that_was_never_there_is_503(http: httpx.AsyncClient, issuer: Issuer):
    issuer.away = True
    assert (await ask(http, issuer.token())).json()["code"] == "issuer_away"


async def test_the_role_may_be_in_another_claim(issuer: Issuer, settings: Settings, records: Records, no_temporal: str):
    said = {"jwks_url": issuer.url, "issuer": ISSUER, "audience": AUDIENCE, "role_claim": "https://co.example/role"}
    transport = httpx.ASGITransport(create_app(settings.model_copy(update=said)))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        told = issuer.token(role=None, **dict[str, Any]({"https://co.example/role": "operator"}))
        assert (await ask(client, told)).status_code == 200


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ({"jwks_url": "https://a.example/keys"}, "CASELADDER_ISSUER: is not set"),
        ({"jwks_url": "https://a.example/keys", "issuer": "a"}, "CASELADDER_AUDIENCE: is not set"),
        ({"jwks_url": "http://a.example/keys", "issuer": "a", "audience": "b"}, "CASELADDER_JWKS_URL: is no https"),
    ],
)
def test_an_issuer_that_is_half_named_is_said_at_the_start(settings: Settings, said: dict[str, str], remedy: str):
    with pytest.raises(SettingsError, match=remedy):
        settings.model_copy(update=said).issuing()
