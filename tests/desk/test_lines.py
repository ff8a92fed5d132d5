"""Lines for staff: people by their names, never in what somebody wrote; and what repeats is said once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from api.desk.lines import entered, newest_first, told, with_names
from cases.timeline import By, Entry
from cases.words import Role, Via

NAMES = {"ana": "Ana Ruiz", "may": "May Stone"}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def entry(n: int, kind: str, text: str, role: Role = Role.SYSTEM) -> Entry:
    return Entry(n=n, at=NOON + timedelta(seconds=n), by=By(id="ana", role=role), via=Via.SYSTEM, kind=kind, text=text)


def test_an_entry_names_people_and_queues() -> None:
    line = entry(1, "claim", "ana (agent) took the case from queue:cards")
    assert entered(line, NAMES) == "Ana Ruiz (agent) took the case from the cards queue"


def test_what_somebody_wrote_stays_as_they_wrote_it() -> None:
    assert entered(entry(1, "reply", "You may call ana."), NAMES) == "You may call ana."
    assert (
        entered(entry(2, "decline", "may declined: ana may know more"), NAMES)
        == "May Stone declined: ana may know more"
    )


def test_only_those_concerned_are_named_in_a_refusal() -> None:
    assert with_names("ana may not claim it; ask anabel.", ["ana"], NAMES) == "Ana Ruiz may not claim it; ask anabel."


def test_a_refused_reason_is_said_in_its_words() -> None:
    assert told("`bot_failed` does not count. Give one of: no_common_ground.") == (
        "“the chatbot could not help” does not count. Give one of: “no common ground was found”."
    )


def test_alerts_in_a_row_are_one_line_and_what_people_do_is_not() -> None:
    alert = "No rung above executive: alerted. a deadline passed"
    entries = [
        entry(1, "top_rung", alert),
        entry(2, "top_rung", alert),
        entry(3, "note", "Called.", Role.AGENT),
        entry(4, "note", "Called.", Role.AGENT),
        entry(5, "top_rung", alert),
    ]
    lines = newest_first(entries)
    assert [(line.entry.n, line.times) for line in lines] == [(5, 1), (4, 1), (3, 1), (2, 2)]
    assert lines[-1].since == entries[0].at
