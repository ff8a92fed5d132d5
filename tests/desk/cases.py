"""Cases in a situation that a page is to show."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Live, offered
from tests.api.live import eventually


def queued(live: Live, **fields: Any) -> str:
    """A case that all agents of its team have declined, so that it waits in the team's queue for any of them."""
    case_id, person = offered(live, **fields)

    def offer() -> dict[str, Any]:
        return live.ask("GET", f"/v1/cases/{case_id}", "mara").json()["offer"]["to"]

    while True:
        assert live.act(case_id, person, "decline", reason="not mine").status_code == 200
        eventually(lambda: offer()["person"] != person)  # noqa: B023 asked before the next round
        person = offer()["person"]
        if person is None:
            eventually(
                lambda: live.ask("GET", "/v1/cases?offered_to=queue:cards&limit=200", "mara").text.count(case_id) > 0
            )
            return case_id
