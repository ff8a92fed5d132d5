"""`GET /metrics`: what it says, of whom it says nothing, and that `ops/` and docs/metrics.md ask for no more."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from api.metering import FIGURES
from records import Records
from tests import watching
from tests.api.conftest import ANA, OPERATOR, Live, owned
from tests.api.live import ROOT
from tests.api.test_away import kept
from tests.samples import Played, plan
from workflows.encryption import MISSING_KEYS
from workflows.metering import LATENESS

PAGE = ROOT / "docs" / "metrics.md"


async def figures(http: httpx.AsyncClient) -> dict[str, float]:
    """Each line of a scrape."""
    answer = await http.get("/metrics")
    assert answer.status_code == 200
    return read(answer.text)


def read(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
def recorded(records: Records) -> Played:
    return kept(records, Played(plan()))


async def test_how_things_stand_comes_from_the_records_and_needs_no_token(
    http: httpx.AsyncClient, records: Records, recorded: Played
) -> None:
    records.keep_destinations({"gateway": None}, datetime.now(UTC))
    said = await figures(http)
    assert said['caseladder_open_cases{rung="agent",team="cards"}'] == 1
    assert said['caseladder_waiting_effects{destination="gateway"}'] == 0
    assert said["caseladder_records_counted"] == 1
    assert {part: said[f'caseladder_up{{part="{part}"}}'] for part in ("records", "temporal", "worker", "keys")} == {
        "records": 1,
        "temporal": 0,
        "worker": 0,
        "keys": 1,
    }


async def test_refusals_are_counted_by_code_and_requests_by_the_template_of_their_route(
    http: httpx.AsyncClient,
) -> None:
    await http.get("/v1/cases")
    await http.get("/v1/cases/shop-aaaaaaaaaa", headers=OPERATOR)
    await http.request("BREW", "/v1/cases/shop-aaaaaaaaaa", headers=ANA)
    await http.get("/wp-admin/shop-aaaaaaaaaa")
    said = await figures(http)
    assert said['caseladder_api_refusals_total{code="unauthenticated"}'] == 1
    assert said['caseladder_api_refusals_total{code="unknown_path"}'] == 1
    counted = "caseladder_api_request_seconds_count"
    assert said[f'{counted}{{method="GET",route="/v1/cases/{{case_id}}",status="5xx"}}'] == 1
    assert said[f'{counted}{{method="GET",route="/v1/cases",status="4xx"}}'] == 1
    assert said[f'{counted}{{method="GET",route="none",status="4xx"}}'] == 1
    assert [name for name in said if 'method="other"' in name and "count" in name]
    assert not [name for name in said if "aaaaaaaaaa" in name or "BREW" in name]


async def test_a_mistake_of_ours_is_counted_as_one(app: FastAPI, http: httpx.AsyncClient) -> None:
    async def break_() -> None:
        raise ZeroDivisionError

    app.add_api_route("/broken", break_)
    await http.get("/broken")
    said = await figures(http)
    assert said['caseladder_api_refusals_total{code="broken"}'] == 1
    assert said['caseladder_api_request_seconds_count{method="GET",route="/broken",status="5xx"}'] == 1


def test_no_figure_says_anything_of_one_case_or_person(live: Live) -> None:
    case_id, person = owned(live, customer={"id": "c-77231", "name": "Rosalind"}, product="Gold card")
    live.act(case_id, "grace", "claim")
    text = live.http.get("/metrics").text
    assert 'route="/v1/cases/{case_id}/actions"' in text
    for word in (case_id, person, "grace", "c-77231", "Rosalind", "Gold card", "shop"):
        assert not re.search(rf'="[^"]*\b{re.escape(word)}\b', text), word


def test_all_that_ops_asks_the_api_for_is_served_with_those_labels(live: Live) -> None:
    served = set(re.findall(r"^# TYPE (\w+) ", live.http.get("/metrics").text, re.M))
    labels = {figure.name: set(figure.labels) for figure in FIGURES if figure.name in served}
    of_the_api = [it for it in watching.asked() if not watching.WORKERS.fullmatch(it.name)]
    assert len(of_the_api) > 20
    for where, name, chosen in of_the_api:
        if name not in watching.OF_PROMETHEUS:
            figure = re.sub("_(bucket|count|sum)$", "", name)
            assert figure in labels, (where, name)
            assert chosen <= labels[figure] | watching.ADDED_BY_PROMETHEUS, (where, name)


def test_what_is_served_is_what_the_code_says_with_these_labels(live: Live) -> None:
    owned(live)
    text = live.http.get("/metrics").text
    typed = dict(re.findall(r"^# TYPE (caseladder_\w+) (\w+)$", text, re.M))
    assert typed == {figure.name: figure.kind for figure in FIGURES}
    labels = {figure.name: set(figure.labels) for figure in FIGURES}
    for name, found in watching.samples(text).items():
        if name.startswith("caseladder_"):
            assert found - {"le"} == labels[re.sub("_(bucket|count|sum)$", "", name)], name


def test_the_page_has_every_figure_as_the_code_has_it() -> None:
    rows = re.findall(r"^\| `(caseladder_\w+)` \| (\w+) \| (.*?) \| (.+?) \|$", PAGE.read_text(), re.M)
    written = {name: (kind, set(re.findall(r"`(\w+)`", labels)), said) for name, kind, labels, said in rows}
    assert len(written) == len(rows)
    coded = {figure.name: (figure.kind, set(figure.labels), figure.meaning) for figure in FIGURES}
    assert {name: row for name, row in written.items() if name in coded} == coded
    assert written.keys() - coded.keys() == {LATENESS, MISSING_KEYS}
