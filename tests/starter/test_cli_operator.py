"""`caseladder operator`: a namespace is made fit for cases, and the saved views are queries that the server takes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from starter.cli import saved
from starter.stack import Stack
from tests.samples import complaint
from tests.starter.conftest import Ended, Run, opened
from tests.temporal import program
from workflows.client import CaseClient, Unprepared, connect
from workflows.indexed import SEARCH_ATTRIBUTES


@pytest.fixture
async def bare() -> AsyncIterator[WorkflowEnvironment]:
    """A server whose namespace knows no search attributes of ours."""
    async with await WorkflowEnvironment.start_local(  # pyright: ignore[reportUnknownMemberType] -- the SDK's own hole
        dev_server_existing_path=str(program("temporal")), dev_server_log_level="error"
    ) as env:
        yield env


def address(env: WorkflowEnvironment) -> dict[str, str]:
    return {"TEMPORAL_ADDRESS": env.client.service_client.config.target_host}


def standing(ended: Ended) -> dict[str, str]:
    return {each["name"]: each["standing"] for each in json.loads(ended.out)["attributes"]}


async def add(env: WorkflowEnvironment, **attributes: IndexedValueType.ValueType) -> None:
    request = AddSearchAttributesRequest(namespace="default", search_attributes=attributes)
    await env.client.operator_service.add_search_attributes(request)


async def test_registering_makes_a_namespace_fit_and_again_changes_nothing(
    bare: WorkflowEnvironment, here: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TEMPORAL_ADDRESS", address(bare)["TEMPORAL_ADDRESS"])
    with pytest.raises(Unprepared, match="caseladder operator register"):
        await CaseClient(await connect()).open(complaint())
    lacking = await asyncio.to_thread(here, "operator", "check", env=address(bare))
    assert lacking.code == 1
    assert "CaseStatus is missing" in lacking.out

    made = await asyncio.to_thread(here, "operator", "register", "--json", env=address(bare))
    assert made.code == 0, made.err
    assert standing(made) == dict.fromkeys(SEARCH_ATTRIBUTES, "created")
    again = await asyncio.to_thread(here, "operator", "register", "--json", env=address(bare))
    assert (again.code, standing(again)) == (0, dict.fromkeys(SEARCH_ATTRIBUTES, "existed"))
    assert (await CaseClient(await connect()).open(complaint())).created


async def test_a_name_of_another_type_is_said_with_its_remedy_and_the_others_are_registered(
    bare: WorkflowEnvironment, here: Run
):
    await add(bare, CaseRung=IndexedValueType.INDEXED_VALUE_TYPE_INT, CaseTier=_KEYWORD)
    made = await asyncio.to_thread(here, "operator", "register", "--json", env=address(bare))
    assert made.code == 1
    expected = dict.fromkeys(SEARCH_ATTRIBUTES, "created") | {"CaseRung": "conflicting", "CaseTier": "existed"}
    assert standing(made) == expected
    assert "CaseRung exists as Int and must be Keyword" in json.loads(made.err)["error"]
    assert "search-attribute remove --namespace default --name CaseRung" in made.err


async def test_a_namespace_without_room_is_said_once(bare: WorkflowEnvironment, here: Run):
    await add(bare, **{f"Other{n}": _KEYWORD for n in range(8)})
    made = await asyncio.to_thread(here, "operator", "register", env=address(bare))
    assert made.code == 1
    assert made.out.count("created") == 4
    assert made.err.count("more than 10 search attribute") == 1


def test_a_namespace_that_is_none_and_a_temporal_that_is_away_are_said(here: Run, stack: Stack):
    nowhere = stack.settings | {"TEMPORAL_NAMESPACE": "nowhere"}
    assert "has no namespace nowhere. Set TEMPORAL_NAMESPACE" in here("operator", "register", env=nowhere).err
    assert "Is TEMPORAL_NAMESPACE right?" in here("show", "shop-aaaaaaaaaa", env=nowhere).err
    away = here("operator", "register", env={"TEMPORAL_ADDRESS": "127.0.0.1:1"})
    assert (away.code, away.out) == (1, "")
    assert away.err.startswith("caseladder: Temporal does not answer at 127.0.0.1:1")


def test_a_stack_that_runs_is_found_fit(here: Run, stack: Stack):
    checked = here("operator", "check", "--json", env=stack.settings)
    assert checked.code == 0, checked.out
    assert [each["what"] for each in json.loads(checked.out) if each["good"]] == [
        "temporal",
        "search attributes",
        "worker",
        "records",
    ]


@pytest.fixture
def views() -> dict[str, saved.View]:
    return {view.shows: view for view in saved.views(datetime.now(UTC), ['a "team" \\'], ["ana"])}


async def test_the_server_takes_every_saved_view(stack: Stack, views: dict[str, saved.View]):
    client = await Client.connect(stack.addresses.temporal)
    for view in views.values():
        async for found in client.list_workflows(view.query):
            assert found.workflow_type in ("Case", "Handoff"), view.name
        assert 'WorkflowType="Case"' in view.query or "hand-offs" in view.name


async def test_an_offered_case_is_in_the_views_that_say_so(stack: Stack, here: Run):
    case_id = await asyncio.to_thread(opened, here, stack)
    client = await Client.connect(stack.addresses.temporal)
    holding: set[str] = set()
    until = datetime.now(UTC).timestamp() + 5
    while len(holding) < 3 and datetime.now(UTC).timestamp() < until:  # visibility lags a little
        holding = set()
        for view in saved.views(datetime.now(UTC), ["cards", "lending"]):
            if case_id in [found.id.removeprefix("case-") async for found in client.list_workflows(view.query)]:
                holding.add(view.name.partition(" before ")[0])
    assert holding == {"Offered, not claimed", "Due", "Team cards"}


def test_links_say_query_name_and_namespace_so_that_the_web_ui_reads_them(here: Run, stack: Stack):
    printed = here("operator", "views", "--json", "--owner", "ana", "--data", str(stack.folder.path))
    assert printed.code == 0, printed.err
    links = json.loads(printed.out)
    assert [view["name"] for view in links][-6:] == [
        "Team billing",
        "Team cards",
        "Team fraud",
        "Team general",
        "Team lending",
        "Owned by ana",
    ]
    for view in links:
        where, _, asked = str(view["link"]).partition("?")
        assert where == f"{stack.addresses.ui}/namespaces/default/workflows"
        assert parse_qs(asked) == {"query": [view["query"]], "savedQuery": [view["name"]]}
    console = here("operator", "views", "--console", "--json", "--team", "cards", "--data", str(stack.folder.path))
    script = json.loads(console.out)["script"]
    for view in links[2:7]:
        assert json.dumps(view["query"]) in script
    assert '"Team cards"' in script
    assert '"Team billing"' not in script
    elsewhere = here("operator", "views", "--ui", "https://ui.example/", env={"TEMPORAL_NAMESPACE": "a b"})
    assert "  https://ui.example/namespaces/a%20b/workflows?query=" in elsewhere.out
    assert "Team" not in elsewhere.out


_KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
