"""Who is turned away is in the log: one line, with the reason and who it was, and never with the token."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import uvicorn
from fastapi import FastAPI
from limits import parse
from pydantic import SecretStr

from api.app import create_app
from api.desk.session import COOKIE
from api.settings import Settings, SettingsError, read
from api.throttling import Rates, Throttle
from cases.words import Role
from observing.logs import formatter
from records import Records
from tests.api.conftest import ANA, KEY, OPERATOR, SERVICE, bearer

_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
PAST, SOON = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)


def token(key: str = KEY, algorithm: str = "HS256", **claims: Any) -> dict[str, str]:
    said = {"iss": "caseladder", "sub": "op", "role": "operator", "exp": SOON} | claims
    kept = {name: value for name, value in said.items() if value is not None}
    return {"Authorization": f"Bearer {jwt.encode(kept, key, algorithm)}"}


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    logged = [record for record in caplog.records if record.name == "api.refusals"]
    said: list[dict[str, Any]] = [json.loads(record.getMessage().removeprefix("refused ")) for record in logged]
    assert said == [vars(record)["refusal"] for record in logged]
    return said


REFUSED: dict[str, tuple[dict[str, str], str, str | None]] = {
    "no token": ({}, "no_token", None),
    "nonsense": ({"Authorization": "Bearer a.b.c"}, "malformed", None),
    "expired": (token(exp=PAST), "expired", "op"),
    "wrong key": (token("x" * 64), "wrong_key", None),
    "alg none": (token("", "none"), "wrong_algorithm", None),
    "issuer": (token(iss="else"), "wrong_issuer", "op"),
    "audience": (token(aud="else"), "wrong_audience", "op"),
    "not yet": (token(nbf=SOON), "not_yet_valid", "op"),
    "no expiry": (token(exp=None), "missing_claim", "op"),
    "wrong role": (bearer("shop", Role.SERVICE), "wrong_role", "shop"),
    "not in the directory": (bearer("mallory", Role.AGENT), "forbidden", "mallory"),
}


@pytest.mark.parametrize("how", REFUSED)
async def test_each_refusal_is_one_line_without_the_token(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, how: str
):
    headers, reason, caller = REFUSED[how]
    with caplog.at_level(logging.DEBUG):
        answer = await http.get("/v1/cases?token=secret-in-query", headers=headers)
    assert answer.status_code in (401, 403)
    (line,) = lines(caplog)
    assert (line["reason"], line.get("caller")) == (reason, caller)
    assert (line["method"], line["path"], line["address"]) == ("GET", "/v1/cases", "127.0.0.1")
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))
    assert "secret-in-query" not in ours
    if headers:
        assert headers["Authorization"].removeprefix("Bearer ") not in ours


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "claim", "by": {"id": "ana", "role": "agent", "rung": "executive"}},
        {"kind": "assign", "to": {"person": "ben", "rung": "executive"}},
    ],
)
async def test_a_rung_that_a_body_claims_is_refused_and_in_the_log(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, body: dict[str, Any]
):
    answer = await http.post("/v1/cases/shop-aaaaaaaaaa/actions", headers=ANA, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable"), answer.text
    (line,) = lines(caplog)
    assert (line["reason"], line["caller"]) == ("claimed_sender", "ana")


async def test_a_rung_that_a_token_claims_is_ignored_and_in_the_log(
    app: FastAPI, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
):
    claimed = token(sub="mallory", role="agent", rung="executive", teams=[], authority=10**9)
    for _ in range(2):
        answer = await http.get("/v1/cases", headers=claimed)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")  # the directory knows no Mallory
    noted = [record for record in caplog.records if record.name == "api.tokens"]
    assert [record.getMessage().partition(": ")[2] for record in noted] == ["mallory rung, teams, authority"]


async def test_an_access_log_has_no_token_of_a_link(app: FastAPI, caplog: pytest.LogCaptureFixture):
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=True))
    serving = asyncio.create_task(server.serve())
    with caplog.at_level(logging.INFO, "uvicorn.access"):
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            await http.get("/v1/cases/shop-aaaaaaaaaa?token=secret-in-query&after=1")
        server.should_exit = True
        await serving
    (line,) = [record.getMessage() for record in caplog.records if record.name == "uvicorn.access"]
    assert "/v1/cases/shop-aaaaaaaaaa?after=1" in line
    assert "secret-in-query" not in line


async def test_a_caller_who_asks_too_often_is_told_when_to_come_back(settings: Settings, records: Records):
    app = create_app(settings.model_copy(update={"rate_limit": parse("3/hour")}))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
        answers = [await http.get("/v1/cases", headers=OPERATOR) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
        late = answers[-1]
        assert (late.json()["code"], late.headers["ratelimit-limit"]) == ("rate_limited", "3")
        assert 0 < int(late.headers["retry-after"]) <= 3600
        another = await http.get("/v1/cases", headers=bearer("op-2", Role.OPERATOR))
        assert another.status_code == 200
        assert (await http.get("/healthz")).status_code == 200


async def test_bad_tokens_are_counted_by_address_and_lock_nobody_out_who_has_a_good_one(
    settings: Settings, records: Records, caplog: pytest.LogCaptureFixture
):
    app = create_app(settings.model_copy(update={"bad_token_limit": parse("2/hour")}))
    here, there = (httpx.ASGITransport(app, client=(address, 1)) for address in ("192.0.2.1", "192.0.2.2"))
    async with (
        httpx.AsyncClient(transport=here, base_url="http://api") as here_http,
        httpx.AsyncClient(transport=there, base_url="http://api") as there_http,
    ):
        bad = [(await here_http.get("/v1/cases", headers=token("x" * 64))).status_code for _ in range(3)]
        assert bad == [401, 401, 429]
        assert (await there_http.get("/v1/cases", headers=token("x" * 64))).status_code == 401
        assert (await here_http.get("/v1/cases", headers=OPERATOR)).status_code == 200
    assert lines(caplog)[2] == {
        "event": "refused",
        "code": "rate_limited",
        "reason": "rate_limited",
        "method": "GET",
        "path": "/v1/cases",
        "address": "192.0.2.1",
    }


async def test_bad_signatures_of_a_gateway_are_counted_as_bad_tokens_are(settings: Settings, records: Records):
    secret = SecretStr("whsec_" + base64.b64encode(b"s" * 32).decode())
    app = create_app(settings.model_copy(update={"bad_token_limit": parse("2/hour"), "inbound_secret": secret}))
    forged = {"webhook-id": "m", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http:
        tried: list[dict[str, str]] = [forged, {}, forged, {}]
        answers = [await http.post("/v1/inbound", headers=each, content="{}") for each in tried]
    assert [answer.status_code for answer in answers] == [401, 401, 429, 429]


async def test_a_token_that_opens_no_desk_is_counted_as_a_bad_one_at_the_desk(settings: Settings, records: Records):
    app = create_app(settings.model_copy(update={"bad_token_limit": parse("2/hour")}))
    link, _ = app.state.links.mint("shop-aaaaaaaaaa", timedelta(hours=1))
    shop = SERVICE["Authorization"].removeprefix("Bearer ")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http:
        answers = [await http.get("/", headers={"Cookie": f"{COOKIE}={each}"}) for each in (link, shop, link)]
        assert (await http.get("/v1/cases", headers=OPERATOR)).status_code == 200
    assert [answer.status_code for answer in answers] == [403, 403, 429]


async def test_the_lines_in_the_documents_are_those_that_are_written(app: FastAPI, caplog: pytest.LogCaptureFixture):
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
        await http.get("/v1/cases", headers=token(sub="ana", exp=PAST))
    (record,) = [each for each in caplog.records if each.name == "api.refusals"]
    shown = (Path(__file__).parents[2] / "docs/access.md").read_text("utf-8").splitlines()
    for form in ("json", "text"):
        written = _TIME.sub("", formatter(form, "caseladder-api").format(record)).rstrip()
        assert written in [_TIME.sub("", line) for line in shown]


def test_rates_are_said_in_words_and_can_be_turned_off(settings: Settings):
    plain = {"CASELADDER_DATABASE_URL": "sqlite://", "CASELADDER_KEY_FILE": str(settings.key_file)}
    told = read({**plain, "CASELADDER_RATE_LIMIT": "off", "CASELADDER_BAD_TOKEN_LIMIT": "5/second"})
    assert told.rate_limit is None
    assert told.bad_token_limit == parse("5/second")
    with pytest.raises(SettingsError, match=r"CASELADDER_RATE_LIMIT: .*'often' is no rate; write it like"):
        read({**plain, "CASELADDER_RATE_LIMIT": "often"})
    limitless = Throttle(Rates())
    for _ in range(100):
        limitless.count_bad("192.0.2.1")
