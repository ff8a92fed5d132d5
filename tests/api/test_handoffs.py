"""Hand-offs over HTTP, on the running stack."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from cases.commit import Commit
from cases.words import Role
from records import Records
from tests.api.conftest import ANA, OPERATOR, Live, bearer, owned
from tests.api.live import eventually
from tests.records.asking import Asking
from tests.records.conftest import words
from tests.samples import plan

TEAM = ("vera", "wale", "xenia")


class Question:
    """A case whose owner has asked billing something; the specialist whom it is offered to is known."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.case_id, self.owner = owned(live)
        asked = live.act(self.case_id, self.owner, "hand_off", team="billing", question="Was it settled?")
        assert asked.status_code == 200, asked.text
        self.id = asked.json()["handoffs"][-1]["handoff_id"]
        self.path = f"/v1/handoffs/{self.id}"
        eventually(lambda: self.offered_to() is not None)

    def offered_to(self) -> str | None:
        shown = self.live.ask("GET", self.path, "operator")
        offer = shown.json()["offered_to"] if shown.status_code == 200 else None
        return offer["person"] if offer else None

    @property
    def specialist(self) -> str:
        """Whom it is offered to."""
        person = self.offered_to()
        assert person is not None
        return person

    def act(self, who: str, kind: str, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
        body = {"kind": kind, **fields}
        return self.live.ask("POST", f"{self.path}/actions", who, json=body, headers=headers or {})

    def mirror(self) -> dict[str, Any]:
        """As its case shows it."""
        handoffs = self.live.ask("GET", f"/v1/cases/{self.case_id}", "operator").json()["handoffs"]
        return next(one for one in handoffs if one["handoff_id"] == self.id)

    def listed(self, who: str, **query: Any) -> bool:
        answer = self.live.ask("GET", "/v1/handoffs", who, params={"case_id": self.case_id, **query})
        assert answer.status_code == 200, answer.text
        return self.id in [item["handoff_id"] for item in answer.json()["items"]]


@pytest.fixture
def question(live: Live) -> Question:
    return Question(live)


def test_a_question_is_offered_accepted_asked_back_and_answered(live: Live, question: Question):
    person = question.specialist
    assert person in TEAM
    accepted = question.act(person, "accept")
    assert accepted.status_code == 200, accepted.text
    view = accepted.json()
    assert (view["status"], view["specialist"], view["as_of"]) == ("accepted", person, None)
    assert view["allowed"] == ["decline", "answer", "ask_back"]

    assert question.act(person, "ask_back", text="Which one?").json()["asks"] == "Which one?"
    eventually(lambda: question.mirror()["asks"] == "Which one?")
    back = live.act(question.case_id, question.owner, "answer_back", handoff_id=question.id, text="The second.")
    assert back.status_code == 200, back.text
    eventually(lambda: live.ask("GET", question.path, person).json()["status"] == "accepted")

    answered = question.act(person, "answer", text="On 3 March.")
    assert (answered.status_code, answered.json()["status"]) == (200, "answered")
    eventually(lambda: question.mirror()["answer"] == "On 3 March.")
    eventually(lambda: question.listed(person, status="answered") and not question.listed(person))
    brief = live.ask("GET", f"/v1/cases/{question.case_id}/brief", question.owner).json()
    assert any("On 3 March." in line["text"] for line in brief["specialists"])


def test_who_declines_is_not_asked_again(question: Question):
    first = question.specialist
    assert question.act(first, "decline", reason="Not my field").status_code == 200
    eventually(lambda: question.offered_to() not in (None, first))
    again = question.act(first, "decline", reason="Still not")
    assert (again.status_code, again.json()["code"]) == (409, "no_offer")


def test_a_refusal_is_a_problem_with_its_code(question: Question):
    person = question.specialist
    other = next(name for name in TEAM if name != person)
    refused = question.act(other, "accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "offered_to_other")
    assert refused.json()["type"] == "urn:caseladder:problem:offered_to_other"
    assert question.act(person, "answer", text="Yes").json()["code"] == "not_accepted"
    assert question.act(person, "accept").status_code == 200
    wrong = question.act(person, "answer", text="Yes", handoff_id=f"{question.case_id}-99")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "no_hand_off")


def test_what_is_over_can_be_read_and_no_longer_changed(question: Question):
    person = question.specialist
    question.act(person, "accept")
    event: dict[str, Any] = {"text": "Yes", "id": str(uuid4())}
    assert question.act(person, "answer", **event).status_code == 200
    again = question.act(person, "answer", **event)
    assert again.status_code == 200 or again.json()["code"] == "hand_off_over", again.text
    eventually(lambda: question.mirror()["status"] == "answered")
    late = question.act(person, "decline", reason="Too late")
    assert (late.status_code, late.json()["code"]) == (409, "hand_off_over"), late.text
    assert question.live.ask("GET", question.path, person).json()["answer"] == "Yes"


def test_respond_async_is_taken_at_once(question: Question):
    person = question.specialist
    sent = question.act(person, "accept", headers={"Prefer": "respond-async"})
    assert (sent.status_code, sent.json()["handoff_id"]) == (202, question.id)
    assert sent.headers["preference-applied"] == "respond-async"
    eventually(lambda: question.live.ask("GET", question.path, person).json()["specialist"] == person)


def test_team_owner_and_those_above_read_it_and_others_do_not(live: Live, question: Question):
    person = question.specialist
    eventually(lambda: question.listed("operator"))
    for who in (*TEAM, "bea", "nils", "operator", question.owner, "ben"):
        assert live.ask("GET", question.path, who).status_code == 200, who
        assert question.listed(who), who
    for who in ("grace", "zofia"):
        for answer in (live.ask("GET", question.path, who), question.act(who, "accept")):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), answer.text
            assert person not in answer.json()["detail"]
        assert not question.listed(who)
    assert live.ask("GET", question.path, "service").status_code == 403


def test_mine_are_those_that_wait_for_me(question: Question):
    person = question.specialist
    other = next(name for name in TEAM if name != person)
    eventually(lambda: question.listed(person, mine=True))
    assert question.listed("operator", person=person, team="billing", status="offered")
    assert not question.listed(other, mine=True)
    assert not question.listed("bea", mine=True)
    assert not question.listed(question.owner, mine=True)


def test_who_is_asked_may_read_the_case_while_they_are(live: Live, question: Question):
    person = question.specialist
    other = next(name for name in TEAM if name != person)
    path = f"/v1/cases/{question.case_id}"
    cases = {"params": {"text": "Charged twice", "limit": 200}}

    def listed(who: str) -> bool:
        return question.case_id in [
            item["case_id"] for item in live.ask("GET", "/v1/cases", who, **cases).json()["items"]
        ]

    for part in ("", "/timeline", "/brief"):
        assert live.ask("GET", path + part, person).status_code == 200, part
        assert live.ask("GET", path + part, other).status_code == 403, part
    assert (listed(person), listed(other)) == (True, False)
    question.act(person, "accept")
    assert live.ask("GET", path, person).status_code == 200
    question.act(person, "answer", text="Yes")
    eventually(lambda: live.ask("GET", path, person).status_code == 403)


def test_unknown_hand_offs_are_404(live: Live):
    for path in ("/v1/handoffs/shop-aaaaaaaaaa-1", "/v1/handoffs/nonsense"):
        for answer in (
            live.ask("GET", path, "operator"),
            live.ask("POST", f"{path}/actions", "vera", json={"kind": "accept"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_hand_off"), answer.text


# Without Temporal


@pytest.fixture
def recorded(records: Records) -> Asking:
    """A hand-off that the records know."""
    asked = Asking(plan())
    asked.asked(records)
    commit: Commit = asked.cut()
    records.write(commit, words(commit))
    return asked


async def test_what_the_records_know_is_read_from_them_and_says_as_of_when(http: httpx.AsyncClient, recorded: Asking):
    shown = await http.get(f"/v1/handoffs/{recorded.handoff_id}", headers=OPERATOR)
    assert shown.status_code == 200, shown.text
    view = shown.json()
    assert (view["status"], view["question"]) == ("offered", "Was the second invoice paid?")
    assert view["offered_to"] == {"person": "vera", "queue": None}
    assert view["as_of"] is not None
    page = (await http.get("/v1/handoffs", headers=OPERATOR)).json()
    assert ([item["person"] for item in page["items"]], page["next"]) == (["vera"], None)


async def test_what_needs_the_workflow_is_503_with_retry_after(http: httpx.AsyncClient, recorded: Asking):
    for answer in (
        await http.get("/v1/handoffs/shop-aaaaaaaaaa-1", headers=OPERATOR),
        await http.post(
            f"/v1/handoffs/{recorded.handoff_id}/actions", headers=bearer("vera", Role.AGENT), json={"kind": "accept"}
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "temporal_away"), answer.text
        assert int(answer.headers["retry-after"]) > 0


async def test_customers_never_see_hand_offs(http: httpx.AsyncClient, recorded: Asking):
    customer = bearer("c-1", Role.CUSTOMER)
    for path in ("/v1/handoffs", f"/v1/handoffs/{recorded.handoff_id}", f"/v1/cases/{recorded.view.case_id}"):
        assert (await http.get(path, headers=customer)).status_code == 403, path


@pytest.mark.parametrize("query", [{"status": "open"}, {"limit": 0}, {"cursor": "x"}, {"colour": "red"}])
async def test_a_query_that_is_wrong_names_its_parameter(http: httpx.AsyncClient, query: dict[str, Any]):
    answer = await http.get("/v1/handoffs", headers=ANA, params=query)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].split(".")[0] == f"?{next(iter(query))}"
