"""The rows of hand-offs, which two write: a case, with what its hand-offs report; the directory, with whom it names.

They come in any order, and late. The case's word counts by the version of the hand-off that it has heard; whom a
question is offered to is the directory's to say, for the case is not told. What is over stays over.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from cases.commit import Commit
from cases.effects import ChooseSpecialist
from cases.timeline import Entry
from cases.turn import quoted
from cases.view import CaseView, HandedOff
from cases.words import HandoffStatus
from records.database import insert_into
from records.readers import OVER
from records.tables import NEVER, handoffs, loads

_OFFERED = HandoffStatus.OFFERED

_ENDS = {
    "hand_off_answered": HandoffStatus.ANSWERED,
    "hand_off_returned": HandoffStatus.RETURNED,
    "cancel_hand_off": HandoffStatus.CANCELLED,
    "hand_off_ended": HandoffStatus.CANCELLED,
}
"""What an entry of the case says of a hand-off's end."""


def write_handoffs(connection: sa.Connection, commit: Commit, now: datetime) -> None:
    """Writes the hand-offs that the view shows, and makes their loads those of whoever has them.

    For a view that stands: an older one would show what is no longer so.
    """
    for handed in commit.view.handoffs:
        row = _mirrored(commit.view, handed, now)
        if connection.execute(_mirror(connection.dialect.name), row).first() is not None:
            _settle_load(connection, handed, now)
    shown = {handed.handoff_id for handed in commit.view.handoffs}
    for entry in commit.entries:
        # A view keeps only the newest of those that are over: of the others, the account says how they ended.
        if entry.kind in _ENDS and (handoff_id := entry.data.get("handoff_id")) not in shown:
            _end(connection, str(handoff_id), entry, now)


def write_offer(connection: sa.Connection, errand: ChooseSpecialist, person: str | None, now: datetime) -> bool:
    """Writes whom the directory names for a hand-off. False, and nothing is written, if that is out of date."""
    asked = errand.question
    row = {
        "handoff_id": asked.handoff_id,
        "case_id": asked.case_id,
        "version": errand.version,
        "settled": errand.version,
        "status": _OFFERED,
        "team": asked.team,
        "person": person,
        "question": quoted(asked.question),
        "asked_by": asked.asked_by,
        "asked_at": asked.asked_at,
        "product": asked.product,
        "channel": asked.channel,
        "priority": asked.priority,
        "due_at": asked.due_at,
        "sort_due": asked.due_at or NEVER,
        "written_at": now,
    }
    if connection.execute(_offer(connection.dialect.name), row).first() is None:
        return False
    connection.execute(sa.delete(loads).where(loads.c.case_id == asked.handoff_id))
    if person:
        connection.execute(sa.insert(loads), _load(asked.handoff_id, person, now, errand.id))
    return True


@cache
def _mirror(dialect: str) -> sa.Executable:
    insert = insert_into(dialect, handoffs)
    new, old = insert.excluded, handoffs.c
    still_offered = sa.and_(new.status == _OFFERED, old.status == _OFFERED)
    kept = (old.handoff_id, old.case_id, old.question, old.asked_by, old.asked_at)
    return insert.on_conflict_do_update(
        index_elements=[old.handoff_id],
        set_={
            **{column.name: new[column.name] for column in old if column not in kept},
            "version": _greater(new.version, old.version),
            "settled": sa.case((new.status == _OFFERED, old.settled), else_=_greater(new.version, old.settled)),
            "person": sa.case((still_offered, old.person), else_=new.person),
        },
        where=sa.and_(old.status.not_in(OVER), sa.or_(new.version >= old.version, new.status.in_(OVER))),
    ).returning(old.handoff_id)


@cache
def _offer(dialect: str) -> sa.Executable:
    insert = insert_into(dialect, handoffs)
    new, old = insert.excluded, handoffs.c
    return insert.on_conflict_do_update(
        index_elements=[old.handoff_id],
        set_={
            "version": _greater(new.version, old.version),
            "settled": new.settled,
            "status": new.status,
            "person": new.person,
            "asks": None,
            "written_at": new.written_at,
        },
        # Not by the version: a warning moves that on while the directory still thinks.
        where=sa.and_(old.status.not_in(OVER), new.version > old.settled),
    ).returning(old.handoff_id)


def _greater(one: sa.ColumnElement[int], other: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.case((one > other, one), else_=other)


def _mirrored(view: CaseView, handed: HandedOff, now: datetime) -> dict[str, Any]:
    return {
        "handoff_id": handed.handoff_id,
        "case_id": view.case_id,
        "version": handed.version,
        "settled": 0 if handed.status is _OFFERED else handed.version,
        "status": handed.status,
        "team": handed.team,
        "person": handed.specialist,
        "question": handed.question,
        "asks": handed.asks,
        "answer": handed.answer,
        "asked_by": handed.asked_by,
        "asked_at": handed.asked_at,
        "product": view.product,
        "channel": view.channel,
        "priority": view.priority,
        "due_at": handed.due_at,
        # Nobody needs to look for what is over by a deadline.
        "sort_due": NEVER if handed.status.over else handed.due_at or NEVER,
        "ended_at": handed.ended_at,
        "written_at": now,
    }


def _settle_load(connection: sa.Connection, handed: HandedOff, now: datetime) -> None:
    """The load of a hand-off is that of whoever has it. Of one that is offered, the directory has seen to it."""
    if handed.status is _OFFERED:
        return
    mine = loads.c.case_id == handed.handoff_id
    if handed.status.over or handed.specialist is None:
        connection.execute(sa.delete(loads).where(mine))
        return
    connection.execute(sa.delete(loads).where(mine, loads.c.person != handed.specialist))
    insert = insert_into(connection.dialect.name, loads).on_conflict_do_nothing()
    connection.execute(insert, _load(handed.handoff_id, handed.specialist, now))


def _load(handoff_id: str, person: str, now: datetime, effect_id: str | None = None) -> dict[str, Any]:
    return {"case_id": handoff_id, "person": person, "effect_id": effect_id, "reserved_at": now, "settled": True}


def _end(connection: sa.Connection, handoff_id: str, entry: Entry, now: datetime) -> None:
    status = _ENDS[entry.kind]
    how: dict[str, Any] = {"status": status, "ended_at": entry.at, "due_at": None, "sort_due": NEVER, "written_at": now}
    how["asks"] = None
    if status is HandoffStatus.ANSWERED:
        how |= {"answer": quoted(entry.text), "person": entry.by.id}
    ended = sa.update(handoffs).where(handoffs.c.handoff_id == handoff_id, handoffs.c.status.not_in(OVER))
    if connection.execute(ended.values(how)).rowcount:
        connection.execute(sa.delete(loads).where(loads.c.case_id == handoff_id))
