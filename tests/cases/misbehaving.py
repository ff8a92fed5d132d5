"""Customers who insult or threaten, for the tests of what is done about it."""

from __future__ import annotations

from cases.conduct import Conduct
from cases.effects import AlertStaff
from cases.events import Actor
from cases.plan import Guards
from cases.words import ClockState
from tests.samples import (
    ANA,
    GUARDS,
    Played,
    claimed,
    plan,
    terms,
)


def warned(times: int, guards: Guards = GUARDS) -> Played:
    """The sample case; Ana has warned the customer so often."""
    play = claimed(plan(terms(guards)))
    for number in range(times):
        play.do("warn", ANA, text=("Please do not shout.", "This ends if you go on.")[number])
    return play


def threatened(play: Played | None = None, by: Actor = ANA) -> Played:
    """A case in which a threat was reported."""
    play = play or claimed()
    play.do("report_threat", by, text="He knows where our people park.")
    return play


def conduct(play: Played) -> Conduct:
    """The record, as staff see it."""
    return play.view.conduct or Conduct()


def alert(play: Played, template: str) -> AlertStaff:
    """The newest alert of that kind."""
    return [one for one in play.effects if isinstance(one, AlertStaff) and one.template == template][-1]


def running(play: Played) -> dict[str, object]:
    """The deadlines of all clocks that run."""
    return {clock.id: clock.due_at for clock in play.view.clocks if clock.state is ClockState.RUNNING}
