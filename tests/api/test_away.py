"""What the API answers while something that it needs is away."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.settings import Settings, SettingsError, read
from cases.commit import Commit
from cases.complaint import Complaint
from cases.plan import Plan
from cases.words import Role
from records import Records
from starter.stack.server import binary
from starter.tokens import mint_link
from tests.api.conftest import ANA, KEY, OPERATOR, SERVICE, Live, bearer, complaint
from tests.samples import ANA as ANA_OF_THE_CASE
from tests.samples import Played, plan
from workflows.indexed import SEARCH_ATTRIBUTES

OLDER = {"Cache-Control": "max-stale"}


@pytest.fixture
def recorded(records: Records) -> Played:
    """A case that the records know."""
    return kept(records, Played())


def kept(records: Records, played: Played) -> Played:
    """The same case, written to the records."""
    entries = tuple(played.case.timeline())
    said = Complaint.model_validate(played.case.snapshot()["complaint"])
    records.write(Commit(view=played.view, entries=entries, notices=(), complaint=said), {})
    return played


async def test_healthz_answers_and_readyz_says_what_is_away(http: httpx.AsyncClient, no_temporal: str):
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    ready = await http.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["code"] == "temporal_away"
    assert no_temporal in ready.json()["detail"]


async def test_what_needs_temporal_is_503_with_retry_after_and_the_address(http: httpx.AsyncClient, no_temporal: str):
    path = "/v1/cases/shop-aaaaaaaaaa"
    for answer in (
        await http.post("/v1/cases", headers=SERVICE, json=complaint()),
        await http.post(f"{path}/actions", headers=ANA, json={"kind": "claim"}),
        await http.post(f"{path}/requests", headers=SERVICE, json={"kind": "withdraw"}),
        await http.get(path, headers=OPERATOR),
        await http.get(f"{path}/timeline", headers=OPERATOR),
        await http.get(f"{path}/brief", headers=OPERATOR),
    ):
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["code"] == "temporal_away"
        assert no_temporal in answer.json()["detail"]


@pytest.mark.parametrize(
    ("person", "of", "status"),
    [("grace", plan(), 403), ("ben", plan(), 503), ("mara", plan(), 503), ("grace", None, 503)],
)
async def test_only_who_may_read_a_case_gets_as_far_as_temporal_once_its_team_is_known(
    http: httpx.AsyncClient, records: Records, person: str, of: Plan | None, status: int
):
    path = f"/v1/cases/{kept(records, Played(of)).case.case_id}/actions"
    answer = await http.post(path, headers=bearer(person, Role.AGENT), json={"kind": "note", "text": "Seen"})
    assert answer.status_code == status, answer.text


async def test_what_the_records_know_is_read_from_them_and_says_as_of_when(http: httpx.AsyncClient, recorded: Played):
    path = f"/v1/cases/{recorded.case.case_id}"
    unsure = await http.get(path, headers=OPERATOR)  # only Temporal knows whether the records have all of it
    assert (unsure.status_code, unsure.json()["code"]) == (503, "temporal_away")
    view = (await http.get(path, headers=OPERATOR | OLDER)).json()
    assert view["version"] == recorded.case.version
    assert abs(datetime.fromisoformat(view["as_of"]) - datetime.now(UTC)).total_seconds() < 60
    assert view["allowed"] == []
    timeline = (await http.get(f"{path}/timeline", headers=OPERATOR)).json()
    assert [entry["n"] for entry in timeline["entries"]] == list(range(1, recorded.case.version + 1))
    assert [item["case_id"] for item in (await http.get("/v1/cases", headers=OPERATOR)).json()["items"]] == [
        recorded.case.case_id
    ]


async def test_a_customer_reads_what_the_records_know_and_what_they_send_meanwhile_is_not_lost(
    http: httpx.AsyncClient, recorded: Played
):
    case_id, same = recorded.case.case_id, "0b2f1f6e-3c3d-4a43-9a4a-0d4f3b8f9c11"
    headers = {"Cookie": f"complaint={mint_link(KEY, case_id, timedelta(minutes=1))}", "Origin": "http://api"}
    page = await http.get(f"/complaints/{case_id}", headers=headers)
    assert (page.status_code, "This is how it stood on" in page.text) == (200, True)
    assert "<form" not in page.text
    form = {"kind": "message", "text": "My words", "id": same}
    sent = await http.post(f"/complaints/{case_id}", headers=headers, data=form)
    assert (sent.status_code, "please send it again in a minute" in sent.text) == (503, True)
    assert "My words</textarea>" in sent.text
    assert same in sent.text  # It may have been done: with the same id, it is done once.


async def test_the_reference_of_an_erased_case_is_taken_and_the_answer_says_by_what(
    http: httpx.AsyncClient, records: Records, recorded: Played
):
    case_id = recorded.case.case_id
    assert records.erase_case(case_id, datetime.now(UTC)) is not None
    again = await http.post("/v1/cases", headers=SERVICE, json=complaint(reference="order-1042"))
    assert (again.status_code, again.json()["code"]) == (409, "reference_taken"), again.text
    assert case_id in again.json()["detail"]
    assert "which was erased. Send this one under a reference of its own." in again.json()["detail"]
    assert "another complaint" not in again.json()["detail"]


@pytest.mark.parametrize(("headers", "shown"), [(OPERATOR, True), (bearer("ana", Role.AGENT), True), (SERVICE, False)])
async def test_the_conduct_record_is_for_staff_also_when_the_records_answer(
    http: httpx.AsyncClient, records: Records, headers: dict[str, str], shown: bool
):
    played = Played(plan())
    played.do("claim", ANA_OF_THE_CASE)
    played.do("warn", ANA_OF_THE_CASE, text="Please do not shout.")
    played.do("report_threat", ANA_OF_THE_CASE, text="They shout that they wait outside.")
    view = (await http.get(f"/v1/cases/{kept(records, played).case.case_id}", headers=headers | OLDER)).json()
    assert (view["conduct"] is not None) == shown
    assert ("shout" in str(view)) == shown
    assert ("safety" in {clock["name"] for clock in view["clocks"]}) == shown


@pytest.fixture
def idle(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A namespace of the running server that no worker works for."""
    where = ("--address", live.stack.addresses.temporal, "--namespace", "idle")
    attributes = [part for name, kind in SEARCH_ATTRIBUTES.items() for part in ("--name", name, "--type", kind)]
    for command in (("namespace", "create"), ("search-attribute", "create", *attributes)):
        subprocess.run([binary(), "operator", *command, *where], check=True, timeout=20)
    monkeypatch.setenv("TEMPORAL_ADDRESS", live.stack.addresses.temporal)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "idle")


@pytest.fixture
async def no_worker(idle: None, settings: Settings, records: Records) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
        yield http


async def test_without_a_worker_cases_are_opened_and_read_from_the_records(
    no_worker: httpx.AsyncClient, recorded: Played
):
    said = complaint(reference="order-1042")  # the reference of the case that is recorded, so that both are known
    new, ready = await asyncio.gather(
        no_worker.post("/v1/cases", headers=SERVICE, json=complaint()), no_worker.get("/readyz")
    )
    assert (new.status_code, new.json()["status"], new.json()["as_of"]) == (201, "opening", None)
    assert new.json()["allowed"] == ["message", "withdraw"]
    assert (ready.status_code, ready.json()["code"]) == (503, "worker_away")

    path = f"/v1/cases/{recorded.case.case_id}"
    view, timeline, other, unrecorded = await asyncio.gather(
        no_worker.get(path, headers=OPERATOR),
        no_worker.get(f"{path}/timeline", headers=OPERATOR),
        no_worker.post("/v1/cases", headers=SERVICE, json=said),
        no_worker.get(new.headers["location"], headers=OPERATOR),
    )
    assert view.json()["as_of"] is not None
    assert len(timeline.json()["entries"]) == recorded.case.version
    assert (other.status_code, other.json()["code"]) == (409, "reference_taken")
    assert (unrecorded.status_code, unrecorded.json()["code"]) == (503, "worker_away")


async def test_without_tables_the_records_are_away(settings: Settings, no_temporal: str):
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
        answer = await http.get("/v1/cases", headers=OPERATOR)
        assert answer.status_code == 503
        assert answer.json()["code"] == "records_away"
        assert "records.db" in answer.json()["detail"]
        assert (await http.get("/readyz")).json()["code"] == "records_away"
        assert (await http.get("/healthz")).status_code == 200


def test_settings_name_every_variable_that_is_missing_or_wrong(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"CASELADDER_DATABASE_URL: is not set; CASELADDER_KEY_FILE: is not set"):
        read({})
    known = {"CASELADDER_DATABASE_URL": "sqlite://", "CASELADDER_KEY_FILE": str(tmp_path / "none")}
    with pytest.raises(SettingsError, match="CASELADDER_API_PORT"):
        read({**known, "CASELADDER_API_PORT": "high"})
    with pytest.raises(SettingsError, match=r"CASELADDER_KEY_FILE: .*none cannot be read"):
        create_app(read(known))
    (tmp_path / "short").write_text("secret")
    with pytest.raises(SettingsError, match="shorter than 32 bytes"):
        create_app(read({**known, "CASELADDER_KEY_FILE": str(tmp_path / "short")}))
    with pytest.raises(SettingsError, match="CASELADDER_DATABASE_URL"):
        create_app(read({**known, "CASELADDER_DATABASE_URL": "nonsense"}))
