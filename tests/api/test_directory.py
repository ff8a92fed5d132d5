"""`/v1/directory`: who may see and change what, what is wrong with what is sent, and what the cases hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.examples import AWAY, CHANGE, PERSON
from cases.people import Person
from cases.words import Role
from policies.shifts import content, ours
from records import Records
from tests.api.conftest import ANA, OPERATOR, SERVICE, Live, bearer, owned
from tests.api.live import eventually

QUINN, SVEN, TARA = bearer("quinn", Role.AGENT), bearer("sven", Role.AGENT), bearer("tara", Role.AGENT)
MARA = bearer("mara", Role.AGENT)  # a supervisor
PEOPLE = "/v1/directory/people"


@pytest.fixture(autouse=True)
def calendars(request: pytest.FixtureRequest) -> None:
    """A worker has kept ours."""
    if "http" in request.fixturenames:
        records: Records = request.getfixturevalue("records")
        records.keep_calendars(content(ours()))


async def code_of(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["code"]


async def test_staff_see_who_is_there_and_services_do_not(http: httpx.AsyncClient) -> None:
    everybody = (await http.get("/v1/directory", headers=ANA)).json()
    ids = [person["id"] for person in everybody["items"]]
    assert ids == sorted(ids)
    assert everybody["next"] is None
    ana = next(person for person in everybody["items"] if person["id"] == "ana")
    assert (ana["rung"], ana["on_shift"], ana["load"], ana["absences"]) == ("agent", True, 0, [])
    assert await code_of(await http.get("/v1/directory", headers=SERVICE), 403) == "forbidden"


async def test_the_list_is_narrowed_and_paged(http: httpx.AsyncClient, records: Records) -> None:
    records.change_person("ana", lambda ana: ana.model_copy(update={"available": False}), datetime.now(UTC))

    async def listed(**asked: Any) -> list[str]:
        page = (await http.get("/v1/directory", headers=OPERATOR, params=asked)).json()
        return [person["id"] for person in page["items"]]

    assert await listed(team="cards", rung="agent") == ["ana", "ben", "chloe", "dmitri"]
    assert await listed(team="cards", rung="agent", on_shift=True) == ["ben", "chloe", "dmitri"]
    assert await listed(on_shift=False) == ["ana"]
    page = (await http.get("/v1/directory", headers=OPERATOR, params={"limit": 2})).json()
    assert [person["id"] for person in page["items"]] == ["aldo", "ana"]
    assert await listed(limit=1, cursor=page["next"]) == ["bea"]
    assert await code_of(await http.get("/v1/directory", headers=OPERATOR, params={"rung": "king"}), 422)


async def test_examples_are_taken_and_somebody_new_is_created(http: httpx.AsyncClient) -> None:
    new = await http.put(f"{PEOPLE}/nina", headers=OPERATOR, json=PERSON)
    assert new.status_code == 201, new.text
    assert new.json() == {"id": "nina", "available": True, "load": 0, "absences": [], **PERSON} | {
        "on_shift": new.json()["on_shift"]
    }
    assert (await http.put(f"{PEOPLE}/nina", headers=OPERATOR, json=PERSON)).status_code == 200
    changed = await http.patch(f"{PEOPLE}/nina", headers=OPERATOR, json=CHANGE)
    assert (changed.json()["capacity"], changed.json()["shift"], changed.json()["name"]) == (
        10,
        "uk-office",
        "Ana Ruiz",
    )
    away = await http.post(f"{PEOPLE}/nina/absences", headers=OPERATOR, json=AWAY)
    assert away.status_code == 201, away.text
    shown = (await http.get(f"{PEOPLE}/nina", headers=ANA)).json()
    assert shown["absences"] == [away.json()]
    assert (shown["absences"][0]["from"], shown["absences"][0]["recorded_by"]) == (AWAY["from"], "op")


async def test_who_leaves_is_not_found_and_not_let_in_any_more(http: httpx.AsyncClient) -> None:
    assert (await http.delete(f"{PEOPLE}/ana", headers=OPERATOR)).status_code == 204
    assert await code_of(await http.get(f"{PEOPLE}/ana", headers=OPERATOR), 404) == "unknown_person"
    assert await code_of(await http.delete(f"{PEOPLE}/ana", headers=OPERATOR), 404) == "unknown_person"
    assert await code_of(await http.get("/v1/cases", headers=ANA), 403) == "forbidden"


async def test_an_absence_begins_now_and_ends_when_it_is_taken_back(http: httpx.AsyncClient) -> None:
    absence = (await http.post(f"{PEOPLE}/ana/absences", headers=ANA, json={})).json()
    assert absence["until"] is None
    assert not (await http.get(f"{PEOPLE}/ana", headers=ANA)).json()["on_shift"]
    path = f"{PEOPLE}/ana/absences/{absence['id']}"
    assert (await http.delete(path, headers=ANA)).status_code == 204
    assert (await http.get(f"{PEOPLE}/ana", headers=ANA)).json()["on_shift"]
    assert await code_of(await http.delete(path, headers=ANA), 404) == "unknown_absence"
    assert await code_of(await http.delete(f"{PEOPLE}/ana/absences/soon", headers=ANA), 404) == "unknown_absence"


@pytest.mark.parametrize(
    ("who", "method", "path", "body"),
    [
        (ANA, "PATCH", "ben", {"capacity": 1}),
        (MARA, "PATCH", "ben", {"capacity": 1}),  # supervisors record nothing but their own absences
        (ANA, "POST", "ben/absences", {}),
        (MARA, "DELETE", "ben", None),
        (QUINN, "PATCH", "quinn", {"authority": 10}),  # nobody changes themselves
        (QUINN, "PATCH", "elif", {"capacity": 1}),  # of another team
        (QUINN, "PATCH", "tara", {"capacity": 1}),  # above
        (QUINN, "PATCH", "ben", {"rung": "executive"}),
        (QUINN, "PATCH", "ben", {"teams": ["lending"]}),
        (QUINN, "PATCH", "ben", {"authority": 100_001}),
        (QUINN, "PATCH", "ben", {"authority": None}),
        (QUINN, "PUT", "nina", {"name": "Nina", "rung": "executive", "teams": ["cards"]}),
    ],
)
async def test_who_may_not_is_told_so(
    http: httpx.AsyncClient, records: Records, who: dict[str, str], method: str, path: str, body: Any
) -> None:
    before = records.people()
    assert await code_of(await http.request(method, f"{PEOPLE}/{path}", headers=who, json=body), 403) == "forbidden"
    assert records.people() == before


@pytest.mark.parametrize(
    ("who", "method", "path", "body"),
    [
        (QUINN, "PATCH", "ben", {"authority": 100_000, "rung": "supervisor"}),
        (QUINN, "POST", "quinn/absences", {}),
        (QUINN, "POST", "ben/absences", {}),
        (SVEN, "PATCH", "elif", {"capacity": 1}),  # a manager without teams is of every line
        (TARA, "DELETE", "sven", None),
        (MARA, "POST", "mara/absences", {"from": "2026-12-24T08:00:00+01:00"}),
        (QUINN, "PUT", "nina", {"name": "Nina", "rung": "agent", "teams": ["cards"]}),
    ],
)
async def test_who_may_does(
    http: httpx.AsyncClient, who: dict[str, str], method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = await http.request(method, f"{PEOPLE}/{path}", headers=who, json=body)
    assert answer.is_success, answer.text


@pytest.mark.parametrize(
    ("path", "body", "field", "said"),
    [
        ("ana", {"capacity": -1}, "capacity", "0 or more"),
        ("ana", {"rung": "king"}, "rung", "'agent'"),
        ("ana", {"nickname": "A"}, "nickname", "leave it out"),
        ("ana", {"id": "ben"}, "id", "path"),
        ("ana", {"shift": "uk-ofice"}, "shift", "'uk-office'"),
        ("ana", {"shift": 3}, "shift", "zone and hours"),
        ("ana", {"shift": {"zone": "Europe/Lodnon", "hours": {"mon": ["09:00-17:00"]}}}, "shift.zone", "London"),
        ("ana", {"shift": {"zone": "UTC", "hours": {"mon": ["9-5"]}}}, "shift.hours.mon[0]", "09:00"),
        ("ana/absences", {"until": "2020-01-01T00:00:00Z"}, "body", "after"),
        ("ana/absences", {"from": "2026-12-24T08:00:00"}, "from", "time zone"),
        ("ana/absences", {"reason": "ill"}, "reason", "leave it out"),
    ],
)
async def test_every_mistake_names_its_field_and_a_remedy(
    http: httpx.AsyncClient, path: str, body: Any, field: str, said: str
) -> None:
    method = "POST" if path.endswith("absences") else "PATCH"
    answer = await http.request(method, f"{PEOPLE}/{path}", headers=OPERATOR, json=body)
    assert await code_of(answer, 422) == "unprocessable"
    (fault,) = answer.json()["errors"]
    assert fault["field"] == field
    assert said in fault["problem"] + fault["remedy"]


async def test_the_document_says_what_is_sent(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    sent = schemas["PersonSent"]["properties"]
    assert sent.keys() == Person.model_fields.keys() - {"id"}
    assert schemas["PersonSent"]["required"] == ["name", "rung"]
    assert schemas["Away"]["properties"].keys() == {"from", "until"}
    put = document["paths"][PEOPLE + "/{person_id}"]["put"]
    assert put["requestBody"]["content"]["application/json"]["examples"]["example"]["value"] == PERSON


@pytest.fixture
def absent(live: Live) -> Iterator[list[str]]:
    """Who was made absent in a test is there again after it."""
    people: list[str] = []
    yield people
    for person in people:
        for absence in live.ask("GET", f"{PEOPLE}/{person}", "operator").json()["absences"]:
            live.ask("DELETE", f"{PEOPLE}/{person}/absences/{absence['id']}", "operator")


def test_what_an_absent_owner_has_is_offered_to_somebody_else_within_seconds(live: Live, absent: list[str]) -> None:
    case_id, person = owned(live)
    absent.append(person)
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert live.ask("POST", f"{PEOPLE}/{person}/absences", person, json={"until": until}).status_code == 201

    def offer() -> dict[str, Any]:
        return live.ask("GET", f"/v1/cases/{case_id}", "operator").json()["offer"] or {}

    eventually(lambda: "owner_unavailable" in offer().get("reasons", ()) and offer()["to"]["person"], within_s=20)
    assert offer()["to"]["person"] != person
