"""The OpenAPI document: whole, true to what is taken, and with every refusal in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest

from api.bodies import ACTIONS, ANSWERS, REQUESTS, answer, deed
from api.examples import COMPLAINT, EVENTS
from cases.complaint import Complaint
from cases.events import Actor, Code
from cases.words import Role

EVENTS_AT = (
    ("/v1/cases/{case_id}/actions", ACTIONS),
    ("/v1/cases/{case_id}/requests", REQUESTS),
    ("/v1/handoffs/{handoff_id}/actions", ANSWERS),
)


@pytest.fixture
async def document(http: httpx.AsyncClient) -> dict[str, Any]:
    return (await http.get("/openapi.json")).json()


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        fields = cast("dict[str, Any]", part)
        if isinstance(fields.get("$ref"), str):
            yield fields["$ref"]
        if isinstance(fields.get("discriminator"), dict):
            yield from fields["discriminator"]["mapping"].values()
        for inner in fields.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in cast("list[Any]", part):
            yield from references(inner)


async def test_everything_that_is_referred_to_is_there(document: dict[str, Any]):
    found = set(references(document))
    assert len(found) > 25
    for reference in found:
        here = document
        for step in reference.removeprefix("#/").split("/"):
            here = here[step]


async def test_every_call_says_which_problems_it_may_answer(document: dict[str, Any]):
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            assert call["description"], path
            if not path.startswith("/v1"):
                continue
            assert {"401", "403", "503"} <= call["responses"].keys(), (method, path)
            for status, response in call["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"]
            assert call["security"]


async def test_every_code_of_a_refusal_is_listed(document: dict[str, Any]):
    for path, _ in EVENTS_AT:
        said = document["paths"][path]["post"]["responses"]["409"]["description"]
        assert all(f"`{code}`" in said for code in Code)


async def test_every_code_of_a_problem_is_listed_with_its_shape(document: dict[str, Any]):
    listed = document["components"]["schemas"]["ProblemBody"]["properties"]["code"]["enum"]
    assert {code.value for code in Code} | {"unauthenticated", "moved_on", "records_behind"} <= set(listed)


async def test_bodies_name_every_kind_and_nothing_that_the_api_fills(document: dict[str, Any]):
    schemas = document["components"]["schemas"]
    for path, kinds in EVENTS_AT:
        call = document["paths"][path]["post"]
        body = call["requestBody"]["content"]["application/json"]
        assert body["schema"]["discriminator"]["mapping"].keys() == kinds.keys()
        assert body["examples"].keys() == kinds.keys()
        for model in kinds.values():
            schema = schemas[model.__name__]
            assert not {"by", "at", "via"} & schema["properties"].keys()
            assert "kind" in schema["required"]
            assert "id" not in schema["required"]
    assert schemas["Recipient"]["properties"].keys() == {"person", "team", "skill"}


def test_every_example_is_taken():
    Complaint.model_validate(COMPLAINT)
    for example in EVENTS:
        by, now = Actor(id="ana", role=Role.AGENT), datetime.now(UTC)
        taken = [kinds for _, kinds in EVENTS_AT if example["kind"] in kinds]
        assert taken
        for kinds in taken:
            made = answer(example, by, now) if kinds is ANSWERS else deed(example, kinds, by, now)
            assert made.kind == example["kind"]


async def test_the_page_for_people_is_served(http: httpx.AsyncClient):
    assert (await http.get("/docs")).status_code == 200
