"""Who is let in, and to what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI

from cases.words import Role
from tests.api.conftest import ANA, KEY, OPERATOR, SERVICE, bearer, complaint

CASE = "/v1/cases/shop-aaaaaaaaaa"
SOON = datetime.now(UTC) + timedelta(hours=1)


def token(key: str = KEY, algorithm: str = "HS256", **claims: Any) -> dict[str, str]:
    said = {"iss": "caseladder", "sub": "op", "role": "operator", "exp": SOON} | claims
    kept = {name: value for name, value in said.items() if value is not None}
    return {"Authorization": f"Bearer {jwt.encode(kept, key, algorithm)}"}


async def test_every_path_but_health_needs_a_token(app: FastAPI, http: httpx.AsyncClient):
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    asked = [(method, path) for path, methods in paths.items() for method in methods if path.startswith("/v1")]
    assert len(asked) >= 7
    for method, path in asked:
        answer = await http.request(method, path.replace("{case_id}", "shop-aaaaaaaaaa"))
        assert answer.status_code == 401, path
        # What a company's gateway sends is signed instead.
        wanted = ("Webhook", "bad_signature") if path == "/v1/inbound" else ("Bearer", "unauthenticated")
        assert (answer.headers["www-authenticate"], answer.json()["code"]) == wanted


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (token(key="x" * 64), "signature"),
        (token(exp=datetime.now(UTC) - timedelta(hours=1)), "expired"),
        (token(exp=None), "exp"),
        (token(iss="somebody"), "issuer"),
        (token(sub=None), "sub"),
        (token(role=None), "role"),
        (token(role="king"), "role"),
        (token(role="system"), "system"),
        (token(key="k" * 64, algorithm="HS512"), "alg value"),
        ({"Authorization": "Bearer nonsense"}, "token"),
        ({"Authorization": "Basic b3A6b3A="}, "Bearer"),
    ],
)
async def test_a_token_that_does_not_hold_is_told_why(http: httpx.AsyncClient, wrong: dict[str, str], said: str):
    answer = await http.get("/v1/cases", headers=wrong)
    assert answer.status_code == 401
    assert said.lower() in answer.json()["detail"].lower()


async def test_an_unsigned_token_is_nobodys(http: httpx.AsyncClient):
    unsigned = jwt.encode({"iss": "caseladder", "sub": "op", "role": "operator", "exp": SOON}, "", algorithm="none")
    assert (await http.get("/v1/cases", headers={"Authorization": f"Bearer {unsigned}"})).status_code == 401


@pytest.mark.parametrize(
    ("who", "method", "path", "body"),
    [
        (ANA, "POST", "/v1/cases", complaint()),
        (OPERATOR, "POST", "/v1/cases", complaint()),
        (SERVICE, "POST", f"{CASE}/actions", {"kind": "claim"}),
        (OPERATOR, "POST", f"{CASE}/actions", {"kind": "claim"}),
        (ANA, "POST", f"{CASE}/requests", {"kind": "message", "text": "Hello"}),
        (OPERATOR, "POST", f"{CASE}/requests", {"kind": "message", "text": "Hello"}),
        (SERVICE, "GET", "/v1/cases", None),
        (SERVICE, "GET", f"{CASE}/timeline", None),
        (SERVICE, "GET", f"{CASE}/brief", None),
        (bearer("c-1", Role.CUSTOMER), "GET", CASE, None),
        (bearer("c-1", Role.CUSTOMER), "POST", f"{CASE}/requests", {"kind": "withdraw"}),
    ],
)
async def test_a_role_that_may_not_is_told_which_may(
    http: httpx.AsyncClient, who: dict[str, str], method: str, path: str, body: dict[str, Any] | None
):
    answer = await http.request(method, path, headers=who, json=body)
    assert answer.status_code == 403, answer.text
    assert answer.json()["code"] == "forbidden"
    assert answer.json()["details"]["roles"]


async def test_an_agent_whom_the_directory_does_not_know_may_nothing(http: httpx.AsyncClient):
    answer = await http.get("/v1/cases", headers=bearer("mallory", Role.AGENT))
    assert answer.status_code == 403
    assert "mallory" in answer.json()["detail"]
