"""`/complaints/{case_id}` over HTTP: who it opens for, what a form does, and all that can go wrong."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import jwt
import pytest

from cases.words import Role
from records import Records
from tests.api.conftest import Live, bearer, owned
from tests.api.live import eventually

VIENNA = {"id": "c-vienna", "name": "Resi Huber", "zone": "Europe/Vienna"}


@contextmanager
def visitor(live: Live, **headers: str) -> Generator[httpx.Client]:
    """A browser of its own, as far as cookies and headers go."""
    with httpx.Client(base_url=live.stack.addresses.api, timeout=30, trust_env=False, headers=headers) as client:
        yield client


def link(live: Live, case_id: str) -> str:
    """Path and query of a link's URL."""
    made = live.ask("POST", f"/v1/cases/{case_id}/links", "service")
    assert made.status_code == 201, made.text
    url = urlsplit(str(made.json()["url"]))
    return f"{url.path}?{url.query}"


@contextmanager
def customer(live: Live, case_id: str, **headers: str) -> Generator[httpx.Client]:
    """A browser that has opened the link of a case."""
    with visitor(live, **headers) as client:
        opened = client.get(link(live, case_id), follow_redirects=True)
        assert opened.status_code == 200, opened.text
        yield client


@pytest.fixture(scope="module")
def quiet(live: Live) -> Generator[tuple[httpx.Client, str]]:
    """A browser with the page of a case to which nothing happens, for all that is refused."""
    case_id = live.open(customer=VIENNA)["case_id"]
    with customer(live, case_id) as client:
        yield client, case_id


def send(client: httpx.Client, case_id: str, kind: str, **fields: str) -> httpx.Response:
    """A form of the page, as a browser sends it."""
    origin = f"{client.base_url.scheme}://{client.base_url.netloc.decode()}"
    form = {"kind": kind, "id": str(uuid4())} | fields
    return client.post(f"/complaints/{case_id}", data=form, headers={"Origin": origin})


def text_of(answer: httpx.Response) -> str:
    """What a reader sees, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def entries(live: Live, case_id: str) -> list[dict[str, Any]]:
    return live.ask("GET", f"/v1/cases/{case_id}/timeline?limit=1000", "operator").json()["entries"]


def test_a_link_keeps_its_token_in_a_cookie_of_its_page_and_opens_the_address_without_it(live: Live):
    case_id = live.open()["case_id"]
    with visitor(live) as client:
        first = client.get(link(live, case_id))
        assert (first.status_code, first.headers["referrer-policy"]) == (303, "no-referrer")
        where = first.url.join(first.headers["location"])
        assert (where.path, where.query) == (f"/complaints/{case_id}", b"")
        kept = first.headers["set-cookie"]
        for part in ("HttpOnly", "SameSite=lax", f"Path=/complaints/{case_id}", "Max-Age="):
            assert part in kept
        assert "Secure" not in kept  # It is kept from plain HTTP where customers come by https.

        page = client.get(where)
        assert page.status_code == 200
        assert "token=" not in page.text
        assert page.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_page_says_where_it_stands_what_comes_next_and_what_passed(live: Live):
    case_id = live.open(customer=VIENNA, text="Charged twice. <script>alert(1)</script>")["case_id"]
    with customer(live, case_id) as client:
        page = client.get(f"/complaints/{case_id}")
    assert '<html lang="en">' in page.text
    assert "<h1>We are working on your complaint</h1>" in page.text
    assert re.search(r"You will have an answer by \w+day \d+ \w+ \d{4}, \d\d:\d\d CES?T", text_of(page))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert" not in page.text
    assert "Send the message" in page.text


def test_nothing_that_is_for_staff_is_on_the_page(live: Live):
    case_id, person = owned(live)
    for kind, fields in (
        ("note", {"text": "NOTE-SECRET"}),
        ("warn", {"text": "Please stay polite.", "number": 1}),
        ("attempt", {"text": "TRIED-SECRET", "outcome": "OUTCOME-SECRET"}),
    ):
        assert live.act(case_id, person, kind, **fields).status_code == 200
    with customer(live, case_id) as client:
        page = client.get(f"/complaints/{case_id}").text
    for secret in ("SECRET", "This is what I can do.", "That is our policy.", f"{person}<", f">{person}", "attempt"):
        assert secret not in page


def test_nothing_is_done_by_opening_a_link_however_often(live: Live):
    case_id = live.open()["case_id"]
    before = len(entries(live, case_id))
    opened = link(live, case_id)
    with visitor(live) as scanner:
        for method in ("HEAD", "GET", "HEAD", "GET"):
            assert scanner.request(method, opened, follow_redirects=True).status_code == 200
        scanner.get(f"/complaints/{case_id}?kind=withdraw&done=withdraw")
    assert len(entries(live, case_id)) == before


def test_a_form_sent_twice_is_done_once(live: Live):
    case_id, same = live.open()["case_id"], str(uuid4())
    with customer(live, case_id) as client:
        text = "Line one\r\nline two\x00\x07"
        sent = [send(client, case_id, "message", text=text, id=same) for _ in range(2)]
        assert [answer.status_code for answer in sent] == [303, 303]
        page = client.get(sent[0].url.join(sent[0].headers["location"]))
        assert "Thank you. Your message is with us." in page.text
        assert page.text.count("Line one\nline two") == 1
    said = [entry for entry in entries(live, case_id) if entry["kind"] == "message"]
    assert [(each["text"], each["via"], each["by"]["role"]) for each in said] == [
        ("Line one\nline two", "api", "customer")
    ]


def test_the_same_form_with_other_words_is_asked_about(live: Live):
    case_id, same = live.open()["case_id"], str(uuid4())
    with customer(live, case_id) as client:
        assert send(client, case_id, "message", text="One.", id=same).status_code == 303
        again = send(client, case_id, "message", text="Another.", id=same)
    assert (again.status_code, "You have sent this form before" in again.text) == (409, True)
    assert "Another.</textarea>" in again.text
    assert same not in again.text


def test_what_is_not_taken_is_said_where_it_was_typed_and_nothing_typed_is_lost(live: Live):
    case_id, person = owned(live)
    assert live.act(case_id, person, "resolve", text="Refunded.").status_code == 200
    with customer(live, case_id) as client:
        empty = send(client, case_id, "reject_resolution", reason="  ")
        assert empty.status_code == 422
        assert 'id="problem-reject_resolution">Please tell us what is missing' in empty.text
        assert re.search(
            r'name="reason"[^>]* aria-invalid="true" autofocus aria-describedby="problem-reject', empty.text
        )
        assert "Not sent: We have an answer for you" in empty.text
        assert live.request(case_id, "message", text="Wait.").status_code == 200
        assert live.request(case_id, "withdraw").status_code == 200
        late = send(client, case_id, "reject_resolution", reason="The interest is <missing>.")
    assert late.status_code == 409
    assert "no longer open to be accepted or rejected" in late.text or "has been closed meanwhile" in late.text
    assert "The interest is &lt;missing&gt;." in late.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"when": "at", "at": ""}, "Please choose a day and a time."),
        ({"when": "at", "at": "tomorrow"}, "Please choose a day and a time."),
        ({"when": "at", "at": "0001-01-01T00:00"}, "Please choose a day and a time."),
        ({"when": "at", "at": "2020-01-01T10:00"}, "This time has passed."),
        ({"when": "at", "at": "2120-01-01T10:00"}, "more than a year away"),
        ({"when": "at", "at": "2027-03-28T02:30"}, "The clocks go forward at this time"),
    ],
)
def test_a_time_that_cannot_be_is_asked_again(quiet: tuple[httpx.Client, str], fields: dict[str, str], sentence: str):
    answer = send(*quiet, "choose_contact", **fields)
    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert 'aria-describedby="problem-choose_contact zone-of-call"' in answer.text


@pytest.mark.parametrize(
    ("kind", "fields", "status"),
    [
        ("", {}, 422),
        ("claim", {}, 422),
        ("accept_resolution", {"score": "9"}, 422),
        ("change_channel", {"channel": "pigeon"}, 422),
        ("change_channel", {"channel": "email"}, 409),
        ("ask_review", {}, 409),
        ("message", {"text": "x" * 70_000}, 413),
    ],
)
def test_what_no_form_of_ours_sends_is_no_more_than_a_refusal(
    quiet: tuple[httpx.Client, str], kind: str, fields: dict[str, str], status: int
):
    answer = send(*quiet, kind, **fields)
    assert (answer.status_code, 'role="alert"' in answer.text) == (status, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {},
    ],
)
def test_a_form_on_another_site_does_nothing(live: Live, quiet: tuple[httpx.Client, str], headers: dict[str, str]):
    client, case_id = quiet
    answer = client.post(f"/complaints/{case_id}", data={"kind": "withdraw"}, headers=headers)
    assert (answer.status_code, "This came from another page" in answer.text) == (403, True)
    assert live.ask("GET", f"/v1/cases/{case_id}", "operator").json()["status"] == "open"


def test_a_form_of_our_own_page_is_taken_though_it_names_no_origin(live: Live):
    case_id = live.open()["case_id"]
    with customer(live, case_id) as client:
        headers = {"Sec-Fetch-Site": "same-origin"}
        form = {"kind": "message", "text": "Hello"}
        assert client.post(f"/complaints/{case_id}", data=form, headers=headers).status_code == 303


def test_another_customers_link_opens_nothing_and_keeps_nothing(live: Live):
    mine, other = live.open()["case_id"], live.open(customer={"id": "c-2"}, text="PRIVATE")["case_id"]
    token = link(live, mine).partition("?")[2]
    with visitor(live) as client:
        for answer in (
            client.get(f"/complaints/{other}?{token}"),
            client.get(f"/complaints/{other}", headers={"Cookie": "complaint=" + token.removeprefix("token=")}),
        ):
            assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
            assert "This link does not open a complaint" in answer.text
            assert "PRIVATE" not in answer.text


def forged(case_id: str, key: str, **claims: Any) -> str:
    said = {"iss": "caseladder", "aud": "caseladder-link", "sub": "link-1", "case": case_id}
    said |= {"exp": datetime.now(UTC) + timedelta(minutes=1)} | claims
    return jwt.encode(said, key, "HS256", headers={"typ": "caseladder-link+jwt"})


@pytest.mark.parametrize("way", ["query", "cookie"])
@pytest.mark.parametrize(
    ("which", "title"),
    [
        ("expired", "This link has expired"),
        ("forged", "This link does not open a complaint"),
        ("nonsense", "This link does not open a complaint"),
        ("agent", "This link does not open a complaint"),
        ("none", "Please open the link in our message"),
    ],
)
def test_a_link_that_does_not_hold_says_what_to_do(
    live: Live, quiet: tuple[httpx.Client, str], which: str, title: str, way: str
):
    case_id, key = quiet[1], live.stack.folder.key()
    token = {
        "expired": forged(case_id, key, exp=datetime.now(UTC) - timedelta(minutes=1)),
        "forged": forged(case_id, "x" * 64),
        "nonsense": "a.b",
        "agent": bearer("ana", Role.AGENT, key)["Authorization"].removeprefix("Bearer "),
        "none": "",
    }[which]
    with visitor(live, **({"Cookie": f"complaint={token}"} if token and way == "cookie" else {})) as client:
        query = f"?token={token}" if token and way == "query" else ""
        answer = client.get(f"/complaints/{case_id}{query}")
        # Bad tokens are counted by address, and all tests share one: so one form for each of them.
        posted = send(client, case_id, "withdraw") if way == "cookie" else answer
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert f"<h1>{title}</h1>" in answer.text
    assert posted.status_code == 401
    assert live.ask("GET", f"/v1/cases/{case_id}", "operator").json()["status"] == "open"


def test_a_refusal_before_anybody_is_known_is_in_the_browsers_language(live: Live):
    with visitor(live, **{"Accept-Language": "de-CH,de;q=0.9,en;q=0.8"}) as client:
        answer = client.get("/complaints/shop-aaaaaaaaaa")
    assert '<html lang="de">' in answer.text
    assert "<h1>Bitte öffnen Sie den Link in unserer Nachricht</h1>" in answer.text


@pytest.mark.parametrize(
    "path", ["/complaints/nonsense", "/complaints/%3Cscript%3E", "/complaints/shop-aaaaaaaaaa?token=x"]
)
def test_what_is_no_case_is_no_more_than_a_link_that_does_not_open(live: Live, path: str):
    with visitor(live) as client:
        answer = client.get(path)
    assert answer.status_code in (401, 404)
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>" in answer.text


def test_the_page_ends_with_the_archive_and_nothing_of_an_erased_case_is_left(live: Live):
    case_id = live.open(customer={"id": "c-gone", "name": "Robin Gone"})["case_id"]
    with customer(live, case_id) as client:
        assert send(client, case_id, "withdraw").status_code == 303
        eventually(lambda: client.get(f"/complaints/{case_id}").status_code == 401, within_s=20)
        over, late = client.get(f"/complaints/{case_id}"), send(client, case_id, "message", text="Wait")
        for answer in (over, late):
            assert (answer.status_code, "<h1>This page is over</h1>" in answer.text) == (401, True)
        with Records(live.stack.settings["CASELADDER_DATABASE_URL"]) as records:
            assert records.erase_case(case_id, datetime.now(UTC)) is not None
        erased = client.get(f"/complaints/{case_id}")
    assert (erased.status_code, "Robin" in erased.text) == (401, False)


def test_who_looks_again_is_answered_in_full_only_if_there_is_news(live: Live):
    case_id, person = owned(live)
    with customer(live, case_id) as client:

        def looked() -> httpx.Response:
            return client.get(f"/complaints/{case_id}", headers={"If-None-Match": tag})

        tag = client.get(f"/complaints/{case_id}").headers["etag"]
        eventually(
            lambda: (
                client.get(f"/complaints/{case_id}").headers["etag"]
                == client.get(f"/complaints/{case_id}").headers["etag"]
            )
        )
        tag = client.get(f"/complaints/{case_id}").headers["etag"]
        assert (looked().status_code, looked().text) == (304, "")
        assert live.act(case_id, person, "reply", text="I have found both charges.").status_code == 200
        eventually(lambda: looked().status_code == 200)
        assert "I have found both charges." in looked().text
