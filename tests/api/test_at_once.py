"""Many who want the same at once, over HTTP: one gets it, and the others are told who."""

from __future__ import annotations

import asyncio

import httpx

from cases.words import Role
from tests.api.conftest import Live, bearer, offered

CLAIMS = 50


async def test_of_fifty_claims_at_once_one_is_done_and_the_others_are_told_who_was_first(live: Live):
    case_id, _ = offered(live)
    people = ["mara", "pablo"]  # of the next rung of its line, so that both may take it, and neither from the other
    headers = [bearer(people[n % 2], Role.AGENT, live.stack.folder.key()) for n in range(CLAIMS)]
    path = f"/v1/cases/{case_id}/actions"
    limits = httpx.Limits(max_connections=CLAIMS)
    async with httpx.AsyncClient(base_url=live.stack.addresses.api, timeout=30, trust_env=False, limits=limits) as http:
        answers = await asyncio.gather(*(http.post(path, headers=by, json={"kind": "claim"}) for by in headers))
    done = [answer for answer in answers if answer.status_code == 200]
    assert [answer.status_code for answer in answers].count(409) == CLAIMS - 1
    assert len(done) == 1
    winner = done[0].json()["owner"]["person"]
    assert winner in people
    for number, answer in enumerate(answers):
        if answer.status_code == 409:
            problem = answer.json()
            assert (problem["code"], problem["details"]["owner"]) == ("already_claimed", winner), answer.text
            assert (winner if people[number % 2] != winner else "You have") in problem["detail"]
    timeline = live.ask("GET", f"/v1/cases/{case_id}/timeline", "operator").json()["entries"]
    assert [entry["kind"] for entry in timeline].count("claim") == 1
