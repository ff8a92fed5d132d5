"""What passed, and how far it has come; and what only operators decide about what does not arrive."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from records import Outgoing, Records
from tests.api.conftest import ANA, OPERATOR, SERVICE, Live, owned
from tests.api.live import eventually
from tests.records.conftest import Committed, words
from tests.samples import NOON, Played, plan


@pytest.fixture
def case_id(records: Records) -> str:
    """A case that has told its customer one thing, and a backend service another; neither has arrived."""
    played = Played(plan())
    commit = Committed(played).cut()
    told = next(notice for notice in commit.notices if notice.kind == "message")
    announced = Outgoing(f"{played.case.case_id}:1:opened", "webhook", 1, NOON, {"event": "opened"})
    records.write(commit, words(commit), [Outgoing(told.id, "gateway", 2, NOON), announced])
    return played.case.case_id


async def listed(http: httpx.AsyncClient, case_id: str, **asked: Any) -> list[dict[str, Any]]:
    answer = await http.get(f"/v1/cases/{case_id}/messages", params=asked, headers=OPERATOR)
    assert answer.status_code == 200, answer.text
    return answer.json()["messages"]


async def test_each_message_says_how_far_it_has_come(http: httpx.AsyncClient, records: Records, case_id: str) -> None:
    said, told = await listed(http, case_id)
    assert (said["sent_by"], said["delivery"]) == ("customer", None)
    assert (told["sent_by"], told["kind"], told["delivery"]["state"]) == ("company", "opened", "waiting")
    waiting = records.next_delivery(case_id, "gateway")
    assert waiting is not None
    records.mark_failed(waiting, "answers 500", NOON)
    delivery = (await listed(http, case_id))[1]["delivery"]
    assert (delivery["state"], delivery["attempts"], delivery["error"]) == ("failing", 1, "answers 500")


async def test_alerts_and_announcements_are_told_when_asked_for(http: httpx.AsyncClient, case_id: str) -> None:
    every = await listed(http, case_id, alerts=True, announcements=True)
    assert [message["sent_by"] for message in every if message["sent_by"] != "customer"].count("alert") == 1
    (announced,) = (message for message in every if message["sent_by"] == "announcement")
    assert (announced["kind"], announced["to"]) == ("opened", "webhook")


@pytest.mark.parametrize("deed", ["resend", "give-up"])
async def test_what_only_operators_decide_nobody_else_does(http: httpx.AsyncClient, case_id: str, deed: str) -> None:
    for who in (ANA, SERVICE):
        answer = await http.post(f"/v1/cases/{case_id}/messages/{case_id}:2/{deed}", json={"reason": "x"}, headers=who)
        assert answer.status_code == 403


async def test_a_decision_that_would_do_nothing_is_refused_and_says_why(
    http: httpx.AsyncClient, records: Records, case_id: str
) -> None:
    async def decided(message: str, deed: str, **body: Any) -> tuple[int, str]:
        path = f"/v1/cases/{case_id}/messages/{message}/{deed}"
        answer = await http.post(path, json=body, headers=OPERATOR)
        return answer.status_code, answer.json()["code"]

    waiting = records.next_delivery(case_id, "gateway")
    assert waiting is not None
    known = waiting.effect_id
    assert await decided(f"{case_id}:99", "resend", reason="lost") == (409, "unknown_message")
    assert await decided(known, "resend", reason="lost", destination="webhook") == (409, "unknown_message")
    assert await decided(known, "give-up") == (422, "unprocessable")
    assert await decided(known, "give-up", reason="x", by={"id": "op"}) == (422, "unprocessable")
    assert await decided(known, "give-up", reason="no such number") == (503, "temporal_away")
    records.mark_delivered(waiting, NOON)
    assert await decided(known, "give-up", reason="no such number") == (409, "already_delivered")


async def test_a_case_that_nobody_knows_has_no_messages(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/cases/shop-aaaaaaaaaa/messages", headers=OPERATOR)
    assert answer.status_code in (404, 503)


def test_without_a_gateway_messages_are_in_the_outbox_and_go_nowhere(live: Live) -> None:
    case_id, person = owned(live)
    assert live.act(case_id, person, "reply", text="On its way back.").status_code == 200

    def told() -> list[dict[str, Any]]:
        answer = live.ask("GET", f"/v1/cases/{case_id}/messages", person)
        assert answer.status_code == 200, answer.text
        return [message for message in answer.json()["messages"] if message["sent_by"] == "company"]

    eventually(lambda: "reply" in [message["kind"] for message in told()])
    assert {message["delivery"] for message in told()} == {None}
    message = told()[0]["id"]
    path = f"/v1/cases/{case_id}/messages/{message}/resend"
    refused = live.ask("POST", path, "operator", json={"reason": "They never got it"})
    assert (refused.status_code, refused.json()["code"]) == (409, "unknown_message")
    assert "outbox" in refused.json()["detail"]
