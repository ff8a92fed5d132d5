"""What supervisors watch: cases under way by team and rung, and who has those that are late or soon will be.

How much somebody has to do at all is their load, which `records.directory` knows. Each count is made from an index of
what it counts, so that it costs the same however many cases are over.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import sqlalchemy as sa

from cases.complaint import Shape
from cases.words import Rung, Status, WaitingOn
from records.database import Database
from records.tables import NOT_ARCHIVED, cases


class Watched(Shape):
    """The cases of one team at one rung. `offered`: nobody has taken them up; `soon` are not late yet."""

    team: str
    rung: Rung
    open: int = 0
    offered: int = 0
    soon: int = 0
    breached: int = 0
    asked: int = 0
    stuck: int = 0


class Pressed(Shape):
    """What of somebody's cases is late, or soon will be."""

    soon: int = 0
    breached: int = 0


class Watch(Shape):
    """All of it, of one state of the database: the groups by team and rung, and the owners by their ids."""

    groups: tuple[Watched, ...]
    owners: dict[str, Pressed]


class WatchQueries(Database):
    """What can be asked about all cases under way at once."""

    def watch(self, now: datetime, soon: datetime) -> Watch:
        """The counts; `soon` is up to when a deadline counts as soon. Raises RecordsAway."""
        groups: dict[tuple[str, str], Counter[str]] = {}
        owners: dict[str, Counter[str]] = {}
        with self.reading() as connection:
            for team, rung, status, move, count in connection.execute(_UNDER_WAY):
                group = groups.setdefault((team, rung), Counter())
                group["open"] += count if status != Status.CLOSED else 0
                if move in _COUNTED:
                    group[_COUNTED[move]] += count
            due_soon = sa.select(*_HELD).where(
                cases.c.sort_due > now, cases.c.sort_due <= soon, cases.c.breached.is_(False)
            )
            for what, query in (("breached", _LATE), ("soon", due_soon)):
                for team, rung, owner in connection.execute(query):
                    groups.setdefault((team, rung), Counter())[what] += 1
                    if owner is not None:
                        owners.setdefault(owner, Counter())[what] += 1
        return Watch(
            groups=tuple(Watched(team=team, rung=Rung(rung), **counted) for (team, rung), counted in groups.items()),
            owners={owner: Pressed(**counted) for owner, counted in owners.items()},
        )


_COUNTED = {WaitingOn.OFFER: "offered", WaitingOn.HAND_OFF: "asked", WaitingOn.STUCK: "stuck"}

_BY = (cases.c.team, cases.c.rung, cases.c.status, cases.c.waiting_on)
_UNDER_WAY = sa.select(*_BY, sa.func.count()).where(NOT_ARCHIVED).group_by(*_BY)

# Few, and counted here: asked to group them, SQLite would walk over an index of all owners instead.
_HELD = (cases.c.team, cases.c.rung, cases.c.owner_person)
_LATE = sa.select(*_HELD).where(cases.c.breached.is_(True))
