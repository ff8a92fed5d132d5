"""Two ways to meet the API: the application alone, with real records and no Temporal; and the whole stack."""

from __future__ import annotations

import socket
from collections.abc import AsyncGenerator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.settings import Settings
from cases.words import Role
from policies import load_people
from records import Records, sqlite_url
from starter.stack import Stack
from starter.tokens import mint
from tests.api.live import PEOPLE, started, stopped
from tests.databases import migrated_file

KEY = "k" * 64

Mint = Callable[..., dict[str, str]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    key_file = tmp_path / "token.key"
    key_file.write_text(KEY + "\n")
    return Settings(database_url=sqlite_url(tmp_path / "records.db"), key_file=key_file)


@pytest.fixture
def records(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    with Records(migrated_file(tmp_path / "records.db")) as records:
        records.import_people(load_people(PEOPLE))
        yield records


@pytest.fixture
def no_temporal(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address where nothing listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    return address


@pytest.fixture
def app(settings: Settings, records: Records, no_temporal: str) -> FastAPI:
    return create_app(settings)


@pytest.fixture
async def http(app: FastAPI) -> AsyncGenerator[httpx.AsyncClient]:
    """The application alone."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


def bearer(sub: str, role: Role, key: str = KEY, ttl: timedelta = timedelta(hours=1)) -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(key, sub, role, ttl)}"}


SERVICE = bearer("shop", Role.SERVICE)
OPERATOR = bearer("op", Role.OPERATOR)
ANA = bearer("ana", Role.AGENT)


class Live:
    """The API of the running stack, asked as somebody."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.http = httpx.Client(base_url=stack.addresses.api, timeout=30, trust_env=False)

    def ask(self, method: str, path: str, who: str, **more: Any) -> httpx.Response:
        """`who` is `service`, `operator`, or a person's id."""
        role = Role(who) if who in ("service", "operator") else Role.AGENT
        headers = bearer(who, role, self.stack.folder.key()) | more.pop("headers", {})
        return self.http.request(method, path, headers=headers, **more)

    def open(self, **fields: Any) -> dict[str, Any]:
        """A new case, planned: its view."""
        answer = self.ask("POST", "/v1/cases", "service", json=complaint(**fields))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def act(self, case_id: str, who: str, kind: str, **fields: Any) -> httpx.Response:
        return self.ask("POST", f"/v1/cases/{case_id}/actions", who, json={"kind": kind, **fields})

    def request(self, case_id: str, kind: str, **fields: Any) -> httpx.Response:
        return self.ask("POST", f"/v1/cases/{case_id}/requests", "service", json={"kind": kind, **fields})


@pytest.fixture(scope="session")
def live(request: pytest.FixtureRequest) -> Iterator[Live]:
    live = Live(started(request.config))
    yield live
    live.http.close()
    stopped(request.config)


def complaint(**fields: Any) -> dict[str, Any]:
    return {
        "source": "shop",
        "reference": str(uuid4()),
        "channel": "email",
        "product": "Credit card",
        "text": "Charged twice for one order.",
        "customer": {"id": "c-1"},
        **fields,
    }


def offered(live: Live, **fields: Any) -> tuple[str, str]:
    """A new case, and to whom it is offered."""
    view = live.open(**fields)
    return view["case_id"], view["offer"]["to"]["person"]


def owned(live: Live, **fields: Any) -> tuple[str, str]:
    """A new case, and who has claimed it."""
    case_id, person = offered(live, **fields)
    assert live.act(case_id, person, "claim").status_code == 200
    return case_id, person
