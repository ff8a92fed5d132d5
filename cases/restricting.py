"""Restricted contact: in writing only, or with one named person, until a date on which that is looked at again.

Knows what a restriction allows and when it is reviewed; not why it was made (`cases.conducting`). It lasts as long as
its case is worked on, and its review comes back as the clock `review`, to the managers. The customer can ask for a
review once. None of the complaint's own clocks changes by it, but for callbacks that nobody is to make any more.
"""

from __future__ import annotations

from datetime import datetime

from cases import confirming, moving, timekeeping
from cases.actions import Promise, RestrictContact
from cases.briefing import alert_managers
from cases.clocks import Clock
from cases.conduct import Restriction
from cases.events import Actor, Code, Refused
from cases.promising import FARTHEST
from cases.requests import AskReview, ChangeChannel
from cases.state import State
from cases.turn import Turn, quoted
from cases.words import Breach, Channel, ClockName, Contact, Promised

REVIEW = ClockName.REVIEW

WRITTEN = (Channel.EMAIL, Channel.LETTER, Channel.WEB, Channel.SOCIAL)
"""Where a letter reaches the customer, in the order in which it is tried when they never wrote."""

LABEL = "date"
"""What tells the review on the restriction's own date from one that the customer asked for."""


def restrict_contact(turn: Turn, event: RestrictContact) -> None:
    """A restriction, another one in its place, or none any more: each is the review of the one before."""
    state, before, channel = turn.state, turn.state.conduct.restriction, turn.state.channel
    if event.review_at is None or event.how is Contact.UNRESTRICTED:
        turn.enter("restrict_contact", f"Contact is no longer restricted: {event.text}", how=event.how.value)
        state.conduct = state.conduct.model_copy(update={"restriction": None})
        turn.fulfil((REVIEW,), "reviewed: lifted")
        turn.tell_customer("conduct.lifted", text=event.text)
    else:
        restriction = Restriction(
            at=turn.at,
            by=event.by.id,
            text=quoted(event.text),
            how=event.how,
            review_at=event.review_at,
            named=(state.owner.person or event.by.id) if event.how is Contact.NAMED_CONTACT else None,
        )
        _restrict(turn, event, restriction, again=before is not None)
    if event.by.id != state.owner.person:
        words = state.conduct.restriction.words if state.conduct.restriction else "unrestricted again"
        turn.alert_owner(
            "contact_restricted",
            words=words,
            review_at=event.review_at,
            restricted_by=event.by.id,
            was=channel.value if channel is not state.channel else None,
        )
    confirming.go_on(turn, "contact was looked at")


def _restrict(turn: Turn, event: RestrictContact, restriction: Restriction, *, again: bool) -> None:
    state = turn.state
    turn.enter(
        "restrict_contact",
        f"Contact {restriction.words} until a review by {_words(restriction.review_at)}: {event.text}",
        how=restriction.how.value,
        review_at=restriction.review_at.isoformat(),
    )
    state.conduct = state.conduct.model_copy(update={"restriction": restriction})
    turn.fulfil((REVIEW,), "reviewed")
    if state.conduct.written_only:
        turn.cancel((ClockName.CALLBACK,), "contact is in writing only")
        _go_on_in_writing(turn)
    _run_until(turn, restriction.review_at, "contact is restricted", since=turn.at)
    template = f"conduct.restricted.{restriction.how}"
    turn.tell_customer(template, text=event.text, review_at=restriction.review_at, again=again)


def _go_on_in_writing(turn: Turn) -> None:
    """Nobody stays on the line: a hold ends, and what is said from now on goes where the customer can read it.

    Deadlines stay as they are. The customer has not chosen this channel, and the company gets no more time by it.
    """
    state, plan = turn.state, turn.plan
    if not plan.pathway(state.channel).live:
        return
    known: tuple[Channel | None, ...] = (state.wrote_by, state.complaint.channel, *WRITTEN)
    written = (channel for channel in known if channel and channel in WRITTEN)
    onto = next((channel for channel in written if not plan.pathway(channel).live), None)
    if onto is None:
        timekeeping.forget_holds(turn, "contact is in writing only")
        return
    before, way = state.channel, plan.pathway(onto)
    state.moved_to = onto
    turn.enter(
        "channel_closed",
        f"From {before} to {onto}: contact is in writing only",
        pathway=way.name,
        **{"from": before.value, "to": onto.value},
    )
    timekeeping.forget_holds(turn, "contact is in writing only")
    moving.leave_clocks(turn, f"not on the pathway {way.name}")
    moving.take_clocks(turn, f"on the pathway {way.name}")


def taken_over(turn: Turn) -> bool:
    """The one person who answers is whoever has the case: another one, from now on. Whether it is another one."""
    state, restriction = turn.state, turn.state.conduct.restriction
    person = state.owner.person
    if restriction is None or restriction.how is not Contact.NAMED_CONTACT or restriction.named == person:
        return False
    turn.enter("contact_named", f"Contact is with {person} only, no longer with {restriction.named}", named=person)
    after = restriction.model_copy(update={"named": person})
    state.conduct = state.conduct.model_copy(update={"restriction": after})
    return True


def review_asked(turn: Turn, event: AskReview) -> None:
    """The customer does not agree: the managers look at it again within the time that the policy gives, or sooner."""
    conduct = turn.state.conduct
    words = event.text or "The customer asks that the restriction of contact be reviewed"
    turn.enter("ask_review", words)
    turn.said(words, to_customer=False)
    if conduct.restriction:
        asked = conduct.restriction.model_copy(update={"asked_at": turn.at})
        turn.state.conduct = conduct.model_copy(update={"restriction": asked})
    turn.start_clock(REVIEW, "the customer asked for a review")
    by_when = min((clock.due_at for clock in turn.live((REVIEW,)) if clock.due_at), default=None)
    alert_managers(turn, "review_asked", text=quoted(event.text) if event.text else None, by_when=by_when)
    turn.tell_customer("conduct.review_asked", by_when=by_when)


def review_due(turn: Turn, clock: Clock) -> None:
    """The date of a review is near, or has come: the managers are told. The restriction stands until they decide."""
    restriction = turn.state.conduct.restriction
    words = restriction.words if restriction else ""
    late = clock.breached_at is not None
    alert_managers(turn, "review_due", due_at=clock.due_at, words=words, late=late)


def closed(turn: Turn, cause: str) -> None:
    """There is no contact to restrict."""
    turn.cancel((REVIEW,), cause)


def reopened(turn: Turn) -> None:
    """The restriction holds again, and so does its review: by its date, or soon if that passed meanwhile."""
    restriction = turn.state.conduct.restriction
    if restriction is None:
        return
    if restriction.review_at > turn.now:
        _run_until(turn, restriction.review_at, "reopened; contact is still restricted", since=turn.now)
    else:
        turn.start_clock(REVIEW, "reopened after the date of the review")


def _run_until(turn: Turn, review_at: datetime, cause: str, *, since: datetime) -> None:
    terms = turn.plan.terms.clocks.get(REVIEW)
    warn_at = terms.warn_at if terms else ()
    turn.start_dated(REVIEW, cause, label=LABEL, since=since, due=review_at, warn_at=warn_at, on_breach=Breach.ALERT)


# Guards and checks


def is_restricted(state: State, by: Actor, at: datetime) -> None:
    """Contact is restricted."""
    if state.conduct.restriction is None:
        raise Refused(Code.NO_RESTRICTION, "Contact is not restricted, so there is nothing to review.")


def not_asked_yet(state: State, by: Actor, at: datetime) -> None:
    """Once for each restriction."""
    restriction = state.conduct.restriction
    if restriction and restriction.asked_at:
        raise Refused(
            Code.REVIEW_ASKED,
            f"A review was asked for on {_words(restriction.asked_at)} already. It takes place by "
            f"{_words(restriction.review_at)} at the latest.",
            review_at=restriction.review_at.isoformat(),
        )


def live_contact_open(state: State, by: Actor, at: datetime) -> None:
    """Nobody calls or chats where contact is in writing only. For every way of live contact that is offered."""
    restriction = state.conduct.restriction
    if restriction and state.conduct.written_only:
        raise Refused(
            Code.CONTACT_RESTRICTED,
            f"Contact is in writing only, as {restriction.by} decided on {_words(restriction.at)}, until a review by "
            f"{_words(restriction.review_at)}. Write instead; the customer can send `ask_review`, and a manager can "
            "lift it with `restrict_contact`.",
            review_at=restriction.review_at.isoformat(),
        )


def live_channel_open(state: State, event: ChangeChannel, at: datetime) -> None:
    """Where contact is in writing only, the customer goes on in writing: on any channel where nobody speaks."""
    if state.plan and state.plan.pathway(event.channel).live:
        live_contact_open(state, event.by, at)


def callback_may_be_promised(state: State, event: Promise, at: datetime) -> None:
    """A callback is live contact; an update is not."""
    if event.what is Promised.CALLBACK:
        live_contact_open(state, event.by, at)


def review_ahead(state: State, event: RestrictContact, at: datetime) -> None:
    """The review lies ahead, and not too far; what is lifted must be there."""
    if event.how is Contact.UNRESTRICTED:
        is_restricted(state, event.by, at)
    elif event.review_at and event.review_at <= at:
        raise Refused(
            Code.NOT_IN_FUTURE, f"`review_at` is {_words(event.review_at)}, which has passed. Give a time to come."
        )
    elif event.review_at and event.review_at > at + FARTHEST:
        raise Refused(
            Code.TOO_FAR_AHEAD, f"`review_at` is {_words(event.review_at)}, more than a year ahead. Review it earlier."
        )


def _words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
