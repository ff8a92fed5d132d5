"""`POST /v1/customers/{id}/erase`: by operators only, and what became of each part is in the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from records import Erasure, Records
from tests.api.conftest import ANA, OPERATOR, SERVICE, Live, owned
from tests.api.live import eventually

WHO = "robin+test@example.org/1"
PATH = "/v1/customers/robin%2Btest%40example.org%2F1/erase"


def erased(live: Live) -> dict[str, Any]:
    answer = live.ask("POST", PATH, "operator")
    assert answer.status_code == 200, answer.text
    Erasure.model_validate(answer.json())
    return answer.json()


def test_an_archived_case_is_erased_and_an_open_one_waits(live: Live) -> None:
    customer = {"id": WHO, "name": "Robin", "contact": "robin@example.org"}
    over, person = owned(live, customer=customer, text="It was Robin.")
    waiting, _ = owned(live, customer=customer)
    assert live.act(over, person, "resolve", text="Done, Robin.").status_code == 200
    assert live.request(over, "accept_resolution").status_code == 200
    eventually(lambda: live.ask("GET", f"/v1/cases/{over}", "operator").json()["status"] == "archived")
    # Archived is what the case says a moment before its workflow ends.
    answers: list[dict[str, Any]] = []
    eventually(lambda: answers.append(erased(live)) or bool(answers[-1]["erased"]))
    answer = answers[-1]
    assert [each["case_id"] for each in answer["erased"]] == [over]
    assert [(each["case_id"], each["why"]) for each in answer["waiting"]] == [
        (waiting, "it is open, and keeps its text until it is archived")
    ]
    assert (answer["customer_id"], answer["done"], answer["kept"]) == (WHO, False, [])
    shown = live.ask("GET", "/v1/cases?status=archived&limit=200", "operator").json()["items"]
    view = next(each for each in shown if each["case_id"] == over)
    assert (view["customer"]["id"], view["resolution"], view["reference"]) == ("(erased)", None, over)
    assert view["erased_at"]
    assert "Robin" not in str(view)
    assert live.ask("GET", f"/v1/cases/{waiting}", "operator").json()["customer"] == customer | {"zone": None}
    again = erased(live)
    assert (again["erased"], again["waiting"]) == ([], answer["waiting"])


def test_what_is_erased_is_not_told_though_temporal_still_has_it(live: Live) -> None:
    case_id, _ = owned(live, text="It was Robin.")
    path = f"/v1/cases/{case_id}"
    assert "Robin" in live.ask("GET", f"{path}/brief", "operator").text
    # In the records alone: Temporal keeps the case, as it does for some seconds after it has promised to delete it.
    with Records(live.stack.settings["CASELADDER_DATABASE_URL"]) as records:
        assert records.erase_case(case_id, datetime.now(UTC)) is not None
    view, entries, brief = (live.ask("GET", f"{path}{part}", "operator") for part in ("", "/timeline", "/brief"))
    assert view.json()["erased_at"]
    assert view.json()["customer"]["id"] == "(erased)"
    assert {entry["text"] for entry in entries.json()["entries"]} == {""}
    assert (brief.status_code, brief.json()["code"]) == (409, "archived")


def test_of_an_unknown_customer_the_answer_says_so(live: Live) -> None:
    answer = live.ask("POST", "/v1/customers/c-nobody/erase", "operator").json()
    assert (answer["done"], answer["known"]) == (True, False)


@pytest.mark.parametrize("who", [SERVICE, ANA])
async def test_only_operators_erase(http: httpx.AsyncClient, who: dict[str, str]) -> None:
    refused = await http.post("/v1/customers/c-1/erase", headers=who)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_nothing_is_erased_when_nobody_has_said_what_must_be_kept(
    http: httpx.AsyncClient, records: Records
) -> None:
    unsaid = await http.post("/v1/customers/c-1/erase", headers=OPERATOR)
    assert (unsaid.status_code, unsaid.json()["code"]) == (409, "no_retention")
    assert "start one" in unsaid.json()["detail"]
    assert records.open_erasures() == []
