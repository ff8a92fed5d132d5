"""Conditional requests: the tag is the version. What was seen is not sent again; what has moved on is not touched."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.conftest import ANA, Live, owned
from tests.api.live import eventually


def read(live: Live, case_id: str, who: str, **headers: str) -> httpx.Response:
    return live.ask("GET", f"/v1/cases/{case_id}", who, headers=headers)


def act(live: Live, case_id: str, who: str, if_match: str, **body: Any) -> httpx.Response:
    event = {"kind": "note", "text": "Looked into it", **body}
    return live.ask("POST", f"/v1/cases/{case_id}/actions", who, json=event, headers={"If-Match": if_match})


def test_a_case_that_has_not_changed_is_304_without_a_body(live: Live):
    case_id, person = owned(live)
    first = read(live, case_id, person)
    tag = first.headers["etag"]
    assert tag == f'"{first.json()["version"]}"'
    for known in (tag, f"W/{tag}", f'"0", {tag}', "*"):
        again = read(live, case_id, person, **{"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), known
    acted = live.act(case_id, person, "note", text="New")
    changed = read(live, case_id, person, **{"If-None-Match": tag})
    assert (changed.status_code, changed.headers["etag"]) == (200, acted.headers["etag"])


def test_who_may_not_read_a_case_is_not_told_that_it_is_unchanged(live: Live):
    case_id, _ = owned(live)
    assert read(live, case_id, "grace", **{"If-None-Match": "*"}).status_code == 403


def test_an_action_meant_for_a_version_that_is_gone_is_412_and_changes_nothing(live: Live):
    case_id, person = owned(live)
    tag = read(live, case_id, person).headers["etag"]
    done = act(live, case_id, person, f"W/{tag}")
    assert done.status_code == 200, done.text
    late = act(live, case_id, person, tag)
    assert (late.status_code, late.json()["code"]) == (412, "moved_on")
    assert late.json()["details"] == {"version": done.json()["version"]}
    assert read(live, case_id, person).headers["etag"] == done.headers["etag"]
    assert act(live, case_id, person, "*").status_code == 200


def test_a_retry_of_what_was_done_is_done_whatever_version_it_was_meant_for(live: Live):
    case_id, person = owned(live)
    tag, event_id = read(live, case_id, person).headers["etag"], str(uuid4())
    first, again = (act(live, case_id, person, tag, id=event_id) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["version"] == again.json()["version"]


def test_a_request_that_nobody_waits_for_is_refused_on_the_timeline(live: Live):
    case_id, person = owned(live)
    stale = {"If-Match": '"1"', "Prefer": "respond-async"}
    message = {"kind": "message", "text": "Any news?"}
    sent = live.ask("POST", f"/v1/cases/{case_id}/requests", "service", json=message, headers=stale)
    assert sent.status_code == 202
    path = f"/v1/cases/{case_id}/timeline"
    eventually(lambda: live.ask("GET", path, person).json()["entries"][-1]["data"].get("code") == "moved_on")


def test_a_hand_off_has_its_version_too(live: Live):
    case_id, person = owned(live)
    asked = live.act(case_id, person, "hand_off", team="billing", question="Was it settled?").json()
    path = f"/v1/handoffs/{asked['handoffs'][0]['handoff_id']}"
    eventually(lambda: live.ask("GET", path, "operator").json().get("offered_to", {}).get("person") is not None)
    shown = live.ask("GET", path, "operator")
    specialist, tag = shown.json()["offered_to"]["person"], shown.headers["etag"]
    assert live.ask("GET", path, "operator", headers={"If-None-Match": tag}).status_code == 304
    accept = {"json": {"kind": "accept"}}
    late = live.ask("POST", f"{path}/actions", specialist, headers={"If-Match": '"0"'}, **accept)
    assert (late.status_code, late.json()["code"]) == (412, "moved_on")
    taken = live.ask("POST", f"{path}/actions", specialist, headers={"If-Match": tag}, **accept)
    assert (taken.status_code, taken.headers["etag"] > tag) == (200, True), taken.text


@pytest.mark.parametrize("tag", ["17", '"17", "18"', '"a"', '"1', ""])
async def test_a_condition_that_names_no_version_is_said_to_be_wrong(http: httpx.AsyncClient, tag: str):
    path, note = "/v1/cases/shop-aaaaaaaaaa/actions", {"kind": "note", "text": "x"}
    answer = await http.post(path, headers=ANA | {"If-Match": tag}, json=note)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "If-Match")
