"""What a regulator demands of a case: stages that only letters satisfy, whatever else becomes of the case.

A stage is a clock named `statutory`, with the stage's name for a label; several run at once. None ever pauses, and
neither the customer's silence nor their acceptance fulfils it: a rule that asks for something in writing is kept by
writing. So they run on while the case is closed, and it is archived only when none is left.
"""

from __future__ import annotations

from datetime import datetime

from cases.actions import Close, Reply
from cases.clocks import Clock
from cases.events import Actor, Code, Refused
from cases.regimes import Regime, Stage
from cases.state import State
from cases.turn import Turn
from cases.words import ClockName, ClosedAs, Letter, Rung, Status, Via

STATUTORY = ClockName.STATUTORY


def start(turn: Turn) -> None:
    """The first stages of the plan's regime run, from the receipt of the complaint on."""
    regime = turn.plan.regime
    for stage in regime.first if regime else ():
        _open(turn, stage, f"{turn.plan.regime.name if turn.plan.regime else ''}: {stage.label}")


def counted_from(state: State, regime: Regime) -> datetime:
    """The moment that all deadlines of a regime count from."""
    return state.opened_at if regime.from_opening else state.complaint.received_at or state.opened_at


def letter_sent(turn: Turn, letter: Letter) -> None:
    """Every open stage that the letter satisfies is fulfilled, late or not, and what follows from it is opened."""
    regime, state = turn.plan.regime, turn.state
    if regime is None:
        return
    for clock in turn.live((STATUTORY,)):
        stage = regime.stage(clock.label)
        if stage is None or letter not in stage.letters:
            continue
        turn.fulfil_clock(clock.id, f"letter: {letter}")
        follows = regime.stage(stage.then.get(letter))
        known = {clock.label for clock in state.clocks if clock.name is STATUTORY}
        if follows and follows.name not in known:
            _open(turn, follows, f"letter: {letter}")
    if not owed(state):
        turn.cancel((STATUTORY,), "nothing is owed any more")


def owed(state: State) -> list[Clock]:
    """The clocks of stages that are duties and not satisfied."""
    return [clock for clock in state.clocks if clock.name is STATUTORY and clock.live and not is_optional(state, clock)]


def is_running(state: State) -> bool:
    """Whether any stage, duty or not, is still open."""
    return any(clock.name is STATUTORY and clock.live for clock in state.clocks)


def is_optional(state: State, clock: Clock) -> bool:
    """Whether a statutory clock is only a way out, which nobody has to take."""
    regime = state.plan.regime if state.plan else None
    stage = regime.stage(clock.label) if regime else None
    return stage is not None and stage.optional


def next_word(turn: Turn) -> datetime | None:
    """The earliest deadline that a regime still sets for the next letter."""
    dues = (clock.due_at for clock in owed(turn.state) if clock.due_at and not clock.breached_at)
    return min((due for due in dues if due > turn.at), default=None)


def closed(turn: Turn, closed_as: ClosedAs) -> None:
    """A closed case still owes its letters; a duplicate does not, because the case that it repeats does."""
    if closed_as is ClosedAs.DUPLICATE:
        turn.cancel((STATUTORY,), _owed_in(turn.state.duplicate_of))
    watch(turn)


def watch(turn: Turn) -> None:
    """While a stage that is late lies in a closed case, its managers are alerted again and again."""
    late = any(clock.breached_at for clock in owed(turn.state))
    if late and turn.state.status is Status.CLOSED and not turn.live((ClockName.ALERT_REPEAT,)):
        turn.start_clock(ClockName.ALERT_REPEAT, "a statutory deadline has passed", since=turn.now)


def reopened(turn: Turn, duplicate_of: str | None) -> None:
    """An open case has an owner who hears of what is late; nobody needs to be alerted beside.

    One that was closed as a duplicate and goes on repeats nothing: what was owed in the other case is owed here again,
    by the moment at which it always was.
    """
    if turn.plan.regime:
        turn.cancel((ClockName.ALERT_REPEAT,), "reopened")
    if duplicate_of:
        for clock in turn.state.clocks:
            if clock.name is STATUTORY and not clock.live and clock.ledger[-1].cause == _owed_in(duplicate_of):
                _owe_again(turn, clock, duplicate_of)


def _owed_in(duplicate_of: str | None) -> str:
    return f"owed in {duplicate_of}"


def _owe_again(turn: Turn, clock: Clock, duplicate_of: str) -> None:
    """Its time never stood still, so the clock is a new one from the old start. It takes the place of the old one."""
    state = turn.state
    state.clocks = [other for other in state.clocks if other is not clock]
    anew = turn.start_dated(
        STATUTORY,
        f"owed here after all, not in {duplicate_of}",
        label=clock.label or "",
        since=clock.started_at or state.opened_at,
        due=(clock.started_at or state.opened_at) + clock.target,
        warn_at=clock.warn_at,
        on_breach=clock.on_breach,
    )
    anew.warned, anew.breached_at = clock.warned, clock.breached_at


def repeat_alert(turn: Turn) -> bool:
    """Managers hear once more of what a closed case owes and is late with. Whether there is anything."""
    late = [clock for clock in owed(turn.state) if clock.breached_at]
    if not late:
        return False
    turn.enter("statutory_late", f"Closed, and still owed: {', '.join(clock.title for clock in late)}")
    for clock in late:
        alert_managers(turn, clock)
    turn.fulfil((ClockName.ALERT_REPEAT,), "alerted")
    turn.start_clock(ClockName.ALERT_REPEAT, "a statutory deadline has passed", since=turn.now)
    return True


def alert_managers(turn: Turn, clock: Clock) -> None:
    """Word to the managers of the team, or to a higher owner."""
    owner = turn.state.owner
    high = owner.rung.height >= Rung.MANAGER.height
    turn.alert(
        "clock_breached",
        rung=owner.rung if high else Rung.MANAGER,
        team=owner.team,
        person=owner.person if high else None,
        clock=clock.title,
        due_at=clock.due_at,
    )


def duplicate_vouched_for(state: State, event: Close, at: datetime) -> None:
    """Nobody whom nobody knows says, while a duty runs, that another case owes it: a signal's word does not end one."""
    if event.duplicate_of and event.via is Via.SIGNAL and owed(state):
        owing = ", ".join(clock.title for clock in owed(state))
        raise Refused(
            Code.NOT_BY_SIGNAL,
            f"{owing} is owed, and would be no more in a duplicate. Close it over the API, which knows whose case "
            f"{event.duplicate_of} is, or leave `duplicate_of` out.",
        )


def letter_owed_if_closed(state: State, by: Actor, at: datetime) -> None:
    """A closed case takes the letters that it still owes, and no other words."""
    if state.status is Status.CLOSED and not owed(state):
        raise Refused(
            Code.CLOSED, f"The case is closed as {state.closed_as}. Reopen it first; a message reopens it too."
        )


def letter_fits(state: State, event: Reply, at: datetime) -> None:
    """The letter is one of the regime's, and open to this case; a closed case takes nothing but that."""
    if state.status is Status.CLOSED and (event.letter is None or event.asks or event.update_by):
        owing = ", ".join(clock.title for clock in owed(state))
        raise Refused(
            Code.CLOSED,
            f"The case is closed as {state.closed_as} and takes only a `letter`, without `asks` or `update_by`: "
            f"{owing} is still owed. Reopen it first for anything else.",
        )
    if event.letter is None:
        return
    regime = state.plan.regime if state.plan else None
    known = regime.letters if regime else ()
    if regime is None or event.letter not in known:
        remedy = f"It knows: {', '.join(known)}." if known else "Leave `letter` out."
        name = f"The regime {regime.name}" if regime else "No statutory regime applies to this case, which"
        raise Refused(Code.UNKNOWN_LETTER, f"{name} knows no letter `{event.letter}`. {remedy}", letters=[*known])
    ways_out = regime.ways_out(event.letter)
    if ways_out and not any(_taken(state, regime, stage) for stage in ways_out):
        until = max(regime.due(stage, counted_from(state, regime)) for stage in ways_out)
        raise Refused(
            Code.LETTER_NOT_OPEN,
            f"`{event.letter}` is for a complaint whose resolution the customer accepted by "
            f"{until:%Y-%m-%d %H:%M:%S} UTC. Send another letter, such as `{Letter.FINAL_RESPONSE}`.",
            until=until.isoformat(),
        )


def _taken(state: State, regime: Regime, stage: Stage) -> bool:
    """Whether the customer accepted a resolution while this way out was open."""
    accepted = state.closed_at if state.closed_as is ClosedAs.ACCEPTED else None
    return accepted is not None and accepted <= regime.due(stage, counted_from(state, regime))


def _open(turn: Turn, stage: Stage, cause: str) -> None:
    regime = turn.plan.regime
    if regime is None:
        raise RuntimeError(f"{turn.state.case_id} has a stage without a regime")
    since = counted_from(turn.state, regime)
    turn.start_dated(
        STATUTORY,
        cause,
        label=stage.name,
        since=since,
        due=regime.due(stage, since),
        warn_at=stage.warn_at,
        on_breach=stage.on_breach,
    )
