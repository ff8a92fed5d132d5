"""The line on which one simulated person or service speaks with the API, as it would from outside: HTTP and a token.

What is answered 503 is sent again with the same id, as the API asks; every answer goes into the diary.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from pydantic import BaseModel, ConfigDict

from cases.complaint import Complaint
from cases.view import CaseView, HandoffView
from starter.demo.diary import Answered, Diary, Posted

TRIES = 5
"""How often something is sent while the answer is 503, or none."""

_PAUSE_S = 2.0
"""The API's own Retry-After."""

_NO_ANSWER = 0
ACTIONS, REQUESTS = "actions", "requests"


class Page(BaseModel):
    """What `GET /v1/cases` answers."""

    model_config = ConfigDict(frozen=True)

    items: tuple[CaseView, ...]
    next: str | None


class Question(BaseModel):
    """Of what `GET /v1/handoffs` lists, as much as somebody needs who looks the rest up."""

    model_config = ConfigDict(frozen=True)

    handoff_id: str
    case_id: str
    person: str | None


class Questions(BaseModel):
    """What `GET /v1/handoffs` answers: the first page, for nobody here has two."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Question, ...]


Shown = TypeVar("Shown", bound=BaseModel)


class Line:
    """One person's or service's connection. `name` is who they are; many lines share one client."""

    def __init__(self, api: httpx.AsyncClient, name: str, token: str, diary: Diary) -> None:
        self._api = api
        self._headers = {"Authorization": f"Bearer {token}"}
        self._diary = diary
        self.name = name

    async def open(self, complaint: Complaint) -> CaseView | None:
        """Sends a complaint; its case, or None if it was not taken. The diary has it either way."""
        answer = await self._sent("/v1/cases", complaint.model_dump(mode="json", exclude_none=True))
        view = CaseView.model_validate_json(answer.content) if answer is not None and answer.is_success else None
        self._diary.posted.append(Posted(complaint.source, complaint.reference, view.case_id if view else None))
        return view

    async def send(
        self, case_id: str, path: str, event: Mapping[str, Any], *, signalled: bool = False, times: int = 1
    ) -> CaseView | None:
        """Sends an action or a request; the case after it, or None if it was refused or only received.

        `times` above 1: a sender that repeats itself, with the same id.
        """
        body = {"id": str(uuid4()), **event}
        view = None
        for _ in range(times):
            preference = {"Prefer": "respond-async"} if signalled else {}
            answer = await self._sent(f"/v1/cases/{case_id}/{path}", body, preference)
            self._note(case_id, body, answer)
            if answer is not None and answer.status_code == HTTPStatus.OK:
                view = CaseView.model_validate_json(answer.content)
        return view

    async def case(self, case_id: str) -> CaseView | None:
        """One case, with what is allowed to whoever this is; None if nobody can say at the moment."""
        return await self._got(CaseView, f"/v1/cases/{case_id}")

    async def cases(self, **sought: str | int | list[str]) -> list[CaseView] | None:
        """All cases that fit, page by page; None if nobody can say at the moment."""
        found: list[CaseView] = []
        cursor: str | None = None
        while True:
            params = {"limit": 200, **sought, **({"cursor": cursor} if cursor else {})}
            page = await self._got(Page, "/v1/cases", params)
            if page is None:
                return None
            found += page.items
            cursor = page.next
            if cursor is None:
                return found

    async def questions(self) -> tuple[Question, ...]:
        """The hand-offs that wait for whoever this is; none if nobody can say at the moment."""
        page = await self._got(Questions, "/v1/handoffs", {"mine": True, "limit": 200})
        return page.items if page is not None else ()

    async def question(self, handoff_id: str) -> HandoffView | None:
        """One hand-off, with what is allowed to whoever this is; None if nobody can say at the moment."""
        return await self._got(HandoffView, f"/v1/handoffs/{handoff_id}")

    async def consult(self, question: Question, action: Mapping[str, Any], *, times: int = 1) -> HandoffView | None:
        """Sends what a specialist does; the hand-off after it, or None if it was refused."""
        body = {"id": str(uuid4()), **action}
        view = None
        for _ in range(times):
            answer = await self._sent(f"/v1/handoffs/{question.handoff_id}/actions", body)
            self._note(question.case_id, body, answer, question.handoff_id)
            if answer is not None and answer.status_code == HTTPStatus.OK:
                view = HandoffView.model_validate_json(answer.content)
        return view

    async def _got(self, kind: type[Shown], path: str, params: Mapping[str, Any] | None = None) -> Shown | None:
        """What is there; None if there was no answer, or none of the kind."""
        try:
            answer = await self._api.get(path, params=params, headers=self._headers)
        except httpx.TransportError:
            return None
        return kind.model_validate_json(answer.content) if answer.is_success else None

    async def _sent(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response | None:
        """The answer; None if there was none however often it was sent."""
        answer = None
        for attempt in range(TRIES):
            try:
                answer = await self._api.post(path, json=body, headers={**self._headers, **(headers or {})})
                if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                    return answer
            except httpx.TransportError:
                answer = None
            if attempt < TRIES - 1:
                await asyncio.sleep(_PAUSE_S)
        return answer

    def _note(
        self, case_id: str, body: Mapping[str, Any], answer: httpx.Response | None, handoff_id: str | None = None
    ) -> None:
        code = None
        if answer is not None and not answer.is_success:
            problem = answer.headers.get("content-type", "").startswith("application/problem+json")
            code = str(answer.json().get("code")) if problem else answer.text[:200]
        status = answer.status_code if answer is not None else _NO_ANSWER
        said = Answered(case_id, str(body["id"]), str(body["kind"]), self.name, status, code, handoff_id)
        self._diary.answered.append(said)
