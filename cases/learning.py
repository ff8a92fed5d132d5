"""What goes back to those who sent a case up: whether that was right, and what to take from it.

Knows who sent it up, from the climbs that the case remembers; not who may say so (`cases.table`). Escalating is no
failure of the rep, and each time is something to learn from (a call-centre guide, "Escalating Calls"; HubSpot, "The
Definitive Guide to Escalation Management": record each, and use it for training).
"""

from __future__ import annotations

from cases.actions import Resolve
from cases.ladder import ROUTES
from cases.state import Climb, State
from cases.turn import NEWEST, Turn
from cases.view import Lesson


def give_back(turn: Turn, event: Resolve) -> None:
    """Each person who had the case when it went up is told, on record, unless they are who says so."""
    if event.warranted is None and event.lesson is None:
        return
    for person, climb in _sent_up_by(turn.state).items():
        if person == event.by.id:
            continue
        lesson = Lesson(
            at=turn.at,
            to=person,
            by=event.by.id,
            reason=climb.reason,
            warranted=event.warranted,
            lesson=event.lesson,
        )
        turn.state.lessons = [*turn.state.lessons[-NEWEST + 1 :], lesson]
        why = ROUTES[climb.reason].words
        turn.enter("lesson", f"{person} is told what came of sending it up ({why}){_words(event)}", **_data(lesson))
        turn.alert(
            "lesson",
            rung=climb.from_rung,
            team=turn.state.owner.team,
            person=person,
            warranted=event.warranted,
            lesson=event.lesson,
            why=why,
            by=event.by.id,
        )


def _sent_up_by(state: State) -> dict[str, Climb]:
    """Who had the case when it went up, with the newest time that it did; what nobody has claimed yet is no climb."""
    return {
        climb.owner: climb for climb in state.climbs if climb.owner and climb.to_rung.height <= state.owner.rung.height
    }


def _words(event: Resolve) -> str:
    judged = "" if event.warranted is None else ": it was right" if event.warranted else ": it was not needed"
    return f"{judged}. {event.lesson}" if event.lesson else judged


def _data(lesson: Lesson) -> dict[str, str | bool | None]:
    return {
        "to": lesson.to,
        "reason": lesson.reason.value,
        "warranted": lesson.warranted,
        "lesson": lesson.lesson,
    }
