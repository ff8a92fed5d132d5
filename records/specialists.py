"""Who of a team of specialists is asked next. Their load is counted as everybody's is: cases and hand-offs alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from cases.effects import Choice, ChooseSpecialist
from cases.people import Person
from cases.words import HandoffStatus, Rung
from records.database import Database
from records.directory import OnShift, always, away_now, counted, loads_of_all
from records.mirroring import write_offer
from records.people import person_in
from records.readers import OVER
from records.tables import handoffs, loads, people


class Specialists(Database):
    """What can be asked about specialists."""

    def choose_specialist(self, errand: ChooseSpecialist, now: datetime, on_shift: OnShift = always) -> Choice:
        """The least loaded specialist, with the hand-off counted as theirs from now on; or why there is nobody.

        Qualified: available, on shift and not absent, named in the directory as one of the team (somebody without teams
        knows every line, but is no specialist of any), a person and not a bot, not in `never`, and with less to do than
        their capacity. The
        lowest rung comes first ("solve at the lowest level", HubSpot), then who has least to do, then the first by id.
        The same errand asked again is given the same answer. Raises RecordsAway.
        """
        with self.writing() as connection:
            # On PostgreSQL the locked rows make choices take turns, in the order that `choose` locks them too.
            here = sa.and_(people.c.rung != Rung.BOT, people.c.left_at.is_(None))
            ladder = sa.select(people).where(here).order_by(people.c.id).with_for_update()
            everybody = [person_in(row) for row in connection.execute(ladder).mappings()]
            team = [person for person in everybody if errand.question.team in person.teams]
            if before := _said_before(connection, errand):
                return before.model_copy(update={"staffed": bool(team)})
            away = away_now(connection, team, now, on_shift)
            choice = _next(errand, team, away, loads_of_all(connection, errand.question.handoff_id, now))
            if write_offer(connection, errand, choice.person, now):
                return choice
        return Choice(why="somebody has seen to the question meanwhile", staffed=bool(team))

    def release(self, handoff_id: str, now: datetime) -> None:
        """Ends the row of a hand-off that no case will end, and the load with it. Raises RecordsAway."""
        ended = {"status": HandoffStatus.CANCELLED, "ended_at": now, "written_at": now}
        with self.writing() as connection:
            open_row = sa.and_(handoffs.c.handoff_id == handoff_id, handoffs.c.status.not_in(OVER))
            connection.execute(sa.update(handoffs).where(open_row).values(ended))
            connection.execute(sa.delete(loads).where(loads.c.case_id == handoff_id))


def _said_before(connection: sa.Connection, errand: ChooseSpecialist) -> Choice | None:
    """What the same errand was answered; or that the hand-off is over, and nobody need be found any more."""
    query = sa.select(handoffs.c.status, handoffs.c.settled, handoffs.c.person)
    row = connection.execute(query.where(handoffs.c.handoff_id == errand.question.handoff_id)).one_or_none()
    if row is None:
        return None
    if row.status in OVER:
        return Choice(why="the hand-off is over")
    if row.status != HandoffStatus.OFFERED or row.settled != errand.version:
        return None
    return Choice(person=row.person, why=None if row.person else "nobody was free when the directory was asked")


def _next(errand: ChooseSpecialist, team: Sequence[Person], away: Mapping[str, str], load: Counter[str]) -> Choice:
    willing = [person for person in team if person.id not in away and person.id not in errand.never]
    free = [person for person in willing if load[person.id] < person.capacity]
    if free:
        return Choice(person=min(free, key=lambda person: (person.rung.height, load[person.id], person.id)).id)
    if not team:
        return Choice(why="nobody at the rung agent or above is said to belong to it", staffed=False)
    return Choice(why=f"of {len(team)} specialists, {counted(team, away, errand.never)}")
