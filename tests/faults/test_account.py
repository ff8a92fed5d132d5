"""What the account of the fault test finds: each fault, made by hand in a case that has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from starter.demo.diary import Answered, Diary, Posted
from starter.demo.histories import Commit, Histories, Told
from starter.demo.recorded import CaseRow, EntryRow, OutboxRow, Recorded
from tests.faults.account import FIRES_WITHIN_S, PLANNED_WITHIN_S, Account, Json
from tests.faults.chaos import Outage, Outages, blows

CASE, DUE = "shop-1", 1_000_000.0
LATE = DUE + FIRES_WITHIN_S + 1


def at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def entry(n: int, kind: str, event_id: str | None = None, **data: Any) -> EntryRow:
    return EntryRow(CASE, n, kind, "", event_id, data)


def breached(n: int, clock: str = "acknowledge-1", fired: float = DUE) -> EntryRow:
    return entry(n, "clock_breached", clock=clock, due=at(DUE), fired=at(fired))


def escalated(n: int, below: str, above: str) -> EntryRow:
    return entry(n, "escalated", reason="not_acknowledged", **{"from": below, "to": above})


TOLD = {"escalated": "escalated", "hand_off": "handed_off"}
SAID = entry(1, "message", "e-1")
UP = escalated(3, "agent", "supervisor")
SOUND = (SAID, breached(2), UP)


def clock(state: str = "fulfilled", **fields: Any) -> dict[str, Any]:
    return {"id": "acknowledge-1", "state": state, "breached_at": at(DUE), "due_at": None, **fields}


def account(
    entries: Sequence[EntryRow] = SOUND,
    *,
    answered: Sequence[Answered] = (),
    clocks: Sequence[Json] = (clock(),),
    outages: Sequence[Outage] = (),
) -> Account:
    """A case that said all of it, and has it in the records; the customer was told of every rung and every question."""
    told = {f"{CASE}:{row.n}": TOLD[row.kind] for row in entries if row.kind in TOLD}
    said = tuple({"n": e.n, "kind": e.kind, "text": e.text, "event_id": e.event_id, "at": at(DUE)} for e in entries)
    notices = tuple({"id": effect, "kind": "message", "template": template} for effect, template in told.items())
    commit = Commit(len(entries), said, notices, done=True)
    view: Json = {"case_id": CASE, "version": len(entries), "clocks": clocks, "opened_at": at(DUE)}
    return Account(
        diary=Diary([Posted("shop", "1", CASE)], list(answered)),
        histories=Histories((Told(f"case-{CASE}", "shop", "1", (commit,), (), (), ()),)),
        recorded=Recorded(
            (CaseRow(CASE, "shop", "1", len(entries), "open", None),),
            tuple(entries),
            tuple(OutboxRow(effect, CASE, "message", template, "{}", effect) for effect, template in told.items()),
        ),
        live={CASE: view},
        written={CASE: view},
        outages=Outages(tuple(outages)),
        ended=LATE,
    )


def answer(status: int, event_id: str = "e-1") -> Answered:
    return Answered(CASE, event_id, "message", "c-1", status)


@pytest.mark.parametrize(
    "sound",
    [
        account(),
        account(answered=[answer(200)]),
        account(answered=[answer(0)]),
        account(answered=[answer(0, "never-arrived")]),
        account([SAID, breached(2, fired=LATE), UP], outages=[Outage(("worker",), DUE + 1, LATE - 1)]),
        account([*SOUND, breached(4, "acknowledge-2"), escalated(5, "supervisor", "manager")]),
    ],
    ids=["quiet", "taken", "unknown and done", "unknown and not done", "late in an outage", "two breaches, two rungs"],
)
def test_nothing_is_found_where_nothing_is_wrong(sound: Account) -> None:
    assert sound.faults() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (account(answered=[answer(200, "e-2")]), "was taken and is not on the timeline"),
        (account(answered=[answer(202, "e-2")]), "was taken and is not on the timeline"),
        (account(answered=[answer(409)]), "was refused (None), and is on the timeline"),
        (account([*SOUND, entry(4, "message", "e-1")]), "event e-1 of shop-1 has 2 entries of kind message"),
        (account([SAID, breached(2), replace(UP, n=4)]), "entry 3 is missing"),
        (account([*SOUND, breached(4)]), "acknowledge-1 of shop-1 has fired 2 times"),
        (account([SAID]), "acknowledge-1 of shop-1 is breached, and the timeline does not say so"),
        (account([SAID, breached(2, fired=LATE), UP]), f"fired {LATE - DUE:.2f} s later"),
        (account(clocks=[clock("running", breached_at=None, due_at=at(DUE))]), "has not fired"),
        (account([*SOUND, escalated(4, "supervisor", "manager")]), "entry 4 is a second rung for one breach"),
        (account([SAID, breached(2), escalated(3, "agent", "manager")]), "entry 3 leads from agent to manager"),
        (replace(account(), ended=DUE + PLANNED_WITHIN_S + 1), "was opened at 1000000.00 and not planned within 40 s"),
        (
            replace(account(), written={CASE: {"version": 2, "clocks": [clock()]}}),
            "show another case_id, opened_at, version",
        ),
    ],
)
def test_each_fault_is_found_and_named(wrong: Account, sentence: str) -> None:
    assert sentence in "\n".join(wrong.faults())


def test_an_effect_with_two_contents_is_found() -> None:
    sound = account()
    (told,) = sound.histories.cases
    (commit,) = told.commits
    again = replace(commit, notices=tuple({**notice, "template": "opened"} for notice in commit.notices))
    wrong = replace(sound, histories=Histories((replace(told, commits=(commit, again)),)))
    assert "effect shop-1:3 was asked for with two contents" in wrong.faults()


def test_a_seed_repeats_its_schedule_and_another_has_another() -> None:
    parts = ("worker", "server", "records")
    first, again, other = (list(islice(blows(seed, parts), 20)) for seed in (1, 1, 2))
    assert first == again != other


def test_of_three_blows_each_part_is_struck_by_one() -> None:
    parts = ("worker", "server", "records")
    for seed in range(20):
        struck = [set(blow.down_s) for blow in islice(blows(seed, parts), 3)]
        assert set[str]().union(*struck) == set(parts)
