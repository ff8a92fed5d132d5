"""Words that were promised: a callback or an update by a time, and the update that comes at least every so often.

Who was left waiting is told by when they hear next, and that is such a promise too (`next_word`).
A promise of an update is kept by the next word to the customer from a person: a reply, an answer to who asked for a
manager, a resolution. A callback is kept by a call: by an `attempt`, which is how one is put on record, answered or
not, or by a reply where people speak. If the customer chose the time, neither is that call long before it. What a
broken promise leads to is in `cases.deadlines`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.actions import Promise, Reply
from cases.clocks import Clock
from cases.events import Actor, Code, Refused
from cases.requests import ChooseContact
from cases.state import State
from cases.turn import Turn
from cases.words import Breach, ClockName, ContactOption, Promised, Status

WORDS = (ClockName.UPDATE, ClockName.CALLBACK)

PATIENCE = (ClockName.CONFIRM, ClockName.CUSTOMER_SILENCE)
"""How long a customer may be silent before the case closes."""

LABEL = "promised"
"""What tells a clock with a time of its own from the periodic one."""

CHOSEN = "chosen"
"""The same, for a call at the time that the customer chose."""

NEWS = "news"
"""What tells from these the time at which a customer whom we have left waiting hears again."""

BOTH_CALLS = "both"

OPEN_PROMISES = 10
"""How many promises of a case may be open at once."""

FARTHEST = timedelta(days=366)

_NEAR = 0.5
"""From which share of its time on an attempt is the call that was promised, where the policy warns of none."""


def promise(turn: Turn, event: Promise) -> None:
    """The owner promises a callback or an update; the customer has it in writing."""
    turn.enter("promise", f"Promised: {event.what} by {_words(event.by_when)}", what=event.what.value)
    run_until(turn, ClockName(event.what.value), event.by_when, "promised")
    turn.tell_customer(f"promised.{event.what}", by_when=event.by_when)


def callback_chosen(turn: Turn, event: ChooseContact) -> None:
    """The customer chooses when to be called: now, which the policy says how soon that is, or at a time."""
    when = "now" if event.when == "now" else f"by {_words(event.when)}"
    turn.enter("choose_contact", f"The customer chooses a callback: {when}")
    turn.cancel((ClockName.CALLBACK,), "the customer chose another time")
    if event.when == "now":
        _hold_silence(turn)
        clock = turn.start_clock(ClockName.CALLBACK, "the customer wants a call now")
        by_when = clock.due_at
    else:
        run_until(turn, ClockName.CALLBACK, event.when, "the customer chose the time", label=CHOSEN)
        by_when = event.when
    turn.tell_customer(f"promised.{Promised.CALLBACK}", by_when=by_when)
    turn.alert_owner("callback_chosen", by_when=by_when)


def run_until(turn: Turn, name: ClockName, by_when: datetime, cause: str, *, label: str = LABEL) -> None:
    """A promise with a time of its own; how it warns, and what its breach leads to, the policy says."""
    terms = turn.plan.terms.clocks.get(name)
    _hold_silence(turn)
    turn.start_dated(
        name,
        cause,
        label=label,
        since=turn.at,
        due=by_when,
        warn_at=terms.warn_at if terms else (),
        on_breach=terms.on_breach if terms else Breach.UP,
    )


def word_given(turn: Turn, cause: str, *, update_by: datetime | None = None) -> None:
    """A person has spoken to the customer: a promised update is kept, and the time to the next one begins."""
    turn.fulfil((ClockName.UPDATE,), cause)
    keep_updating(turn, cause)
    if update_by:
        run_until(turn, ClockName.UPDATE, update_by, "promised in a reply")


def next_word(turn: Turn, cause: str, *, broken: Clock | None = None) -> datetime | None:
    """When a customer whom we have left waiting hears again: an answer that is owed; otherwise a time that we now keep.

    An offer keeps what climbs from being told, so beside one it is always a time of its own. That is the interval at
    which the top is alerted, and after a `broken` one twice as long as that one: never silence, and no flood. Terms
    of before there was an interval for threats are older than this clock too: such a case is given no time of its own.
    """
    answer, guards = turn.due_answer(), turn.plan.terms.guards
    if guards.threat_repeat is None or (answer and turn.state.offer is None):
        return answer
    standing = [clock for clock in turn.live((ClockName.UPDATE,)) if clock.label == NEWS and not clock.breached_at]
    if standing:
        return standing[0].due_at
    again = broken is not None and broken.label == NEWS
    _hold_silence(turn)
    clock = turn.start_dated(
        ClockName.UPDATE,
        cause,
        label=NEWS,
        since=turn.now,
        due=turn.now + (2 * broken.target if broken and again else guards.alert_repeat),
        warn_at=(),
        on_breach=Breach.ALERT,
    )
    if broken and again:
        turn.cancel_clock(broken.id, "promised anew")
    return clock.due_at


def news_given(turn: Turn, cause: str) -> None:
    """The customer has heard what became of what they were left waiting for."""
    for clock in turn.live((ClockName.UPDATE,)):
        if clock.label == NEWS:
            turn.fulfil_clock(clock.id, cause)


def called(turn: Turn, cause: str) -> None:
    """Somebody has called, or tried to: every callback is kept, but for one whose chosen time is not near yet.

    What is tried days before the time that a customer chose is something else, or they would not be called then. Who
    promised a call of their own by some time may call as early as they like.
    """
    for clock in turn.live((ClockName.CALLBACK,)):
        if clock.label != CHOSEN or clock.elapsed(turn.at) >= clock.target * next(iter(clock.warn_at), _NEAR):
            turn.fulfil_clock(clock.id, cause)


def spoken(turn: Turn, cause: str) -> None:
    """A reply has gone out: where people speak it is a call."""
    if turn.plan.pathway(turn.state.channel).live:
        called(turn, cause)


def keep_updating(turn: Turn, cause: str, *, since: datetime | None = None) -> None:
    """While the case is worked on, the customer hears at least as often as the policy says, if it says so."""
    status = turn.state.status
    if not turn.plan.has_clock(ClockName.UPDATE, turn.state.channel) or status not in (
        Status.OPEN,
        Status.WAITING_CUSTOMER,
    ):
        return
    clock = turn.start_clock(ClockName.UPDATE, cause, since=since)
    if clock.pausable and status is Status.WAITING_CUSTOMER:
        turn.pause([clock], "waiting for the customer")


def chase_if_waiting(turn: Turn, cause: str) -> None:
    """A customer who is waited for is reminded and in the end no longer waited for, if the policy says so."""
    state = turn.state
    if (
        state.status is Status.WAITING_CUSTOMER
        and not turn.live((ClockName.CUSTOMER_SILENCE,))
        and turn.plan.has_clock(ClockName.CUSTOMER_SILENCE, state.channel)
    ):
        turn.start_clock(ClockName.CUSTOMER_SILENCE, cause, since=turn.now)


def end_updates(turn: Turn, cause: str) -> None:
    """The resolution is the news that was waited for."""
    turn.fulfil((ClockName.UPDATE,), cause)


def _hold_silence(turn: Turn) -> None:
    """No silence counts until the promise is kept. (`cases.confirming`, which lets it go on, knows this module.)"""
    turn.pause(turn.live(PATIENCE), "a call or an update is owed first")


def offers_callbacks(state: State, by: Actor, at: datetime) -> None:
    """The policy has a clock for callbacks, and the channel something to choose."""
    plan, channel = state.plan, state.channel
    if plan is None:
        return
    if not plan.has_clock(ClockName.CALLBACK, channel) or not any(
        map(plan.pathway(channel).has_contact, ContactOption)
    ):
        raise Refused(
            Code.NO_CALLBACKS, f"The policy {plan.terms.policy} offers no callbacks by {channel}. Send a `message`."
        )


def contact_offered(state: State, event: ChooseContact, at: datetime) -> None:
    """The channel offers what the customer chose: a call now, or one at a time."""
    option = ContactOption.NOW if event.when == "now" else ContactOption.CALLBACK
    if state.plan and not state.plan.pathway(state.channel).has_contact(option):
        instead = "give a time in `when`" if option is ContactOption.NOW else '`when` may only be "now"'
        raise Refused(Code.NO_CALLBACKS, f"By {state.channel} a customer cannot choose {option}; {instead}.")


def may_choose_call(turn: Turn) -> str | None:
    """Which calls the customer can be told that they may choose (C: options share control): one, `both`, or none."""
    if turn.state.conduct.written_only:
        return None
    try:
        offers_callbacks(turn.state, turn.by, turn.at)
    except Refused:
        return None
    pathway = turn.plan.pathway(turn.state.channel)
    offered = [option for option in ContactOption if pathway.has_contact(option)]
    return BOTH_CALLS if len(offered) > 1 else offered[0].value


def room_for_promises(state: State, by: Actor, at: datetime) -> None:
    """Not too much is promised already."""
    if sum(clock.live and clock.name in WORDS for clock in state.clocks) >= OPEN_PROMISES:
        raise Refused(Code.TOO_MANY_PROMISES, f"{OPEN_PROMISES} promises are open already. Keep one of them first.")


def promise_ahead(state: State, event: Promise | Reply | ChooseContact, at: datetime) -> None:
    """A time that is promised, if one is, lies ahead, and not too far."""
    match event:
        case Promise():
            field, by_when = "by_when", event.by_when
        case Reply():
            field, by_when = "update_by", event.update_by
        case ChooseContact():
            field, by_when = "when", None if event.when == "now" else event.when
    if by_when is None:
        return
    if by_when <= at:
        raise Refused(Code.NOT_IN_FUTURE, f"`{field}` is {_words(by_when)}, which has passed. Give a time to come.")
    if by_when > at + FARTHEST:
        raise Refused(
            Code.TOO_FAR_AHEAD, f"`{field}` is {_words(by_when)}, more than a year ahead. Give an earlier time."
        )


def _words(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
