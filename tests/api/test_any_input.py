"""Whatever is sent, the running API answers as its document says: schemathesis makes up the requests.

What is made up is the same in every run. Paths name cases that are there three times of four, so that more than the
first check of each call is met.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as searching
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis import GenerationMode, checks

from api.app import create_app
from api.settings import Settings
from cases.words import Role
from tests.api.conftest import Live, bearer, owned

EXAMPLES = 15
"""Requests made up for each call, of what its document allows and of what it does not."""

SERVICES = {("POST", "/v1/cases"), ("POST", "/v1/cases/{case_id}/requests"), ("POST", "/v1/cases/{case_id}/links")}
AGENTS = {("POST", "/v1/cases/{case_id}/actions"), ("POST", "/v1/handoffs/{handoff_id}/actions")}
STREAM = "/v1/events"

PERSON = "made-up"
"""Whom calls of the directory are about: whoever else is there is needed by other tests."""

INBOUND = "/v1/inbound"
"""Closed where the API has no secret for it, as that of the stack."""

SUCCEED_ELSEWHERE = ("/v1/handoffs", "/messages/{message_id}/")
"""Calls that need more than words made up: an answer that is still open, a message that waits."""

checks.load_all_checks()
CHECKS: list[Any] = [
    checks.CHECKS.get_one(name)  # pyright: ignore[reportUnknownMemberType]
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def made_up(operation: Any, mode: GenerationMode, send: Callable[[Any], None]) -> None:
    """Calls `send` with each request of that kind that is made up for that call."""

    @searching(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        send(case)

    with suppress(Unsatisfiable):  # a call without parameters can only be right
        each()


def operations(schema: Any) -> Iterator[Any]:
    """Every call of the document."""
    for found in schema.get_all_operations():
        yield found.ok()


def absence(live: Live) -> str:
    """The id of an absence of the person, who is put into the directory anew."""
    path = f"/v1/directory/people/{PERSON}"
    put = live.ask("PUT", path, "operator", json={"name": "Made Up", "rung": "agent", "capacity": 0})
    assert put.status_code in (200, 201), put.text
    began = live.ask("POST", f"{path}/absences", "operator", json={})
    assert began.status_code == 201, began.text
    return began.json()["id"]


def test_no_call_ever_breaks_or_answers_what_its_document_does_not_say(live: Live):
    schema = schemathesis.openapi.from_url(f"{live.stack.addresses.api}/openapi.json")
    case_id, person = owned(live)
    handed = live.act(case_id, person, "hand_off", team="billing", question="Was it settled?").json()["handoffs"][0]
    there = {"case_id": case_id, "handoff_id": handed["handoff_id"], "person_id": PERSON}
    key, wrong, numbers = live.stack.folder.key(), list[str](), count()
    answered: dict[str, set[int]] = {}

    def headers(operation: Any) -> dict[str, str]:
        call = (operation.method.upper(), operation.path)
        role = Role.SERVICE if call in SERVICES else Role.AGENT if call in AGENTS else Role.OPERATOR
        return bearer("quinn" if role is Role.AGENT else "shop", role, key)

    for operation in operations(schema):
        if operation.path in (STREAM, INBOUND):
            continue
        by = headers(operation)
        there["absence_id"] = absence(live)
        statuses = answered.setdefault(operation.label, set())

        def send(case: Any, by: dict[str, str] = by, statuses: set[int] = statuses) -> None:
            if next(numbers) % 4 or "/directory/" in case.operation.path:
                case.path_parameters = {name: there.get(name, value) for name, value in case.path_parameters.items()}
            statuses.add(case.call_and_validate(headers=by, checks=CHECKS, timeout=20).status_code)

        for mode in MODES:
            try:
                made_up(operation, mode, send)
            except (Exception, BaseExceptionGroup) as failure:  # noqa: BLE001 each call is to be told of, not only the first
                wrong.append(f"{operation.label}, {mode.value}: {failure!r}"[:1500])
    live.ask("DELETE", f"/v1/directory/people/{PERSON}", "operator")
    # A run in which a call never succeeds shows nothing about its answers.
    assert all(
        min(statuses) < 300 or any(part in call for part in SUCCEED_ELSEWHERE) for call, statuses in answered.items()
    ), answered
    assert not wrong, "\n\n".join(wrong)


def test_a_stream_is_refused_as_its_document_says(app: FastAPI):
    """In this process, where streams end at once: schemathesis reads an answer to its end."""
    app.state.streams.leaving = True
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    (operation,) = (each for each in operations(schema) if each.path == STREAM)
    by = bearer("op", Role.OPERATOR)
    for mode in MODES:
        made_up(operation, mode, lambda case: case.call_and_validate(headers=by, checks=CHECKS))


def test_what_no_gateway_has_signed_is_refused_as_its_document_says(settings: Settings, no_temporal: str):
    secret = SecretStr("whsec_" + base64.b64encode(bytes(32)).decode())
    app = create_app(settings.model_copy(update={"inbound_secret": secret}))
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    (operation,) = (each for each in operations(schema) if each.path == INBOUND)
    for mode in MODES:
        made_up(operation, mode, lambda case: case.call_and_validate(checks=CHECKS))


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_the_pages_about_it_are_served(live: Live, path: str):
    assert httpx.get(f"{live.stack.addresses.api}{path}", trust_env=False).status_code == 200
