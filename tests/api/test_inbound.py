"""What the gateway of mail or chat passes on: taken once, from nobody but the gateway, and never lost."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from api.app import create_app
from api.bodies import Inbound
from api.examples import INBOUND
from api.settings import Settings, SettingsError, read
from cases.complaint import MAX_TEXT
from cases.complaint import case_id as id_of
from records import Records
from tests.api.conftest import Live, owned
from tests.api.test_away import kept
from tests.samples import Played, plan

SECRET = f"whsec_{base64.b64encode(b's' * 32).decode()}"
NEXT = f"whsec_{base64.b64encode(b'n' * 32).decode()}"
OTHER = f"whsec_{base64.b64encode(b'x' * 32).decode()}"
WORDS = {"case_id": "shop-aaaaaaaaaa", "text": "Any news?"}


def signed(
    body: dict[str, Any] | str, key: str = "msg_1", secret: str = SECRET, age: timedelta = timedelta()
) -> dict[str, Any]:
    """A request's content and headers, as the gateway makes them."""
    content, at = body if isinstance(body, str) else json.dumps(body), datetime.now(UTC) - age
    headers = {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, at, content),
    }
    return {"content": content, "headers": headers}


async def client(settings: Settings) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as made:
        yield made


@pytest.fixture
async def gateway(settings: Settings, records: Records, no_temporal: str) -> AsyncGenerator[httpx.AsyncClient]:
    """The application alone, with two secrets."""
    async for made in client(settings.model_copy(update={"inbound_secret": SecretStr(f"{NEXT} {SECRET}")})):
        yield made


@pytest.fixture
async def whole(live: Live, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[httpx.AsyncClient]:
    """The application on the records and the Temporal of the running stack."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", live.stack.addresses.temporal)
    environment = live.stack.settings | {"CASELADDER_INBOUND_SECRET": SECRET}
    async for made in client(read(environment)):
        yield made


async def test_a_reply_is_a_message_of_its_case_once_however_often_it_is_delivered(
    whole: httpx.AsyncClient, live: Live
):
    case_id, owner = owned(live)
    said = {"case_id": case_id, "text": "It is order 1042.", "from": "mary@example.com", "channel": "email"}
    for age in (timedelta(minutes=2), timedelta()):
        answer = await whole.post("/v1/inbound", **signed(said, case_id, age=age))
        assert answer.status_code == 200, answer.text
        assert (answer.json()["case_id"], answer.json()["status"]) == (case_id, "open")
    entries = live.ask("GET", f"/v1/cases/{case_id}/timeline", owner).json()["entries"]
    (entry,) = [entry for entry in entries if entry["kind"] == "message"]
    assert entry["event_id"] == answer.json()["id"]
    assert entry["by"] == {**entry["by"], "id": "inbound", "role": "service"}
    assert "From mary@example.com:\nIt is order 1042." in entry["text"]

    other = await whole.post("/v1/inbound", **signed(said | {"text": "Another."}, case_id))
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")


async def test_a_case_is_named_by_what_it_was_opened_under_and_a_closed_one_is_open_again(
    whole: httpx.AsyncClient, live: Live
):
    view = live.open(reference="order 1042/é")
    assert live.act(view["case_id"], "sven", "close", reason="settled").status_code == 200
    said = {"source": "shop", "reference": "order 1042/é", "text": "It is not.", "spam_score": 0.1}
    answer = await whole.post("/v1/inbound", **signed(said, "msg_reopens"))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["case_id"], answer.json()["status"]) == (view["case_id"], "open")


async def test_an_unknown_case_says_what_to_do_instead(whole: httpx.AsyncClient):
    answer = await whole.post("/v1/inbound", **signed({"source": "shop", "reference": "never", "text": "Hello?"}))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_case")
    assert answer.json()["details"] == {"case_id": id_of("shop", "never")}
    assert "POST /v1/cases" in answer.json()["detail"]


async def test_an_archived_case_offers_one_that_follows(whole: httpx.AsyncClient, live: Live):
    played = Played(plan(), reference="archived-long-ago")
    with Records(live.stack.settings["CASELADDER_DATABASE_URL"]) as records:
        kept(records, played)
    answer = await whole.post("/v1/inbound", **signed({"case_id": played.view.case_id, "text": "Hello?"}))
    assert (answer.status_code, answer.json()["code"]) == (409, "archived")
    assert answer.json()["details"]["follows"] == played.view.case_id


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (signed(WORDS, secret=OTHER), "No matching signature"),
        (signed(WORDS, age=timedelta(minutes=6)), "too old"),
        (signed(WORDS, age=-timedelta(hours=2)), "too new"),
        ({"content": json.dumps(WORDS)}, "there is no signature"),
        ({**signed(WORDS), "content": json.dumps(WORDS | {"text": "Close it."})}, "No matching signature"),
        ({**signed(WORDS), "headers": signed(WORDS)["headers"] | {"webhook-signature": "nonsense"}}, "Malformed"),
        ({**signed(WORDS), "content": b"\xff\xfe"}, "Malformed"),
    ],
    ids=["other secret", "old", "future", "unsigned", "changed", "malformed", "binary"],
)
async def test_what_the_gateway_has_not_signed_just_now_is_not_read(
    gateway: httpx.AsyncClient, request_: dict[str, Any], why: str
):
    answer = await gateway.post("/v1/inbound", **request_)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert why in answer.json()["detail"]


@pytest.mark.parametrize("secret", [SECRET, NEXT])
async def test_while_one_secret_takes_over_from_another_both_hold_and_nothing_is_lost_while_temporal_is_away(
    gateway: httpx.AsyncClient, secret: str
):
    answer = await gateway.post("/v1/inbound", **signed(WORDS, secret=secret))
    assert (answer.status_code, answer.json()["code"]) == (503, "temporal_away")
    assert int(answer.headers["retry-after"]) > 0


async def test_without_a_secret_nothing_is_taken_and_it_is_said_what_to_set(http: httpx.AsyncClient):
    answer = await http.post("/v1/inbound", **signed(WORDS))
    assert (answer.status_code, answer.json()["code"]) == (503, "inbound_closed")
    assert "CASELADDER_INBOUND_SECRET" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) > 0


async def test_a_text_that_is_too_long_and_a_body_that_is_too_large_are_turned_away(gateway: httpx.AsyncClient):
    for length in (MAX_TEXT + 1, 2 * 1024 * 1024):
        answer = await gateway.post("/v1/inbound", **signed(WORDS | {"text": "x" * length}))
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "Hello?"}, "case_id"),
        ({"source": "shop", "text": "Hello?"}, "case_id"),
        (WORDS | {"source": "shop", "reference": "1"}, "case_id"),
        ({"case_id": "shop-aaaaaaaaaa"}, "text"),
        (WORDS | {"channel": "pigeon"}, "channel"),
        (WORDS | {"at": "2026-03-02T08:15:00"}, "at"),
        ("[]", "body"),
        ("nonsense", "body"),
    ],
)
async def test_a_shape_that_is_not_right_names_the_field(gateway: httpx.AsyncClient, body: Any, field: str):
    answer = await gateway.post("/v1/inbound", **signed(body))
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_it_is_documented_with_an_example_that_is_taken(http: httpx.AsyncClient):
    call = (await http.get("/openapi.json")).json()["paths"]["/v1/inbound"]["post"]
    assert call["requestBody"]["content"]["application/json"]["example"] == INBOUND
    assert Inbound.model_validate(INBOUND).sender == "mary@example.com"
    assert call["security"] == [{"Webhook": []}]
    assert {"200", "401", "404", "409", "413", "422", "503"} <= call["responses"].keys()


def test_a_secret_that_is_none_is_said_at_the_start_and_not_shown(settings: Settings):
    wrong = settings.model_copy(update={"inbound_secret": SecretStr("whsec_hünter2")})
    with pytest.raises(SettingsError, match="CASELADDER_INBOUND_SECRET: what follows whsec_ must be base64") as caught:
        create_app(wrong)
    assert "nter2" not in str(caught.value) + repr(wrong)


def test_a_misspelt_secret_is_said_at_the_start(settings: Settings):
    told = {"CASELADDER_DATABASE_URL": settings.database_url, "CASELADDER_KEY_FILE": str(settings.key_file)}
    assert read(told).inbound_secret is None
    with pytest.raises(SettingsError, match="CASELADDER_INBOUND_SECRETS is not known: set CASELADDER_INBOUND_SECRET "):
        read(told | {"CASELADDER_INBOUND_SECRETS": SECRET})
