"""A case that asks a team of specialists, played without a server: the case, its hand-off, and the records between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from cases.commit import Commit
from cases.effects import Choice, ChooseSpecialist, StartHandoff, TellHandoff
from cases.events import SYSTEM, Actor
from cases.handoff import Handoff
from cases.outcomes import Chosen, Sent
from cases.plan import Plan
from cases.specialists import SpecialistAct
from cases.view import HandoffView
from cases.words import Role, Rung, Via
from records import RecordedHandoff, Records
from records.tables import loads
from tests.records.conftest import Committed, words
from tests.samples import ANA, HOUR, claimed, terms
from tests.samples import plan as planned

PLAN = planned(terms(hand_off=HOUR * 24, accept=HOUR, answer=8 * HOUR))
"""A day for the whole of a hand-off, an hour to accept it, eight to answer."""


class Asking:
    """Ana's case, with one question to a team. What each does reaches the other at once; the records, when told."""

    def __init__(self, of: Plan | None = None, team: str = "billing", **fields: Any) -> None:
        self.played = claimed(of, **fields)
        self.committed = Committed(self.played)
        self._told = len(self.played.effects)
        self.played.do("hand_off", ANA, team=team, question="Was the second invoice paid?")
        start = next(effect for effect in self.played.effects if isinstance(effect, StartHandoff))
        self.handoff = Handoff.open(start.question, self.played.now)
        self.played.happen(Sent(id=uuid4(), by=SYSTEM, via=Via.SYSTEM, effect=start.id))
        self.handoff_id = self.handoff.handoff_id
        self._pass_on()

    @property
    def view(self) -> HandoffView:
        """The hand-off now."""
        return self.handoff.view(self.played.now)

    @property
    def errand(self) -> ChooseSpecialist:
        """Whom it looks for."""
        assert self.handoff.errand
        return self.handoff.errand

    def asked(self, records: Records) -> Choice:
        """The directory is asked, and its answer arrives."""
        errand = self.errand
        choice = records.choose_specialist(errand, self.played.now)
        self.choose(errand, choice)
        return choice

    def choose(self, errand: ChooseSpecialist, choice: Choice) -> None:
        """The directory's answer arrives."""
        self.handoff.apply(Chosen(id=uuid4(), by=SYSTEM, effect=errand.id, **choice.model_dump()), self.played.now)
        self._pass_on()

    def act(self, kind: str, person: str, **fields: Any) -> None:
        """A specialist does something."""
        by = Actor(id=person, role=Role.AGENT, rung=Rung.AGENT, teams=("billing",))
        event = SpecialistAct.model_validate({"kind": kind, "id": uuid4(), "by": by, **fields}).root
        self.handoff.apply(event, self.played.now)
        self._pass_on()

    def own(self, kind: str, **fields: Any) -> None:
        """The owner does something about the hand-off."""
        self.played.do(kind, ANA, handoff_id=self.handoff_id, **fields)
        self._pass_on()

    def wait(self, span: timedelta) -> None:
        """Time passes for both."""
        until = self.played.now + span
        while (due := self.handoff.next_due()) and due <= until:
            self.played.wait(due - self.played.now)
            self.handoff.tick(due)
            self._pass_on()
        self.played.wait(until - self.played.now)
        self._pass_on()

    def write(self, records: Records) -> Commit:
        """The case's commit of what has happened since the last."""
        return self.committed.write(records)

    def cut(self) -> Commit:
        """The same, not written yet."""
        return self.committed.cut()

    def _pass_on(self) -> None:
        for report in self.handoff.reports:
            self.played.happen(report)
            self.handoff.reported(report.id)
        fresh, self._told = self.played.effects[self._told :], len(self.played.effects)
        for effect in fresh:
            if isinstance(effect, TellHandoff):
                self.handoff.apply(effect.word, self.played.now)


def write(records: Records, commit: Commit) -> None:
    """Writes a commit that was cut before."""
    records.write(commit, words(commit))


def asking(reference: str = "order-1042", **fields: Any) -> Asking:
    """A case that asks billing, under PLAN."""
    return Asking(PLAN, reference=reference, **fields)


def row(records: Records, asked: Asking) -> RecordedHandoff:
    """The hand-off as the records have it, which they must."""
    found = records.handoff(asked.handoff_id)
    assert found is not None
    return found


def given_to(records: Records) -> dict[str, str]:
    """Who has which hand-off to do."""
    with records.reading() as connection:
        every = connection.execute(sa.select(loads.c.case_id, loads.c.person)).all()
    return {load.case_id: load.person for load in every if load.case_id[-2] == "-"}
