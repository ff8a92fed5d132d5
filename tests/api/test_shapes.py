"""What is wrong with what was sent is said field by field, before anybody else is asked."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.bodies import MAX_BODY
from cases.complaint import MAX_TEXT
from tests.api.conftest import ANA, OPERATOR, SERVICE, complaint

ACTIONS = "/v1/cases/shop-aaaaaaaaaa/actions"
REQUESTS = "/v1/cases/shop-aaaaaaaaaa/requests"
ANSWERS = "/v1/handoffs/shop-aaaaaaaaaa-1/actions"


async def test_a_complaint_of_the_wrong_shape_names_every_field(http: httpx.AsyncClient):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    wrong: dict[str, tuple[dict[str, Any], str]] = {
        "text": (complaint(text="  "), "empty"),
        "mood": (complaint(mood="angry"), "not known"),
        "channel": (complaint(channel="pigeon"), "none of the words"),
        "customer.id": (complaint(customer={"name": "Mary"}), "missing"),
        "received_at": (complaint(received_at="2026-03-01T09:00:00"), "time zone"),
        "source": (complaint(source="My Shop"), "form"),
        "attachments": (
            complaint(attachments=[{"name": "a", "type": "b", "url": "https://files.example/c"}] * 21),
            "many",
        ),
    }
    for field, (body, said) in wrong.items():
        answer = await http.post("/v1/cases", headers=SERVICE, json=body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert said in answer.json()["errors"][0]["problem"]
        assert answer.json()["errors"][0]["remedy"]
    future = await http.post("/v1/cases", headers=SERVICE, json=complaint(received_at=tomorrow))
    assert future.json()["errors"][0]["problem"] == "is in the future"


async def test_a_time_zone_that_does_not_exist_is_named(http: httpx.AsyncClient):
    nowhere = complaint(customer={"id": "c-1", "zone": "Mars/Base"})
    answer = await http.post("/v1/cases", headers=SERVICE, json=nowhere)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "customer.zone"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JavaScript://x/%0aalert(1)", "data:text/html,x", "file:///etc", " https://x", "c"],
)
async def test_a_link_of_an_attachment_leads_to_a_server(http: httpx.AsyncClient, url: str):
    sent = [{"name": "a", "type": "b", "url": url}]
    complains = await http.post("/v1/cases", headers=SERVICE, json=complaint(attachments=sent))
    says = await http.post(REQUESTS, headers=SERVICE, json={"kind": "message", "text": "Here", "attachments": sent})
    replies = await http.post(ACTIONS, headers=ANA, json={"kind": "reply", "text": "Here", "attachments": sent})
    for answer in (complains, says, replies):
        assert answer.status_code == 422
        (wrong,) = answer.json()["errors"]
        assert wrong["field"].endswith("attachments.0.url")
        assert wrong["problem"] == "is no link to a server"
        assert "such as https://" in wrong["remedy"]


async def test_all_that_is_wrong_is_said_at_once(http: httpx.AsyncClient):
    answer = await http.post("/v1/cases", headers=SERVICE, json={"reference": "1"})
    assert {error["field"] for error in answer.json()["errors"]} == {"channel", "product", "text", "customer"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b"null", b'"x"', b'{"text": NaN}', b'{"text": "\\ud800"}', b"\xff", b'{"a":' * 5000],
)
async def test_a_body_that_is_no_json_object(http: httpx.AsyncClient, body: bytes):
    answer = await http.post("/v1/cases", headers=SERVICE, content=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body"


async def test_a_text_of_just_the_limit_is_taken_and_one_more_is_too_large(http: httpx.AsyncClient):
    at_limit = await http.post("/v1/cases", headers=SERVICE, json=complaint(text="ä" * (MAX_TEXT // 2)))
    assert at_limit.status_code == 503  # the shape was fine: Temporal was asked
    beyond = await http.post("/v1/cases", headers=SERVICE, json=complaint(text="ä" * (MAX_TEXT // 2 + 1)))
    assert beyond.status_code == 413
    assert beyond.json()["code"] == "too_large"
    assert beyond.json()["errors"][0]["field"] == "text"
    note = await http.post(ACTIONS, headers=ANA, json={"kind": "note", "text": "x" * (MAX_TEXT + 1)})
    assert note.status_code == 413


async def test_the_largest_complaint_fits_into_a_body():
    text = "\U0001f600" * (MAX_TEXT // 4)
    largest = json.dumps(complaint(text=text, remedy_sought=text, transcript=text), ensure_ascii=False)
    assert len(largest.encode()) < MAX_BODY


async def test_a_body_of_3_mb_is_refused_by_its_declared_length(http: httpx.AsyncClient):
    answer = await http.post("/v1/cases", headers=SERVICE, json=complaint(text="x" * 3_000_000))
    assert answer.status_code == 413


async def test_a_body_that_does_not_say_its_length_is_read_only_up_to_the_limit(http: httpx.AsyncClient):
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 3_000_000:
            read += 50_000
            yield b"x" * 50_000

    answer = await http.post("/v1/cases", headers=SERVICE, content=endless())
    assert answer.status_code == 413
    assert read <= MAX_BODY + 50_000


@pytest.mark.parametrize(
    ("path", "who", "body", "field", "said"),
    [
        (ACTIONS, ANA, {}, "kind", "one of"),
        (ACTIONS, ANA, {"kind": 7}, "kind", "one of"),
        (ACTIONS, ANA, {"kind": "dance"}, "kind", "claim"),
        (ACTIONS, ANA, {"kind": "message", "text": "x"}, "kind", "/requests"),
        (REQUESTS, SERVICE, {"kind": "claim"}, "kind", "/actions"),
        (ACTIONS, ANA, {"kind": "planned"}, "kind", "one of"),
        (ACTIONS, ANA, {"kind": "claim", "by": {"id": "eve", "role": "agent"}}, "by", "leave it out"),
        (ACTIONS, ANA, {"kind": "claim", "at": "2020-01-01T00:00:00Z"}, "at", "leave it out"),
        (ACTIONS, ANA, {"kind": "claim", "via": "system"}, "via", "leave it out"),
        (ACTIONS, ANA, {"kind": "claim", "colour": "red"}, "colour", "leave it out"),
        (ACTIONS, ANA, {"kind": "claim", "id": "7"}, "id", "UUID"),
        (ACTIONS, ANA, {"kind": "note"}, "text", "add it"),
        (ACTIONS, ANA, {"kind": "transfer", "to": {"person": "nobody"}}, "to.person", "name somebody"),
        (ACTIONS, ANA, {"kind": "transfer", "to": {"person": "ben", "rung": "manager"}}, "to.rung", "leave it out"),
        (ACTIONS, ANA, {"kind": "transfer", "to": {}}, "to", "name a person, a team or a skill"),
        (ACTIONS, ANA, {"kind": "transfer", "to": "ben"}, "to", "in braces"),
        (ACTIONS, ANA, {"kind": "transfer", "to": {"team": "loanz"}}, "to.team", "billing, cards, fraud, general"),
        (ACTIONS, ANA, {"kind": "hand_off", "team": "biling", "question": "?"}, "team", "one of billing, cards, fraud"),
        (ACTIONS, ANA, {"kind": "accept"}, "kind", "send it to /v1/handoffs/{id}/actions"),
        (ANSWERS, ANA, {"kind": "claim"}, "kind", "send it to /v1/cases/{id}/actions"),
        (ANSWERS, ANA, {"kind": "answer"}, "text", "add it"),
        (ANSWERS, ANA, {"kind": "accept", "by": {"id": "eve", "role": "agent"}}, "by", "leave it out"),
        (ACTIONS, ANA, {"kind": "note", "text": "a\0b"}, "text", "leave it out"),
        (REQUESTS, SERVICE, {"kind": "accept_resolution", "score": 6}, "score", "send 5 or less"),
    ],
)
async def test_an_event_of_the_wrong_shape_says_what_to_do(
    http: httpx.AsyncClient, path: str, who: dict[str, str], body: dict[str, Any], field: str, said: str
):
    answer = await http.post(path, headers=who, json=body)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert said in error["remedy"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "hand_off", "team": "biling", "question": "?"}, "team 'biling' has nobody in the directory"),
        ({"kind": "hand_off", "team": "", "question": "?"}, "team '' has nobody in the directory"),
        ({"kind": "transfer", "to": {"team": "loanz"}}, "to.team 'loanz' has nobody in the directory"),
    ],
)
async def test_a_team_that_nobody_belongs_to_is_told_in_a_sentence(
    http: httpx.AsyncClient, body: dict[str, Any], said: str
):
    answer = await http.post(ACTIONS, headers=ANA, json=body)
    assert (answer.status_code, answer.json()["detail"]) == (422, said)


def cursor(text: str) -> str:
    """A cursor that somebody has made."""
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
async def test_no_case_is_opened_with_a_time_that_cannot_be_told(http: httpx.AsyncClient, moment: str):
    answer = await http.post("/v1/cases", headers=SERVICE, json=complaint(received_at=moment))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "received_at")
    assert answer.json()["errors"][0]["remedy"] == "send a time from the year 1900 on and before 2200"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "?limit"),
        ("limit=x", "?limit"),
        ("colour=red", "?colour"),
        ("status=odd", "?status.0"),
        ("due_before=2026-01-01T00:00:00", "?due_before"),
        ("due_before=0001-01-01T00:00:00%2B14:00", "?due_before"),
        ("due_before=9999-12-31T23:59:59-14:00", "?due_before"),
        ("cursor=nonsense", "?cursor"),
        ("cursor=" + cursor('["0001-01-01T00:00:00+14:00", "x"]'), "?cursor"),
        ("cursor=" + cursor('["2026-01-01T00:00:00+00:00", "\\ud800"]'), "?cursor"),
        ("cursor=" + cursor("[" * 20_000), "?cursor"),
    ],
)
async def test_a_list_says_which_parameter_is_wrong(http: httpx.AsyncClient, query: str, field: str):
    answer = await http.get(f"/v1/cases?{query}", headers=OPERATOR)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_what_cannot_be_a_case_id_is_unknown_without_asking(http: httpx.AsyncClient):
    for case_id in ("nonsense", "shop-AAAAAAAAAA", "x" * 3000, "shop-aaaaaaaaaa%00"):
        answer = await http.get(f"/v1/cases/{case_id}", headers=OPERATOR)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_case")


async def test_unknown_paths_and_methods_are_problems_too(http: httpx.AsyncClient):
    assert (await http.get("/v2/cases")).json()["code"] == "unknown_path"
    wrong = await http.delete("/v1/cases", headers=OPERATOR)
    assert wrong.status_code == 405
    assert wrong.json()["code"] == "wrong_method"
    # Two modules serve that path, each with a method of its own.
    assert wrong.headers["allow"] == "GET, POST"
    assert wrong.json()["detail"] == "this path takes GET, POST"
