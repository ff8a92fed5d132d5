"""`/codec`: for operators, for the Web UI's origin, for one namespace; and what it says when a key is not there."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.codec import MAX_BODY
from api.settings import Settings, SettingsError, read
from records import Records
from starter import keys
from tests.api.conftest import ANA, OPERATOR, SERVICE
from workflows.encryption import KEY_ID
from workflows.keyring import StoredRing

UI = "https://temporal.example"
TICKET = "t" * 64
WORDS = {"metadata": {"encoding": base64.b64encode(b"json/plain").decode()}, "data": base64.b64encode(b'"hi"').decode()}
ASKED = {"payloads": [WORDS]}


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    path = tmp_path / "payload.keys"
    keys.begun().write(path)
    return path


@pytest.fixture
def ticket(tmp_path: Path) -> Path:
    path = tmp_path / "codec.ticket"
    path.write_text(TICKET)
    return path


@asynccontextmanager
async def serving(settings: Settings, **more: Any) -> AsyncGenerator[httpx.AsyncClient]:
    app = create_app(settings.model_copy(update=more))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


@pytest.fixture
async def http(settings: Settings, records: Records, no_temporal: str, ring: Path) -> AsyncGenerator[httpx.AsyncClient]:
    async with serving(settings, payload_keys=ring, ui_origin=(UI,)) as client:
        yield client


async def sealed(http: httpx.AsyncClient) -> dict[str, Any]:
    return (await http.post("/codec/encode", headers=OPERATOR, json=ASKED)).json()


async def test_what_an_operator_has_encrypted_an_operator_reads(http: httpx.AsyncClient):
    encrypted = await sealed(http)
    assert encrypted != ASKED
    decrypted = await http.post("/codec/decode", headers=OPERATOR | {"X-Namespace": "default"}, json=encrypted)
    assert (decrypted.status_code, decrypted.json()) == (200, ASKED)
    plain = await http.post("/codec/decode", headers=OPERATOR, json=ASKED)
    assert plain.json() == ASKED


@pytest.mark.parametrize("path", ["/codec/decode", "/codec/encode"])
@pytest.mark.parametrize(
    ("who", "status"), [({}, 401), ({"Authorization": "Bearer x"}, 401), (ANA, 403), (SERVICE, 403)]
)
async def test_nobody_else_reads_anything(http: httpx.AsyncClient, path: str, who: dict[str, str], status: int):
    answer = await http.post(path, headers=who, json=ASKED)
    assert answer.status_code == status
    assert "payloads" not in answer.json()


@pytest.mark.parametrize("ticket", [TICKET, "x"])
async def test_without_the_setting_no_ticket_opens_anything(http: httpx.AsyncClient, ticket: str):
    assert (await http.post(f"/codec/{ticket}/decode", json=ASKED)).status_code == 404


async def test_with_it_the_embedded_stacks_ticket_does_and_no_other(
    settings: Settings, records: Records, no_temporal: str, ring: Path, ticket: Path
):
    async with serving(settings, payload_keys=ring, codec_ticket_file=ticket) as http:
        encrypted = (await http.post(f"/codec/{TICKET}/encode", json=ASKED)).json()
        assert encrypted != ASKED
        assert (await http.post(f"/codec/{TICKET}/decode", json=encrypted)).json() == ASKED
        assert (await http.post(f"/codec/{TICKET[1:]}/decode", json=encrypted)).status_code == 404
        assert (await http.post("/codec/decode", json=encrypted)).status_code == 401


async def test_the_log_of_refusals_does_not_tell_the_ticket(
    settings: Settings,
    records: Records,
    no_temporal: str,
    ring: Path,
    ticket: Path,
    caplog: pytest.LogCaptureFixture,
):
    async with serving(settings, payload_keys=ring, codec_ticket_file=ticket) as http:
        refused = await http.post(f"/codec/{TICKET}/decode", headers={"X-Namespace": "other"}, json=ASKED)
    assert refused.status_code == 403
    assert "/codec/{ticket}/decode" in caplog.text
    assert TICKET not in caplog.text


PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,authorization-extras,content-type,x-namespace",
}


async def test_a_script_of_the_web_ui_may_call_and_read_what_is_wrong(http: httpx.AsyncClient):
    asked = await http.options("/codec/decode", headers=PREFLIGHT | {"Origin": UI})
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == UI
    allowed = asked.headers["access-control-allow-headers"].lower()
    assert {"authorization", "authorization-extras", "content-type", "x-namespace"} <= set(allowed.split(", "))
    refused = await http.post("/codec/decode", headers={"Origin": UI}, json=ASKED)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, UI)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://temporal.example", f"{UI}.evil.example", "null"])
async def test_a_script_from_elsewhere_may_not(http: httpx.AsyncClient, origin: str):
    asked = await http.options("/codec/decode", headers=PREFLIGHT | {"Origin": origin})
    assert "access-control-allow-origin" not in asked.headers
    answer = await http.post("/codec/decode", headers=OPERATOR | {"Origin": origin}, json=ASKED)
    assert "access-control-allow-origin" not in answer.headers


async def test_the_web_uis_scripts_may_not_call_the_rest_of_the_api(http: httpx.AsyncClient):
    answer = await http.get("/v1/cases", headers=OPERATOR | {"Origin": UI})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


async def test_another_namespace_is_refused(http: httpx.AsyncClient):
    answer = await http.post("/codec/decode", headers=OPERATOR | {"X-Namespace": "other"}, json=ASKED)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_key_that_is_missing_is_named_and_awaited(http: httpx.AsyncClient, ring: Path):
    before = StoredRing.read(ring)
    encrypted = await sealed(http)
    keys.begun().write(ring)
    await sealed(http)  # the ring is looked at again
    answer = await http.post("/codec/decode", headers=OPERATOR, json=encrypted)
    assert (answer.status_code, answer.json()["code"]) == (503, "key_missing")
    assert answer.json()["details"] == {"key": before.active}
    assert answer.headers["retry-after"]
    readiness = await http.get("/readyz")
    assert readiness.status_code == 503
    keys_part = readiness.json()["details"]["parts"]["keys"]["detail"]
    for said in (answer.json()["detail"], keys_part):
        assert before.active in said
        assert "CASELADDER_PAYLOAD_KEYS" in said
    for answered in (answer, readiness):  # where the file lies is for the log
        assert str(ring.parent) not in answered.text
    before.write(ring)
    assert (await http.post("/codec/decode", headers=OPERATOR, json=encrypted)).json() == ASKED


async def test_what_was_tampered_with_is_refused_by_its_place(http: httpx.AsyncClient):
    encrypted = await sealed(http)
    [payload] = encrypted["payloads"]
    payload["metadata"][KEY_ID] = base64.b64encode(b"-").decode()
    answer = await http.post("/codec/decode", headers=OPERATOR, json={"payloads": [WORDS, payload]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "payloads.1"


@pytest.mark.parametrize("body", ["", "[]", '{"payloads": 3}', '{"payloads": [{"data": 5}]}', '{"payloads": [3]}'])
async def test_what_is_no_list_of_payloads_is_refused(http: httpx.AsyncClient, body: str):
    answer = await http.post("/codec/decode", headers=OPERATOR, content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")


async def test_more_than_a_page_of_events_is_too_much(http: httpx.AsyncClient):
    answer = await http.post("/codec/decode", headers=OPERATOR, content=b"[" * (MAX_BODY + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_settings_that_are_wrong_are_said_with_their_variable(tmp_path: Path):
    plain = {"CASELADDER_DATABASE_URL": "sqlite://", "CASELADDER_KEY_FILE": "k"}
    for origin in ("*", "https://ui.example/", "ui.example", "https://ui.example,*"):
        with pytest.raises(SettingsError, match="CASELADDER_UI_ORIGIN"):
            read(plain | {"CASELADDER_UI_ORIGIN": origin})
    assert read(plain | {"CASELADDER_UI_ORIGIN": "https://a.example, http://b:8233"}).ui_origin == (
        "https://a.example",
        "http://b:8233",
    )
    with pytest.raises(SettingsError, match=r"CASELADDER_PAYLOAD_KEYS: .*nowhere cannot be read"):
        read(plain | {"CASELADDER_PAYLOAD_KEYS": str(tmp_path / "nowhere")}).keys()
    (tmp_path / "short").write_text("abc")
    for name, said in (("short", "shorter than 32"), ("nowhere", "cannot be read")):
        with pytest.raises(SettingsError, match=f"CASELADDER_CODEC_TICKET_FILE: .*{said}"):
            read(plain | {"CASELADDER_CODEC_TICKET_FILE": str(tmp_path / name)}).codec_ticket()
