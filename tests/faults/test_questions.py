"""What the account of the fault test finds about hand-offs: each fault, made by hand in one that has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from starter.demo.diary import Answered
from starter.demo.histories import Consulted, Offered
from starter.demo.raw import Heard, Signal
from starter.demo.recorded import EntryRow, HandoffRow, OutboxRow
from tests.faults.account import FIRES_WITHIN_S, Account, Json
from tests.faults.test_account import CASE, DUE, SOUND, account, at, entry

ASKED = f"{CASE}-1"
LATE = DUE + FIRES_WITHIN_S + 1


def report(kind: str, event_id: str, by: str = "kim", **fields: Any) -> Signal:
    return Signal({"id": event_id, "kind": kind, "by": {"id": by}, "at": at(DUE), **fields}, arrived=True)


def neglected(person: str, moment: float = DUE) -> Signal:
    fields = {"person": person, "clock": "accept", "due": at(DUE), "at": at(moment)}
    return report("hand_off_neglected", "r-0", "caseladder", **fields)


TAKEN = report("hand_off_accepted", "r-1")
GIVEN = report("hand_off_answered", "r-2", text="Yes.")
ACCEPT, ANSWER = Heard("a-1", "accept", "kim"), Heard("a-2", "answer", "kim", signalled=True)
COURSE = (Offered(f"{ASKED}:1", "kim"), TAKEN, GIVEN)
VIEW: Json = {
    "status": "answered",
    "offered_to": None,
    "specialist": "kim",
    "unreported": 0,
    "clocks": [],
    "newest": [],
}


def asked(
    course: Sequence[Offered | Signal] = COURSE,
    *,
    heard: Sequence[Heard] = (ACCEPT, ANSWER),
    entries: Sequence[EntryRow] | None = None,
    row: HandoffRow | None = None,
    view: Json = VIEW,
    status: str = "closed",
    ended: bool = True,
) -> Account:
    """A case that asked a question, to which `course` happened; all of it is on its timeline, unless `entries` are."""
    reports = [each for each in course if isinstance(each, Signal)]
    if entries is None:
        entries = [entry(n, r.kind, r.event_id, handoff_id=ASKED) for n, r in enumerate(reports, start=5)]
    sound = account([*SOUND, entry(4, "hand_off", handoff_id=ASKED), *entries])
    [told], [case] = sound.histories.cases, sound.recorded.cases
    errands = tuple(each.errand_id for each in course if isinstance(each, Offered))
    consulted = Consulted(ASKED, tuple(heard), tuple(course), errands, ended)
    written = row or HandoffRow(ASKED, CASE, "answered", "kim", "Yes.")
    answers = [Answered(CASE, ACCEPT.event_id, ACCEPT.kind, ACCEPT.by, 200, None, ASKED)]
    return replace(
        sound,
        diary=replace(sound.diary, answered=answers),
        histories=replace(sound.histories, cases=(replace(told, started=(ASKED,)),), handoffs=(consulted,)),
        recorded=replace(
            sound.recorded,
            cases=(replace(case, status=status),),
            handoffs=(written,),
            outbox=(*sound.recorded.outbox, *_offers(course)),
        ),
        consulted={ASKED: view},
    )


def _offers(course: Sequence[Offered | Signal]) -> list[OutboxRow]:
    """Word to whoever was offered it."""
    ids = dict.fromkeys(each.errand_id for each in course if isinstance(each, Offered))
    return [OutboxRow(errand, CASE, "alert", "hand_off_offered", "{}", errand) for errand in ids]


OVERTAKEN = asked(
    [
        *(Offered(f"{ASKED}:1", "kim"), neglected("kim"), Offered(f"{ASKED}:2", "lou"), TAKEN),
        *(report("hand_off_declined", "r-4"), Offered(f"{ASKED}:3", "lou")),
        *(report("hand_off_accepted", "r-5", "lou"), report("hand_off_answered", "r-6", "lou", text="Yes.")),
    ],
    heard=[ACCEPT, Heard("a-4", "decline", "kim"), Heard("a-5", "accept", "lou"), Heard("a-6", "answer", "lou")],
    row=HandoffRow(ASKED, CASE, "answered", "lou", "Yes."),
)
"""Whoever was late accepts while the next one is being chosen, and gives it up: then the next one is chosen again."""

REFUSED = {"newest": [{"text": "answer of kim was refused: Nobody has accepted this question yet."}]}
AGAIN = Heard("a-3", "answer", "kim", signalled=True)
TO_LOU = {"status": "accepted", "specialist": "lou"}


@pytest.mark.parametrize(
    "sound",
    [
        asked(),
        asked(heard=[ACCEPT, ACCEPT, ANSWER]),
        asked(heard=[ACCEPT, ANSWER, AGAIN], view={**VIEW, **REFUSED}),
        asked([Offered(f"{ASKED}:1", "lou"), neglected("lou"), *COURSE]),
        OVERTAKEN,
    ],
    ids=["answered", "sent twice", "a signal that was refused", "neglected by another", "chosen in vain"],
)
def test_nothing_is_found_where_nothing_is_wrong(sound: Account) -> None:
    assert sound.faults() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (asked(heard=[ANSWER]), "accept of kim on hand-off shop-1-1, event a-1, was taken and is not in the history"),
        (asked([COURSE[0], GIVEN]), "was done 1 times, and told the case 0 times"),
        (asked([*COURSE[:2], report("hand_off_accepted", "r-3"), GIVEN]), "was done 1 times, and told the case 2"),
        (asked(heard=[ACCEPT, ANSWER, AGAIN]), "was done 2 times, told the case 1 times and refused 0 times"),
        (asked(entries=[entry(5, GIVEN.kind, "r-2", handoff_id=ASKED)]), "r-1, was told to the case and is not on the"),
        (asked([Offered(f"{ASKED}:1", "kim"), neglected("kim"), *COURSE]), "was offered to kim again"),
        (asked([COURSE[0], *COURSE]), "hand-off shop-1-1 was offered to kim 2 times"),
        (asked([COURSE[0], neglected("kim", LATE), *COURSE[1:]]), f"was due at {DUE:.2f} and fired"),
        (asked(ended=False), "hand-off shop-1-1 goes on, though its case is closed"),
        (asked(view={**VIEW, "unreported": 1}), "has 1 reports that its case has not heard"),
        (asked(view={**VIEW, **TO_LOU}), "is accepted to lou in its workflow, and answered to kim in the records"),
        (asked(row=HandoffRow(ASKED, CASE, "offered", "kim", None)), "ended as answered, and the records show offered"),
        (asked(row=HandoffRow(f"{ASKED}9", CASE, "answered", "kim", "Yes.")), "is not in the records"),
    ],
)  # fmt: skip
def test_each_fault_is_found_and_named(wrong: Account, sentence: str) -> None:
    assert sentence in "\n".join(wrong.faults())
