"""The directory of people: who there is, how much each has to do, and who is next.

A person's load is the number of cases that they own or are offered, and of hand-offs that they have or are offered. It
follows the views that are written; between a choice and the view that shows it stands a reservation, which lapses if no
view ever does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa

from cases.effects import Choice, ChoosePerson
from cases.people import Person, Trusted
from cases.view import CaseView
from cases.words import Rung, Status
from records.database import Database, insert_into, insert_or_replace
from records.tables import loads, people

RESERVED_FOR = timedelta(minutes=1)
"""How long a choice counts that no view has shown. Long enough for a commit that is behind, short enough not to hold
back people for cases that went elsewhere."""


TRUSTED = 20
"""How many of those who may grant more than any rung a case is told of."""


class Directory(Database):
    """What can be asked about people."""

    def import_people(self, everybody: Iterable[Person]) -> None:
        """Makes the directory what the list says. Who is no longer on it is kept, for past cases, as unavailable."""
        rows = [person.model_dump(mode="json") for person in everybody]
        with self.writing() as connection:
            connection.execute(sa.update(people).values(available=False))
            if rows:
                connection.execute(insert_or_replace(self.dialect, people), rows)

    def person(self, person_id: str) -> Person | None:
        """One person, available or not."""
        with self.reading() as connection:
            row = connection.execute(sa.select(people).where(people.c.id == person_id)).mappings().one_or_none()
        return Person.model_validate(dict(row)) if row else None

    def people(self) -> list[Person]:
        """Everybody, by id."""
        with self.reading() as connection:
            rows = connection.execute(sa.select(people).order_by(people.c.id)).mappings().all()
        return [Person.model_validate(dict(row)) for row in rows]

    def trusted(self, above: int) -> tuple[Trusted, ...]:
        """Who is there and may grant more than `above`, in minor units of a policy's currency; the most first."""
        query = (
            sa.select(people)
            .where(people.c.authority > above, people.c.available, people.c.rung != Rung.BOT)
            .order_by(people.c.authority.desc(), people.c.id)
            .limit(TRUSTED)
        )
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(
            Trusted(person=row["id"], rung=row["rung"], teams=tuple(row["teams"]), authority=row["authority"])
            for row in rows
        )

    def choose(self, errand: ChoosePerson, now: datetime) -> Choice:
        """The least loaded qualified person, with the case counted as theirs from now on; or why there is nobody.

        Qualified: available, at the errand's rung, in the line of its team, with its skill, not in `never`, and with
        fewer cases than their capacity; of equals the first by id. `prefer` comes before all of them. A preferred
        person, and one asked for by name, may be full: that is for the person who asked to judge. The same errand asked
        again is given the same answer while that person's load stands. Raises RecordsAway.
        """
        with self.writing() as connection:
            # On PostgreSQL the locked rows make choices for one rung take turns, and only then can it be seen what has
            # been chosen; SQLite has one writer anyway.
            rung = sa.select(people).where(people.c.rung == errand.rung).order_by(people.c.id).with_for_update()
            rows = connection.execute(rung).mappings().all()
            given = sa.select(loads.c.person).where(loads.c.effect_id == errand.id)
            if (before := connection.execute(given).scalar()) is not None:
                return Choice(person=before)
            everybody = [Person.model_validate(dict(row)) for row in rows]
            if errand.person:
                choice = _named(connection, errand, everybody)
            else:
                choice = _least_loaded(errand, everybody, loads_of_all(connection, errand.case_id, now))
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


def _least_loaded(errand: ChoosePerson, everybody: Sequence[Person], load: Counter[str]) -> Choice:
    line = [person for person in everybody if _qualified(person, errand) is None]
    present = [person for person in line if person.available]
    willing = [person for person in present if person.id not in errand.never]
    if errand.prefer in {person.id for person in willing}:
        return Choice(person=errand.prefer)
    free = [person for person in willing if load[person.id] < person.capacity]
    if free:
        return Choice(person=min(free, key=lambda person: (load[person.id], person.id)).id)
    return Choice(why=_nobody(errand, line, present, willing))


def _named(connection: sa.Connection, errand: ChoosePerson, everybody: Sequence[Person]) -> Choice:
    person = next((person for person in everybody if person.id == errand.person), None)
    if person is None:
        known = connection.execute(sa.select(people.c.rung).where(people.c.id == errand.person)).scalar()
        what = f"has the rung {known}, not {errand.rung}" if known else "is not in the directory"
        return Choice(why=f"{errand.person} {what}.")
    if unfit := _qualified(person, errand):
        return Choice(why=f"{person.id} {unfit}.")
    if person.id in errand.never:
        return Choice(why=f"{person.id} has declined this case or let it pass.")
    return Choice(person=person.id) if person.available else Choice(why=f"{person.id} is not available.")


def _qualified(person: Person, errand: ChoosePerson) -> str | None:
    """What the person lacks; None if nothing."""
    if not person.in_line_of(errand.team):
        return f"is not in the line of team {errand.team}"
    if errand.skill and errand.skill not in person.skills:
        return f"does not have the skill {errand.skill}"
    return None


def _nobody(errand: ChoosePerson, line: Sequence[Person], present: Sequence[Person], willing: Sequence[Person]) -> str:
    skill = f" with the skill {errand.skill}" if errand.skill else ""
    if not line:
        return f"Nobody at the rung {errand.rung} of team {errand.team}{skill} is in the directory."
    away, passed = len(line) - len(present), len(present) - len(willing)
    parts = ((away, "not available"), (passed, "asked before"), (len(willing), "at capacity"))
    why = ", ".join(f"{count} {what}" for count, what in parts if count)
    return f"Nobody at the rung {errand.rung} of team {errand.team}{skill} is free: {why}."
