"""What concerns somebody, as conditions of a query: the cases and the hand-offs that are theirs, or their teams'.

Who may see what is `api.access`'s to say; this finds what it allows in lists.
"""

from __future__ import annotations

import sqlalchemy as sa

from cases.complaint import Shape
from cases.words import HandoffStatus
from records.tables import cases, handoffs

OVER = tuple(status for status in HandoffStatus if status.over)


class Reader(Shape):
    """Somebody and their teams."""

    person: str
    teams: tuple[str, ...]


def readable_cases(reader: Reader) -> sa.ColumnElement[bool]:
    """Cases of their teams, those they own and are offered, and those that ask them something."""
    asking = sa.select(handoffs.c.case_id).where(handoffs.c.status.not_in(OVER), waiting_for(reader))
    return sa.or_(_held(reader), cases.c.case_id.in_(asking))


def readable_handoffs(reader: Reader) -> sa.ColumnElement[bool]:
    """Questions to their teams, and those of the cases that they may read."""
    held = sa.select(cases.c.case_id).where(_held(reader))
    return sa.or_(handoffs.c.team.in_(reader.teams), handoffs.c.person == reader.person, handoffs.c.case_id.in_(held))


def waiting_for(reader: Reader) -> sa.ColumnElement[bool]:
    """Questions that are offered to them, that they have accepted, or that lie in the queue of one of their teams."""
    queued = sa.and_(
        handoffs.c.person.is_(None),
        handoffs.c.status == HandoffStatus.OFFERED,
        handoffs.c.team.in_(reader.teams),
    )
    return sa.or_(handoffs.c.person == reader.person, queued)


def _held(reader: Reader) -> sa.ColumnElement[bool]:
    theirs = sa.or_(cases.c.owner_person == reader.person, cases.c.offer_to == reader.person)
    return sa.or_(cases.c.team.in_(reader.teams), theirs)
