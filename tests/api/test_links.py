"""A customer's signed link: their part of one case, their requests in it, and nothing else."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import pytest
from limits import parse

from api.app import create_app
from api.customers import CustomersCase, CustomersMessage
from api.settings import Settings
from cases.words import Role
from records import Records
from starter.tokens import mint_link
from tests.api.conftest import KEY, Live, bearer, owned
from tests.api.live import eventually

SECRETS = ("A note that is nobody's business", "You have been warned")


def link(live: Live, case_id: str, who: str = "service", **body: Any) -> dict[str, Any]:
    answer = live.ask("POST", f"/v1/cases/{case_id}/links", who, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def by_link(live: Live, token: str, method: str, path: str, **more: Any) -> httpx.Response:
    return live.http.request(method, path, headers={"Authorization": f"Bearer {token}"}, **more)


def test_a_link_shows_status_messages_promises_and_resolution_and_nothing_else(live: Live):
    case_id, person = owned(live)
    by_when = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    for kind, fields in (
        ("note", {"text": SECRETS[0]}),
        ("warn", {"text": SECRETS[1], "number": 1}),
        ("reply", {"text": "I have found both charges."}),
        ("promise", {"what": "callback", "by_when": by_when}),
    ):
        answer = live.act(case_id, person, kind, **fields)
        assert answer.status_code == 200, answer.text
    token = link(live, case_id)["token"]

    def told() -> bool:
        said = by_link(live, token, "GET", f"/v1/cases/{case_id}/messages").json()["messages"]
        return any("I have found both charges." in each["text"] for each in said)

    eventually(told)
    shown = by_link(live, token, "GET", f"/v1/cases/{case_id}")

    assert shown.status_code == 200, shown.text
    view = shown.json()
    assert set(view) == set(CustomersCase.model_fields)
    assert set(view) == {
        *("case_id", "reference", "product", "language", "zone", "channel", "received_at", "status", "closed_as"),
        *("next", "messages", "promises", "resolution", "allowed", "contact", "as_of"),
    }
    assert (view["status"], view["resolution"]) == ("open", None)
    promised = [each for each in view["promises"] if each["what"] == "callback"]
    assert [datetime.fromisoformat(each["by_when"]).isoformat() for each in promised] == [by_when]
    assert view["messages"][0]["text"] == "Charged twice for one order."
    assert (view["next"]["what"], view["next"]["late"]) == ("callback", False)
    assert {key for each in view["messages"] for key in each} == set(CustomersMessage.model_fields)
    assert SECRETS[0] not in shown.text
    assert live.act(case_id, person, "resolve", text="The second charge was returned.").status_code == 200
    view = by_link(live, token, "GET", f"/v1/cases/{case_id}").json()
    assert (view["status"], view["resolution"]) == ("resolved", "The second charge was returned.")
    assert {"accept_resolution", "reject_resolution", "message"} <= set(view["allowed"])


def test_the_token_of_a_link_opens_the_case_and_its_messages_as_json_and_is_for_nobodys_cache(live: Live):
    made = link(live, live.open()["case_id"])
    url = urlsplit(str(made["url"]))
    assert (url.path, url.query) == (f"/complaints/{made['case_id']}", f"token={made['token']}")
    case = f"/v1/cases/{made['case_id']}"

    for path in (case, f"{case}/messages"):
        opened = live.http.get(f"{path}?{url.query}")
        assert opened.status_code == 200, opened.text
        assert opened.headers["cache-control"] == "no-store"
        assert opened.headers["referrer-policy"] == "no-referrer"
    asked = live.http.post(f"{case}/requests?{url.query}", json={"kind": "withdraw", "reason": "x"})
    assert asked.status_code == 401


def test_a_customer_asks_by_their_link_for_themselves(live: Live):
    case_id = live.open(customer={"id": "c-link"})["case_id"]
    token = link(live, case_id)["token"]

    answer = by_link(live, token, "POST", f"/v1/cases/{case_id}/requests", json={"kind": "message", "text": "News?"})

    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == set(CustomersCase.model_fields)
    entries = live.ask("GET", f"/v1/cases/{case_id}/timeline", "operator").json()["entries"]
    said = next(entry for entry in entries if entry["kind"] == "message")
    assert (said["by"]["id"], said["by"]["role"], said["via"]) == ("c-link", "customer", "api")
    refused = by_link(live, token, "POST", f"/v1/cases/{case_id}/requests", json={"kind": "accept_resolution"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_resolved")
    assert refused.json()["details"] == {}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/cases/{id}/timeline"),
        ("GET", "/v1/cases/{id}/brief"),
        ("POST", "/v1/cases/{id}/actions"),
        ("POST", "/v1/cases/{id}/links"),
        ("GET", "/v1/cases"),
        ("POST", "/v1/cases"),
        ("GET", "/v1/handoffs"),
        ("GET", "/v1/handoffs/{id}-1"),
        ("POST", "/v1/handoffs/{id}-1/actions"),
    ],
)
def test_a_link_opens_nothing_beside_its_case(live: Live, method: str, path: str):
    case_id = live.open()["case_id"]
    answer = by_link(live, link(live, case_id)["token"], method, path.format(id=case_id), json={"kind": "claim"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/messages"), ("POST", "/requests")])
def test_another_customers_link_is_refused(live: Live, method: str, path: str):
    mine, other = live.open()["case_id"], live.open(customer={"id": "c-2"})["case_id"]
    body = {"kind": "message", "text": "Hello"}
    answer = by_link(live, link(live, mine)["token"], method, f"/v1/cases/{other}{path}", json=body)
    assert (answer.status_code, answer.json()["details"]) == (403, {"reason": "another_case"})


def test_the_log_of_the_api_says_whose_link_was_refused_and_has_no_token(live: Live):
    mine, other = live.open()["case_id"], live.open()["case_id"]
    token = link(live, mine)["token"]
    live.http.get(f"/v1/cases/{other}?token={token}")
    log = live.stack.folder.log("api").read_text("utf-8")
    lines = [line for line in log.splitlines() if other in line and "reason=another_case" in line]
    assert lines
    assert jwt.decode(token, options={"verify_signature": False})["sub"] in lines[0]
    assert token.rsplit(".", 1)[1] not in log


def test_who_may_not_read_the_case_makes_no_link(live: Live):
    case_id = live.open()["case_id"]
    outsider = next(
        person
        for person in ("tara", "kim", "omar", "lena", "priya", "zoe")
        if live.ask("GET", f"/v1/cases/{case_id}", person).status_code == 403
    )
    assert live.ask("POST", f"/v1/cases/{case_id}/links", outsider).status_code == 403
    assert live.ask("POST", f"/v1/cases/{case_id}/links", "operator").status_code == 403


@pytest.mark.parametrize("given", [0, 59, 30 * 24 * 3600 + 1, "soon"])
def test_how_long_a_link_holds_is_bounded(live: Live, given: Any):
    answer = live.ask("POST", f"/v1/cases/{live.open()['case_id']}/links", "service", json={"expires_in": given})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "expires_in")


def test_a_link_holds_as_long_as_was_said_and_a_week_without_a_word(live: Live):
    case_id = live.open()["case_id"]
    short, plain = link(live, case_id, expires_in=60), live.ask("POST", f"/v1/cases/{case_id}/links", "service").json()
    for made, seconds in ((short, 60), (plain, 7 * 24 * 3600)):
        left = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
        assert timedelta(seconds=seconds - 10) < left <= timedelta(seconds=seconds)


def test_links_end_with_the_archive(live: Live):
    case_id = live.open()["case_id"]
    token = link(live, case_id)["token"]
    withdrawn = by_link(live, token, "POST", f"/v1/cases/{case_id}/requests", json={"kind": "withdraw", "reason": "x"})
    assert withdrawn.status_code == 200, withdrawn.text

    eventually(lambda: by_link(live, token, "GET", f"/v1/cases/{case_id}").status_code == 401, within_s=20)

    over = by_link(live, token, "GET", f"/v1/cases/{case_id}")
    assert over.json()["details"] == {"reason": "link_over"}
    assert live.ask("POST", f"/v1/cases/{case_id}/links", "service").json()["code"] == "archived"


def test_a_link_made_on_the_command_line_opens_its_case(live: Live):
    case_id = live.open()["case_id"]
    token = mint_link(live.stack.folder.key(), case_id, timedelta(minutes=1))
    assert by_link(live, token, "GET", f"/v1/cases/{case_id}").json()["case_id"] == case_id


EXPIRED = datetime.now(UTC) - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changed", "typ", "reason"),
    [
        ({"exp": EXPIRED}, "caseladder-link+jwt", "expired"),
        ({"exp": None}, "caseladder-link+jwt", "missing_claim"),
        ({"case": None}, "caseladder-link+jwt", "missing_claim"),
        ({"aud": "another"}, "caseladder-link+jwt", "wrong_audience"),
        ({"role": "operator"}, "JWT", "wrong_audience"),
    ],
)
def test_a_link_that_does_not_hold_is_told_why(live: Live, changed: dict[str, Any], typ: str, reason: str):
    case_id = "shop-aaaaaaaaaa"
    said = {"iss": "caseladder", "aud": "caseladder-link", "sub": "link-1", "case": case_id}
    said |= {"exp": datetime.now(UTC) + timedelta(minutes=1)} | changed
    kept = {name: value for name, value in said.items() if value is not None}
    token = jwt.encode(kept, live.stack.folder.key(), "HS256", headers={"typ": typ})
    answer = by_link(live, token, "GET", f"/v1/cases/{case_id}")
    assert (answer.status_code, answer.json()["details"]) == (401, {"reason": reason})


async def test_what_an_agents_token_opens_it_does_not_open_in_a_url(http: httpx.AsyncClient):
    token = bearer("op", Role.OPERATOR)["Authorization"].removeprefix("Bearer ")
    answer = await http.get(f"/v1/cases/shop-aaaaaaaaaa?token={token}")
    assert (answer.status_code, answer.json()["details"]) == (401, {"reason": "not_a_link"})


async def test_a_customers_own_bearer_token_opens_nothing(http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        answer = await http.get("/v1/cases/shop-aaaaaaaaaa", headers=bearer("c-1", Role.CUSTOMER))
    assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "not_a_link")
    assert '"caller": "c-1"' in caplog.text


def by_cookie(case_id: str) -> dict[str, str]:
    token = mint_link(KEY, case_id, timedelta(minutes=1))
    return {"Cookie": f"complaint={token}"}


async def test_the_page_of_a_case_that_cannot_be_reached_says_so_calmly(http: httpx.AsyncClient):
    answer = await http.get("/complaints/shop-aaaaaaaaaa", headers=by_cookie("shop-aaaaaaaaaa"))
    assert (answer.status_code, "Please try again in a minute" in answer.text) == (503, True)
    assert answer.headers["retry-after"]


async def test_who_opens_their_page_too_often_is_told_to_wait(settings: Settings, records: Records, no_temporal: str):
    app = create_app(settings.model_copy(update={"link_rate_limit": parse("1/minute")}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://api") as client:
        for status in (503, 429):
            answer = await client.get("/complaints/shop-aaaaaaaaaa", headers=by_cookie("shop-aaaaaaaaaa"))
            assert answer.status_code == status
    assert "<h1>Please wait a minute</h1>" in answer.text
    assert int(answer.headers["retry-after"]) > 0
