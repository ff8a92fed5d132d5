"""The directory at work: how much each has to do, who is there, and who is next. Who they are is in `records.people`.

A person's load is the number of cases that they own or are offered, and of hand-offs that they have or are offered. It
follows the views that are written; between a choice and the view that shows it stands a reservation, which lapses if no
view ever does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from pydantic import Field

from cases.effects import Choice, ChoosePerson
from cases.people import Absence, Person, Trusted
from cases.view import CaseView
from cases.words import Rung, Status
from records.absences import absences_in, absent_at
from records.database import Database, insert_into
from records.people import person_in
from records.tables import loads, people

RESERVED_FOR = timedelta(minutes=1)
"""How long a choice counts that no view has shown. Long enough for a commit that is behind, short enough not to hold
back people for cases that went elsewhere."""


TRUSTED = 20
"""How many of those who may grant more than any rung a case is told of."""

OnShift = Callable[[Person, datetime], bool]
"""Whether somebody works at a moment. That takes calendars and time zones, so whoever asks brings it."""

ASKED, FULL = "declined or asked before", "at capacity"

WHY = 200
"""The most that can be said of why nobody was chosen, in characters."""


def always(_person: Person, _at: datetime) -> bool:
    """Everybody works around the clock."""
    return True


class PersonShown(Person):
    """Somebody as they are now."""

    on_shift: bool = Field(description="there now: available, in their hours, and not absent")
    load: int = Field(description="cases that they own or are offered, and hand-offs that they have or are offered")
    absences: tuple[Absence, ...] = Field(description="those that are not over, the first to begin first")


class Directory(Database):
    """What can be asked about people at work."""

    def staff(self, now: datetime, on_shift: OnShift, person_id: str | None = None) -> list[PersonShown]:
        """Everybody as they are now, by id; or one person. Raises RecordsAway."""
        here = sa.select(people).where(people.c.left_at.is_(None)).order_by(people.c.id)
        if person_id is not None:
            here = here.where(people.c.id == person_id)
        with self.reading() as connection:
            everybody = [person_in(row) for row in connection.execute(here).mappings()]
            away, load = away_now(connection, everybody, now, on_shift), loads_of_all(connection, "", now)
            times = absences_in(connection, now, person_id)
        return [
            PersonShown(
                **person.model_dump(),
                on_shift=person.id not in away,
                load=load[person.id],
                absences=tuple(each for each in times if each.person == person.id),
            )
            for person in everybody
        ]

    def trusted(self, above: int) -> tuple[Trusted, ...]:
        """Who is there and may grant more than `above`, in minor units of a policy's currency; the most first."""
        query = (
            sa.select(people)
            .where(
                people.c.authority > above, people.c.available, people.c.left_at.is_(None), people.c.rung != Rung.BOT
            )
            .order_by(people.c.authority.desc(), people.c.id)
            .limit(TRUSTED)
        )
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(
            Trusted(person=row["id"], rung=row["rung"], teams=tuple(row["teams"]), authority=row["authority"])
            for row in rows
        )

    def choose(self, errand: ChoosePerson, now: datetime, on_shift: OnShift = always) -> Choice:
        """The least loaded qualified person, with the case counted as theirs from now on; or why there is nobody.

        Qualified: available, on shift and not absent, at the errand's rung, in the line of its team, with its skill,
        not in `never`, and with fewer cases than their capacity. Who speaks the customer's language comes first, then
        who has least to do, then the first by id. `prefer` comes before all of them. A preferred person, and one asked
        for by name, may be full: that is for the person who asked to judge. The same errand asked again is given the
        same answer while that person's load stands. Raises RecordsAway.
        """
        with self.writing() as connection:
            # On PostgreSQL the locked rows make choices for one rung take turns, and only then can it be seen what has
            # been chosen; SQLite has one writer anyway.
            here = sa.and_(people.c.rung == errand.rung, people.c.left_at.is_(None))
            rung = sa.select(people).where(here).order_by(people.c.id).with_for_update()
            rows = connection.execute(rung).mappings().all()
            given = sa.select(loads.c.person).where(loads.c.effect_id == errand.id)
            if (before := connection.execute(given).scalar()) is not None:
                return Choice(person=before)
            everybody = [person_in(row) for row in rows]
            away = away_now(connection, everybody, now, on_shift)
            if errand.person:
                choice = _named(connection, errand, everybody, away)
            else:
                choice = _least_loaded(errand, everybody, away, loads_of_all(connection, errand.case_id, now))
            if choice.person:
                reservation = {"person": choice.person, "effect_id": errand.id, "reserved_at": now, "settled": False}
                connection.execute(_reserve(self.dialect), {"case_id": errand.case_id, **reservation})
        return choice


def settle_loads(connection: sa.Connection, view: CaseView, now: datetime) -> None:
    """Makes the loads of a case those that its view shows; reservations that are not old yet stay beside them."""
    over = view.status in (Status.CLOSED, Status.ARCHIVED)
    offered = view.offer.to.person if view.offer else None
    shown = set[str]() if over else {person for person in (view.owner.person, offered) if person}
    gone = sa.delete(loads).where(loads.c.case_id == view.case_id, loads.c.person.not_in(shown))
    if not over:
        gone = gone.where(sa.or_(loads.c.settled, loads.c.reserved_at < now - RESERVED_FOR))
    connection.execute(gone)
    if shown:
        rows = [
            {"case_id": view.case_id, "person": person, "reserved_at": now, "settled": True} for person in sorted(shown)
        ]
        connection.execute(_settle(connection.dialect.name), rows)


@cache
def _settle(dialect: str) -> sa.Executable:
    insert = insert_into(dialect, loads)
    # The errand and the time of a reservation stay: the errand may be asked again.
    return insert.on_conflict_do_update(index_elements=[loads.c.case_id, loads.c.person], set_={"settled": True})


@cache
def _reserve(dialect: str) -> sa.Executable:
    insert = insert_into(dialect, loads)
    # Somebody who owns the case already is settled, and stays so.
    return insert.on_conflict_do_update(
        index_elements=[loads.c.case_id, loads.c.person],
        set_={"effect_id": insert.excluded.effect_id, "reserved_at": insert.excluded.reserved_at},
    )


def loads_of_all(connection: sa.Connection, case_id: str, now: datetime) -> Counter[str]:
    """Cases and hand-offs by person, the one in question left out: to keep it adds nothing to anybody's load."""
    counts = sa.or_(loads.c.settled, loads.c.reserved_at >= now - RESERVED_FOR)
    query = (
        sa.select(loads.c.person, sa.func.count()).where(counts, loads.c.case_id != case_id).group_by(loads.c.person)
    )
    return Counter({person: count for person, count in connection.execute(query)})  # noqa: C416 -- rows, not pairs


def away_now(
    connection: sa.Connection, everybody: Sequence[Person], now: datetime, on_shift: OnShift
) -> dict[str, str]:
    """Who of them is not there, and why."""
    absent = absent_at(connection, now)
    away: dict[str, str] = {}
    for person in everybody:
        if not person.available:
            away[person.id] = "not available"
        elif person.id in absent:
            away[person.id] = "absent"
        elif not on_shift(person, now):
            away[person.id] = "off shift"
    return away


def counted(line: Sequence[Person], away: Mapping[str, str], never: Sequence[str]) -> str:
    """Why none of them can be chosen, and of how many that is true: `1 absent, 2 at capacity`."""
    why = Counter(away.get(person.id) or (ASKED if person.id in never else FULL) for person in line)
    order = ("not available", "absent", "off shift", ASKED, FULL)
    return ", ".join(f"{why[what]} {what}" for what in order if why[what])


def _least_loaded(
    errand: ChoosePerson, everybody: Sequence[Person], away: Mapping[str, str], load: Counter[str]
) -> Choice:
    line = [person for person in everybody if _qualified(person, errand) is None]
    willing = [person for person in line if person.id not in away and person.id not in errand.never]
    if errand.prefer in {person.id for person in willing}:
        return Choice(person=errand.prefer)
    free = [person for person in willing if load[person.id] < person.capacity]
    if free:
        best = min(free, key=lambda person: (not _speaks(person, errand.language), load[person.id], person.id))
        return Choice(person=best.id)
    return Choice(why=_nobody(errand, line, away))


def _speaks(person: Person, language: str | None) -> bool:
    """Whether the customer can be answered in their language, whatever the region."""
    return language is None or language.partition("-")[0] in person.languages


def _named(
    connection: sa.Connection, errand: ChoosePerson, everybody: Sequence[Person], away: Mapping[str, str]
) -> Choice:
    person = next((person for person in everybody if person.id == errand.person), None)
    if person is None:
        there = sa.and_(people.c.id == errand.person, people.c.left_at.is_(None))
        known = connection.execute(sa.select(people.c.rung).where(there)).scalar()
        what = f"has the rung {known}, not {errand.rung}" if known else "is not in the directory"
        return Choice(why=f"{errand.person} {what}.")
    if unfit := _qualified(person, errand):
        return Choice(why=f"{person.id} {unfit}.")
    if person.id in errand.never:
        return Choice(why=f"{person.id} has declined this case or let it pass.")
    return Choice(why=f"{person.id} is {away[person.id]}.") if person.id in away else Choice(person=person.id)


def _qualified(person: Person, errand: ChoosePerson) -> str | None:
    """What the person lacks; None if nothing."""
    if not person.in_line_of(errand.team):
        return f"is not in the line of team {errand.team}"
    if errand.skill and errand.skill not in person.skills:
        return f"does not have the skill {errand.skill}"
    return None


def _nobody(errand: ChoosePerson, line: Sequence[Person], away: Mapping[str, str]) -> str:
    skill = f" with the skill {errand.skill}" if errand.skill else ""
    whom = f"Nobody at the rung {errand.rung} of team {errand.team}{skill}"
    if not line:
        return f"{whom} is in the directory."
    why = counted(line, away, errand.never)
    said = f"{whom} is free: {why}."
    # Names may be long, and the case takes no more: then the figures are what matters.
    return said if len(said) <= WHY else f"Nobody is free: {why}."
