"""`GET /v1/events`: what happens is told as it happens, from where one was, and only what one may read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.events import OPEN_AT_ONCE
from cases.words import Role
from tests.api.conftest import OPERATOR, Live, bearer, owned


class Told:
    """A stream, as somebody reads it: each event's id and data."""

    def __init__(self, live: Live, who: str, **narrowed: str) -> None:
        last = narrowed.pop("after", None)
        role = Role(who) if who in ("service", "operator") else Role.AGENT
        headers = bearer(who, role, live.stack.folder.key()) | ({"Last-Event-ID": last} if last else {})
        self._asked = live.http.stream("GET", "/v1/events", params=narrowed, headers=headers, timeout=20)

    def __enter__(self) -> Iterator[tuple[str, dict[str, Any]]]:
        self.answer = self._asked.__enter__()
        assert self.answer.status_code == 200, self.answer.read()
        assert self.answer.headers["content-type"].startswith("text/event-stream")
        blocks = self._blocks()
        self.start = next(blocks)[0]
        return ((where, json.loads(data)) for where, data in blocks if data is not None)

    def __exit__(self, *_: object) -> None:
        self._asked.__exit__(None, None, None)

    def _blocks(self) -> Iterator[tuple[str, str | None]]:
        fields: dict[str, str] = {}
        for line in self.answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            else:
                yield fields.get("id", ""), fields.get("data")
                fields = {}


def test_what_happens_is_told_as_it_happens_and_not_again_to_whoever_comes_back(live: Live):
    case_id, person = owned(live)
    stream = Told(live, person, case=case_id)
    with stream as told:
        live.act(case_id, person, "note", text="First")
        # What was done just before may come first.
        where, happened = next(each for each in told if each[1]["kind"] == "note")
        assert (happened["case_id"], happened["text"], happened["by"]["id"]) == (case_id, "First", person)
    live.act(case_id, person, "note", text="Second")
    with Told(live, person, case=case_id, after=where) as told:
        back, happened = next(told)
        assert happened["text"] == "Second"
    assert back != where


def test_a_stream_from_the_beginning_tells_the_whole_account_in_order(live: Live):
    case_id, person = owned(live)
    live.act(case_id, person, "note", text="The last")
    numbers: list[int] = []
    with Told(live, "operator", case=case_id, after="0") as told:
        for _, happened in told:
            numbers.append(happened["n"])
            if happened["text"] == "The last":
                break
    assert numbers == list(range(1, len(numbers) + 1))


def test_only_cases_that_one_may_read_are_told_of(live: Live):
    case_id, person = owned(live)
    with Told(live, "grace") as theirs, Told(live, person) as ours:
        live.act(case_id, person, "note", text="Cards only")
        lent = live.open(product="Mortgage")
        assert any(happened["case_id"] == case_id for _, happened in ours)
        first = next(happened for _, happened in theirs)
    assert (first["team"], first["case_id"]) == ("lending", lent["case_id"])
    stranger = live.ask("GET", "/v1/events", "grace", params={"case": case_id})
    assert (stranger.status_code, stranger.json()["code"]) == (403, "forbidden")
    assert live.ask("GET", "/v1/events", "service").status_code == 403


def test_a_case_that_is_not_there_cannot_be_followed(live: Live):
    for case_id in ("shop-aaaaaaaaaa", "nonsense"):
        assert live.ask("GET", "/v1/events", "operator", params={"case": case_id}).status_code == 404


@pytest.mark.parametrize("last", ["x", "1.2", "9" * 30])
async def test_what_is_no_id_of_an_event_is_turned_down(http: httpx.AsyncClient, last: str):
    answer = await http.get("/v1/events", headers=OPERATOR | {"Last-Event-ID": last})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Last-Event-ID")


async def test_no_more_streams_are_opened_than_one_process_serves(http: httpx.AsyncClient, app: Any):
    app.state.streams.count = OPEN_AT_ONCE
    answer = await http.get("/v1/events", headers=OPERATOR)
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_streams")
    assert answer.headers["retry-after"] == "10"
    assert app.state.streams.count == OPEN_AT_ONCE


async def test_a_process_that_ends_ends_its_streams(http: httpx.AsyncClient, app: Any):
    app.state.streams.leaving = True
    answer = await http.get("/v1/events", headers=OPERATOR)
    assert answer.status_code == 200
    assert app.state.streams.count == 0
