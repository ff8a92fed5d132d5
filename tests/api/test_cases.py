"""Cases over HTTP, on the running stack: server, worker and API as processes of their own."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from cases.case import TAIL
from starter.stack.server import binary
from tests.api.conftest import Live, complaint, offered, owned
from tests.api.live import eventually


def test_a_complaint_becomes_a_planned_case_once(live: Live):
    said = complaint(text="Once")
    first = live.ask("POST", "/v1/cases", "service", json=said)
    assert first.status_code == 201
    view = first.json()
    assert (view["status"], view["team"], view["as_of"]) == ("open", "cards", None)
    assert first.headers["location"] == f"/v1/cases/{view['case_id']}"
    # Whether a call is offered depends on the policy: that reading the case tells, and an opening need not.
    assert view["allowed"] == ["message", "ask_for_manager", "change_channel", "withdraw"]
    whole = ["message", "ask_for_manager", "choose_contact", "change_channel", "withdraw"]

    again = live.ask("POST", "/v1/cases", "service", json=said)
    assert again.status_code == 200
    assert (view["guidance"], again.json()["guidance"]) == ([], [])
    assert again.json()["case_id"] == view["case_id"]
    assert again.json()["allowed"] == whole

    other = live.ask("POST", "/v1/cases", "service", json=said | {"text": "Twice"})
    assert other.status_code == 409
    assert other.json()["code"] == "reference_taken"
    assert other.json()["details"]["case_id"] == view["case_id"]
    assert live.ask("GET", first.headers["location"], "operator").json()["allowed"] == []
    shown = live.ask("GET", first.headers["location"], "service").json()
    assert (shown["fingerprint"], shown["allowed"]) == (view["fingerprint"], whole)


def test_an_action_answers_with_the_case_after_it_and_what_is_open_now(live: Live):
    case_id, person = offered(live)
    claimed = live.act(case_id, person, "claim")
    assert claimed.status_code == 200
    assert claimed.json()["owner"]["person"] == person
    assert "reply" in claimed.json()["allowed"]
    assert "claim" not in claimed.json()["allowed"]
    assert live.ask("GET", f"/v1/cases/{case_id}", person).json()["allowed"] == claimed.json()["allowed"]
    entry = live.ask("GET", f"/v1/cases/{case_id}/timeline", person).json()["entries"][-1]
    assert (entry["kind"], entry["by"]) == ("claim", {"id": person, "role": "agent"})


def test_a_refusal_is_a_problem_with_its_code_and_changes_nothing(live: Live):
    case_id, person = owned(live)
    version = live.ask("GET", f"/v1/cases/{case_id}", "operator").json()["version"]
    refused = live.act(case_id, "dmitri" if person != "dmitri" else "ana", "note", text="Not mine")
    assert refused.status_code == 409
    assert refused.json()["code"] == "not_owner"
    assert refused.json()["details"]["owner"] == person
    assert refused.json()["type"] == "urn:caseladder:problem:not_owner"
    assert live.ask("GET", f"/v1/cases/{case_id}", "operator").json()["version"] == version


def test_who_may_not_read_a_case_is_told_so_when_they_act_and_not_who_has_it(live: Live):
    case_id, person = owned(live)
    for kind, fields in (("reply", {"text": "Hello"}), ("claim", {})):
        stranger = live.act(case_id, "grace", kind, **fields)
        assert (stranger.status_code, stranger.json()["code"]) == (403, "forbidden"), stranger.text
        assert person not in stranger.json()["detail"]


def test_whoever_it_is_offered_to_from_another_team_acts_at_once(live: Live):
    case_id, person = owned(live)
    moved = live.act(case_id, person, "transfer", to={"team": "lending", "person": "grace"})
    assert moved.status_code == 200, moved.text
    claimed = live.act(case_id, "grace", "claim")
    assert claimed.status_code == 200, claimed.text
    assert claimed.json()["owner"]["person"] == "grace"


def test_the_same_id_again_changes_nothing_and_with_other_content_is_refused(live: Live):
    case_id, person = owned(live)
    event = {"id": str(uuid4()), "text": "Looked into it"}
    first = live.act(case_id, person, "note", **event)
    again = live.act(case_id, person, "note", **event)
    assert first.json()["version"] == again.json()["version"]
    other = live.act(case_id, person, "note", **(event | {"text": "Something else"}))
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")


def test_a_remedy_beyond_the_owners_authority_is_decided_by_somebody_else_and_paid(live: Live):
    case_id, person = owned(live)
    money = {"remedy": "refund", "currency": "GBP"}
    inexact = live.act(case_id, person, "propose_remedy", amount=80.1, **money)
    assert (inexact.status_code, inexact.json()["errors"][0]["field"]) == (422, "amount")
    assert 'in quotes, such as "49.90"' in inexact.json()["errors"][0]["remedy"]
    waiting = live.act(case_id, person, "propose_remedy", amount="80.10", **money).json()
    assert (waiting["waiting_on"], waiting["remedies"][0]["amount"]) == ("approval", "80.10")
    own = live.act(case_id, person, "decide_remedy", remedy_id="r1", approve=True)
    assert (own.status_code, own.json()["code"]) == (409, "own_proposal")
    assert live.act(case_id, "sven", "decide_remedy", remedy_id="r1", approve=True).status_code == 200
    eventually(lambda: live.ask("GET", f"/v1/cases/{case_id}", person).json()["remedies"][0]["state"] == "paid")
    brief = live.ask("GET", f"/v1/cases/{case_id}/brief", person).json()
    assert brief["remedies"][0]["text"] == "refund of 80.10 GBP, paid"


def test_respond_async_is_taken_at_once_and_found_on_the_timeline(live: Live):
    case_id, person = owned(live)
    sent = live.ask(
        "POST",
        f"/v1/cases/{case_id}/actions",
        person,
        json={"kind": "note", "text": "No hurry"},
        headers={"Prefer": "wait=5, respond-async"},
    )
    assert sent.status_code == 202
    assert sent.headers["preference-applied"] == "respond-async"
    entries = lambda: live.ask("GET", f"/v1/cases/{case_id}/timeline", person).json()["entries"]  # noqa: E731
    eventually(lambda: any(entry["event_id"] == sent.json()["id"] for entry in entries()))


def test_a_service_passes_on_what_the_customer_asks(live: Live):
    case_id, _ = owned(live)
    asked = live.request(case_id, "message", text="Any news?")
    assert asked.status_code == 200
    entry = live.ask("GET", f"/v1/cases/{case_id}/timeline", "operator").json()["entries"][-1]
    assert entry["by"] == {"id": "service", "role": "service"}
    refused = live.request(case_id, "accept_resolution")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_resolved")


def test_staff_read_what_to_say_and_services_never_do(live: Live):
    case_id, person = owned(live)
    line = {"for": "open", "say": "This is what I can do.", "avoid": "That is our policy."}
    for reader in (person, "operator"):
        assert live.ask("GET", f"/v1/cases/{case_id}", reader).json()["guidance"] == [line]
    assert live.act(case_id, person, "note", text="A call.").json()["guidance"] == [line]
    assert live.ask("GET", f"/v1/cases/{case_id}/brief", person).json()["guidance"] == [line]
    assert live.ask("GET", f"/v1/cases/{case_id}", "service").json()["guidance"] == []
    assert live.request(case_id, "message", text="Any news?").json()["guidance"] == []


def test_whom_it_is_transferred_to_is_described_by_the_directory(live: Live):
    case_id, person = owned(live)
    supervisor = live.act(case_id, person, "transfer", to={"person": "mara"})
    assert supervisor.status_code == 409, supervisor.text
    peer = next(name for name in ("ana", "ben", "chloe") if name != person)
    moved = live.act(case_id, person, "transfer", to={"person": peer}, text="You know this shop")
    assert moved.status_code == 200, moved.text
    assert moved.json()["offer"]["to"]["person"] == peer


def test_agents_read_their_teams_cases_and_supervisors_all(live: Live):
    case_id, _ = offered(live)
    path = f"/v1/cases/{case_id}"
    for part in ("", "/timeline", "/brief"):
        assert live.ask("GET", path + part, "ben").status_code == 200
        stranger = live.ask("GET", path + part, "grace")
        assert (stranger.status_code, stranger.json()["code"]) == (403, "forbidden")
        assert live.ask("GET", path + part, "nils").status_code == 200
        assert live.ask("GET", path + part, "operator").status_code == 200


def test_lists_are_filtered_paged_and_show_an_agent_only_what_is_theirs(live: Live):
    customer = f"c-{uuid4()}"
    made = [live.open(customer={"id": customer}, text=f"Number {n} of {customer}")["case_id"] for n in range(3)]

    def listed(who: str, **query: Any) -> list[str]:
        answer = live.ask("GET", "/v1/cases", who, params={"customer": customer, **query})
        assert answer.status_code == 200, answer.text
        return [item["case_id"] for item in answer.json()["items"]]

    eventually(lambda: sorted(listed("operator")) == sorted(made))
    assert sorted(listed("ben")) == sorted(made)
    assert listed("grace") == []
    assert sorted(listed("operator", status=["open", "closed"], team="cards", rung="agent")) == sorted(made)
    assert listed("operator", status="closed") == []
    assert listed("operator", text="number 1 OF") == [made[1]]
    assert listed("operator", breached="true") == []

    first = live.ask("GET", "/v1/cases", "operator", params={"customer": customer, "limit": 2}).json()
    rest = live.ask(
        "GET", "/v1/cases", "operator", params={"customer": customer, "limit": 2, "cursor": first["next"]}
    ).json()
    assert len(first["items"]) == 2
    assert rest["next"] is None
    assert sorted(item["case_id"] for item in first["items"] + rest["items"]) == sorted(made)


def test_a_timeline_comes_in_pages_without_gap_or_repetition(live: Live):
    case_id, person = owned(live)
    for n in range(5):
        live.act(case_id, person, "note", text=f"Note {n}")
    numbers: list[int] = []
    after: int | None = 0
    while after is not None:
        query = {"after": after, "limit": 3}
        page = live.ask("GET", f"/v1/cases/{case_id}/timeline", person, params=query).json()
        assert len(page["entries"]) <= 3
        numbers += [entry["n"] for entry in page["entries"]]
        after = page["next"]
    assert numbers == list(range(1, live.ask("GET", f"/v1/cases/{case_id}", person).json()["version"] + 1))


def test_entries_older_than_the_workflow_keeps_come_from_the_records(live: Live):
    case_id, person = owned(live)

    def note(n: int) -> int:
        event, headers = {"kind": "note", "text": f"Note {n}"}, {"Prefer": "respond-async"}
        return live.ask("POST", f"/v1/cases/{case_id}/actions", person, json=event, headers=headers).status_code

    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(note, range(TAIL + 5))) == {202}

    def page() -> dict[str, Any]:
        return live.ask("GET", f"/v1/cases/{case_id}/timeline", person, params={"limit": 1000}).json()

    eventually(lambda: len(page()["entries"]) > TAIL + 5)
    version = live.ask("GET", f"/v1/cases/{case_id}", person).json()["version"]
    assert [entry["n"] for entry in page()["entries"]] == list(range(1, version + 1))
    assert page()["next"] is None


def test_the_brief_saves_the_customer_from_repeating_anything(live: Live):
    case_id, person = owned(live, text="The parcel never came", remedy_sought="The money back")
    live.act(case_id, person, "attempt", text="Called the carrier", outcome="They lost it")
    brief = live.ask("GET", f"/v1/cases/{case_id}/brief", person).json()
    assert brief["complaint"] == "The parcel never came"
    assert brief["remedy_sought"] == "The money back"
    assert "Called the carrier" in brief["tried"][0]["text"]


def test_an_archived_case_can_be_read_and_no_longer_changed(live: Live):
    case_id, _ = owned(live)
    closed = live.act(case_id, "quinn", "close", reason="Settled in the branch")
    assert (closed.status_code, closed.json()["status"]) == (200, "closed"), closed.text
    eventually(lambda: live.ask("GET", f"/v1/cases/{case_id}", "operator").json()["status"] == "archived")

    def turned_down() -> bool:
        answer = live.request(case_id, "message", text="One more thing")
        assert answer.status_code == 409
        assert answer.json()["code"] == "archived"
        return "follows" in answer.json()["detail"]

    eventually(turned_down)
    assert live.ask("GET", f"/v1/cases/{case_id}/timeline", "operator").json()["entries"][-1]["kind"] == "archived"
    assert answer_of(live.request(case_id, "message", text="Hello?"))["details"]["follows"] == case_id
    late = answer_of(live.act(case_id, "quinn", "reopen"))
    assert (late["code"], late["details"]["follows"]) == ("too_late", case_id)
    follower = live.open(follows=case_id)
    assert follower["follows"] == case_id
    brief = live.ask("GET", f"/v1/cases/{follower['case_id']}/brief", "quinn").json()
    assert brief["follows"] == case_id
    before = next(one for one in brief["earlier"] if one["case_id"] == case_id)
    assert (before["product"], before["closed_as"]) == ("Credit card", "by_manager")


def answer_of(response: httpx.Response) -> dict[str, Any]:
    """A refusal, as a problem."""
    assert response.status_code == 409, response.text
    return response.json()


@pytest.mark.parametrize("whose", ["nobody", "somebody else"])
def test_a_case_follows_only_one_of_the_same_customer(live: Live, whose: str):
    theirs = live.open(customer={"id": "c-77"})["case_id"] if whose == "somebody else" else "shop-aaaaaaaaaa"
    answer = live.ask("POST", "/v1/cases", "service", json=complaint(follows=theirs))
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["problem"]) == ("follows", f"{theirs} is no case of the customer c-1")


def test_a_duplicate_is_named_in_the_brief_of_the_case_that_goes_on(live: Live):
    customer = {"id": str(uuid4())}
    case_id = live.open(customer=customer)["case_id"]
    repeated = live.open(customer=customer)["case_id"]
    closed = live.act(repeated, "quinn", "close", reason="The same again", duplicate_of=case_id)
    assert closed.json()["closed_as"] == "duplicate"
    brief = f"/v1/cases/{case_id}/brief"
    eventually(lambda: [one["case_id"] for one in live.ask("GET", brief, "quinn").json()["duplicates"]] == [repeated])


def test_a_case_is_the_duplicate_of_a_case_that_there_is(live: Live):
    case_id = live.open()["case_id"]
    answer = live.act(case_id, "quinn", "close", reason="The same", duplicate_of="shop-aaaaaaaaaa")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "duplicate_of"


def test_a_case_is_no_duplicate_of_another_customers_nor_of_one_that_is_a_duplicate_itself(live: Live):
    customer = {"id": str(uuid4())}
    theirs = live.open(customer={"id": str(uuid4())})["case_id"]
    first, again, third = (live.open(customer=customer)["case_id"] for _ in range(3))
    assert live.act(again, "quinn", "close", reason="The same", duplicate_of=first).status_code == 200
    eventually(lambda: live.ask("GET", f"/v1/cases/{again}", "quinn").json()["closed_as"] == "duplicate")
    for named, problem in (
        (theirs, f"{theirs} is another customer's case"),
        (again, f"{again} is closed as a duplicate itself, of {first}"),
    ):
        answer = live.act(third, "quinn", "close", reason="The same", duplicate_of=named)
        assert answer.status_code == 422, answer.text
        (fault,) = answer.json()["errors"]
        assert (fault["field"], fault["problem"]) == ("duplicate_of", problem)


def test_what_a_customer_says_is_suggested_and_decided(live: Live):
    case_id, person = owned(live, text="I have called three times, and want to speak to a manager.")
    found = live.ask("GET", f"/v1/cases/{case_id}", person).json()["suggestions"]
    assert {one["reason"]: one["state"] for one in found} == {"asks_for_manager": "open", "repeated_contact": "open"}
    decided = live.act(case_id, person, "decide_suggestion", suggestion_id=found[0]["id"], confirm=False)
    assert decided.json()["suggestions"][0]["state"] == "dismissed", decided.text
    again = answer_of(live.act(case_id, person, "decide_suggestion", suggestion_id=found[0]["id"], confirm=True))
    assert (again["code"], again["details"]["decided_by"]) == ("no_suggestion", person)


def test_a_case_that_temporal_has_forgotten_is_known_to_the_records(live: Live):
    said = complaint()
    case_id = live.ask("POST", "/v1/cases", "service", json=said).json()["case_id"]
    path = f"/v1/cases/{case_id}"
    forget(live, case_id)
    eventually(lambda: live.ask("GET", path, "operator").json()["as_of"] is not None)

    again = live.ask("POST", "/v1/cases", "service", json=said)
    assert (again.status_code, again.json()["case_id"]) == (200, case_id)
    other = live.ask("POST", "/v1/cases", "service", json=said | {"text": "Something else"})
    assert (other.status_code, other.json()["code"]) == (409, "reference_taken")
    for answer in (live.request(case_id, "withdraw"), live.ask("GET", f"{path}/brief", "operator")):
        assert (answer.status_code, answer.json()["code"]) == (409, "archived")
    assert len(live.ask("GET", f"{path}/timeline", "operator").json()["entries"]) == again.json()["version"]


def forget(live: Live, case_id: str) -> None:
    """What retention does after a while."""
    where = ("--address", live.stack.addresses.temporal, "--workflow-id", f"case-{case_id}")
    subprocess.run([binary(), "workflow", "delete", "--yes", *where], check=True, timeout=20)


def test_unknown_cases_are_404_everywhere(live: Live):
    path = "/v1/cases/shop-aaaaaaaaaa"
    answers = [live.ask("GET", path + part, "operator") for part in ("", "/timeline", "/brief")]
    answers += [live.act("shop-aaaaaaaaaa", "ana", "claim"), live.request("shop-aaaaaaaaaa", "withdraw")]
    answers.append(
        live.ask("POST", f"{path}/requests", "service", json={"kind": "withdraw"}, headers={"Prefer": "respond-async"})
    )
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_case"), answer.text


def test_a_customer_who_takes_to_the_telephone_can_be_put_on_hold(live: Live):
    case_id, person = owned(live)
    written = live.act(case_id, person, "hold")
    assert (written.status_code, written.json()["code"]) == (409, "not_live")

    moved = live.ask(
        "POST", f"/v1/cases/{case_id}/requests", "service", json={"kind": "change_channel", "channel": "phone"}
    )
    assert (moved.status_code, moved.json()["channel"], moved.json()["live"]) == (200, "phone", True)
    held = live.act(case_id, person, "hold").json()
    assert "unhold" in held["allowed"]
    assert held["holds"]["count"] == 1
    assert held["holds"]["since"]
    back = live.act(case_id, person, "unhold").json()
    assert back["holds"]["since"] is None


def test_a_supervisor_says_that_an_owner_is_not_there(live: Live):
    case_id, person = owned(live)
    lead = "mara"
    away = live.act(case_id, lead, "assign", to={"team": "cards"}, reason="owner_unavailable")
    assert away.status_code == 200, away.text
    assert away.json()["offer"]["reasons"] == ["owner_unavailable"]
    eventually(
        lambda: live.ask("GET", f"/v1/cases/{case_id}", lead).json()["offer"]["to"]["person"] not in (None, person)
    )
