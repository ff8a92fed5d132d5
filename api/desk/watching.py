"""What the wall shows, asked at once: the counts, the cases that somebody looks at, and who has how much."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api import directory, reading
from api.desk.loads import Carrier, carriers
from api.desk.session import Visitor
from api.desk.wording import by_urgency, is_live, soon_s, tone
from api.sources import Sources
from cases.complaint import Name
from cases.view import CaseView, ClockView
from cases.words import Rung, Status, WaitingOn
from policies import PolicyError, restore
from records import Watch, Watched

Show = Literal["due", "breached", "soon", "offered", "asked", "stuck", "open"]

LISTED, LISTED_AT_MOST = 30, 200
EVERYBODY = 1000

_OPEN = (Status.OPENING, Status.OPEN, Status.WAITING_CUSTOMER, Status.RESOLVED)
_ON: dict[Show, WaitingOn] = {
    "offered": WaitingOn.OFFER,
    "asked": WaitingOn.HAND_OFF,
    "stuck": WaitingOn.STUCK,
}
_HOUR_S = 3600.0


class Look(BaseModel):
    """What somebody looks at. `team`: one of them, `all`, or without it their own; `offer`: a case to be offered on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    team: Name | None = None
    rung: Rung | None = None
    show: Show = "due"
    more: bool = False
    offer: str | None = Field(default=None, max_length=80)


class Seen(BaseModel):
    """All of it. `soon_s`: how many seconds ahead counts as soon; `among`: the teams looked at, none for all.

    `offerable` are the ids of those listed that it may be for whoever looks to offer to somebody else.
    """

    model_config = ConfigDict(frozen=True)

    soon_s: float
    teams: tuple[str, ...]
    among: tuple[str, ...]
    groups: tuple[Watched, ...]
    total: Watched
    listed: tuple[CaseView, ...]
    count: int
    everybody: tuple[Carrier, ...]
    names: dict[str, str]
    offerable: frozenset[str]

    @property
    def carrying(self) -> tuple[Carrier, ...]:
        """Those of the teams looked at who have something, or should be looked at."""
        ours = [it for it in self.everybody if not self.among or set(it.person.teams) & set(self.among)]
        return tuple(it for it in ours if it.person.load or it.stands_out)


async def seen(by: Visitor, look: Look, now: datetime, at: Sources) -> Seen:
    """How things stand for whoever looks. Raises RecordsAway."""
    ahead_s = _soon_s(await at.ask(lambda known: known.policy_in_force()))
    soon = now + timedelta(seconds=ahead_s)
    among = _among(by, look)
    watch, people, listed = await asyncio.gather(
        at.ask(lambda known: known.watch(now, soon)),
        directory.people(by.actor, directory.PeopleSought(limit=EVERYBODY), at),
        _listed(by, look, among, now, soon, at),
    )
    groups = tuple(sorted(_of(watch, among), key=lambda group: (group.team, group.rung.height)))
    narrowed = [group for group in groups if look.rung in (None, group.rung)]
    total = _sum(narrowed)
    named = {person.id: person.name for person in people.items}
    return Seen(
        soon_s=ahead_s,
        teams=tuple(sorted({team for person in people.items for team in person.teams})),
        among=among,
        groups=groups,
        total=total,
        listed=tuple(listed),
        count=total.breached + total.soon if look.show == "due" else getattr(total, look.show),
        everybody=tuple(carriers(people.items, watch.owners)),
        names=named,
        offerable=frozenset(view.case_id for view in listed if not why_not_offered(by, view)),
    )


def why_not_offered(by: Visitor, view: CaseView) -> str:
    """Why it is not for them to offer the case to somebody else, as far as its view tells; the case has the last word.

    Empty if nothing speaks against it.
    """
    rung = view.offer.rung if view.offer else view.rung
    if by.is_operator:
        return "Operators look on here."
    if view.status in (Status.CLOSED, Status.ARCHIVED):
        return "The case is closed: there is nothing to offer."
    if not by.actor.in_line_of(view.team):
        return (
            f"The case is the team {view.team}'s: only a supervisor of theirs, or above, may offer it to somebody else."
        )
    if not by.at_least(rung):
        return f"The case is with rung {rung}, above yours: only that rung, or above, may offer it to somebody else."
    return ""


def shown_clock(view: CaseView, now: datetime) -> ClockView | None:
    """The clock that a row of the wall shows; None if none is live."""
    return next(iter(by_urgency(filter(is_live, view.clocks), now)), None)


def as_shown(view: CaseView, now: datetime) -> tuple[bool, datetime, str, str]:
    """Sorts as the rows read: what is late longest, then what is due first, to the second; of equals, by priority."""
    never = datetime.max.replace(tzinfo=UTC)
    clock = shown_clock(view, now)
    due = (clock.due_at or clock.breached_at or never) if clock else never
    late = clock is not None and tone(clock, now) == "breached"
    return not late, due.replace(microsecond=0), view.priority.value, view.case_id


def _among(by: Visitor, look: Look) -> tuple[str, ...]:
    if look.team == "all":
        return ()
    return (look.team,) if look.team else by.actor.teams


def _of(watch: Watch, among: Sequence[str]) -> list[Watched]:
    counts = ("open", "offered", "soon", "breached", "asked", "stuck")
    wanted = [group for group in watch.groups if not among or group.team in among]
    return [group for group in wanted if any(getattr(group, count) for count in counts)]


def _sum(groups: Sequence[Watched]) -> Watched:
    counts = ("open", "offered", "soon", "breached", "asked", "stuck")
    return Watched(
        team="", rung=Rung.AGENT, **{count: sum(getattr(group, count) for group in groups) for count in counts}
    )


async def _listed(
    by: Visitor, look: Look, among: Sequence[str], now: datetime, soon: datetime, at: Sources
) -> list[CaseView]:
    """The cases that are looked at: what is late first, the longest late at the top, then by deadline."""
    limit = LISTED_AT_MOST if look.more else LISTED
    # The records sort a late case by what is due in it next, which may be long after what is late: so all are asked.
    late: dict[str, Any] = {"breached": True, "limit": LISTED_AT_MOST}
    wanted: list[dict[str, Any]]
    match look.show:
        case "due":
            wanted = [late, {"breached": False, "due_before": soon}]
        case "breached":
            wanted = [late]
        case "soon":
            wanted = [{"breached": False, "due_before": soon}]
        case "open":
            wanted = [late | {"status": _OPEN}, {"status": _OPEN}]
        case _:
            wanted = [late | {"waiting_on": _ON[look.show]}, {"waiting_on": _ON[look.show]}]
    asked = [
        reading.cases(
            by.actor, reading.Sought.model_validate({"limit": limit, **each, "team": team, "rung": look.rung}), at
        )
        for each in wanted
        for team in among or (None,)
    ]
    found = {view.case_id: view for page in await asyncio.gather(*asked) for view in page.items}
    return sorted(found.values(), key=lambda view: as_shown(view, now))[:limit]


@lru_cache(8)
def _soon_s(policy: str | None) -> float:
    """What is soon, in seconds, where a resolution may take as long as this policy says: an hour, or less."""
    if policy is None:
        return _HOUR_S
    try:
        target = restore(policy).form.clocks.resolution.default
    except PolicyError:
        return _HOUR_S  # of another version
    return soon_s(target.total_seconds()) if target else _HOUR_S
