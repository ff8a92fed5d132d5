"""What passes between customer and company, and what is noted beside it. Knows which clocks words start and end."""

from __future__ import annotations

from cases import confirming, promising, restricting, statutory, timekeeping
from cases.actions import Attempt, Note, Redirect, Reply, Resume, WaitForCustomer
from cases.climbing import climb
from cases.clocks import Clock
from cases.complaint import Attachment
from cases.requests import AskForManager, AskReview, ChooseContact, Message
from cases.resolving import archive_if_over, reopen_case
from cases.state import Insistence, Tried
from cases.turn import NEWEST, Turn, quoted
from cases.words import ClockName, ClockState, Letter, Reason, Status

RESPONSES = (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE)


def message(turn: Turn, event: Message) -> None:
    """The customer writes: waiting ends, an answer is owed, a closed case reopens, a confirmation is held."""
    state = turn.state
    turn.enter("message", event.text, channel=event.channel, attachments=_links(event.attachments))
    turn.said(event.text, to_customer=False)
    if event.channel and not turn.plan.pathway(event.channel).live:
        state.wrote_by = event.channel
    _customer_spoke(turn)
    _owe_answer(turn)
    if state.status is Status.CLOSED:
        reopen_case(turn)
    confirming.hold(turn, "the customer wrote; an answer is owed first")


def ask_for_manager(turn: Turn, event: AskForManager) -> None:
    """Once: the owner gets a limited time to answer, and the customer knows of it. Again after the answer: up.

    Try to redirect once; then pass it on, or it becomes a second complaint (call-centre guide, "Escalating Calls";
    i-Sight). Who has insisted is not asked to do so again while the case is on its way.
    """
    turn.enter("ask_for_manager", event.text or "The customer asks for a manager")
    turn.said(event.text or "I want to speak to a manager.", to_customer=False)
    _customer_spoke(turn)
    want_manager(turn)


def want_manager(turn: Turn) -> None:
    """The customer asks for a manager, by a request or by words that a person read so."""
    state = turn.state
    confirming.hold(turn, "the customer asked for a manager; an answer is owed first")
    if state.insistence is None and _has_insisted(turn):
        climb(turn, Reason.ASKED_FOR_MANAGER)
    elif state.insistence is None:
        state.insistence = Insistence(asked_at=turn.at)
        clock = turn.start_clock(ClockName.REDIRECT, "the customer asked for a manager")
        above = state.owner.rung.above
        turn.tell_customer("asked_for_manager", rung=above.value if above else None, next_word_by=clock.due_at)
    elif state.insistence.answered:
        insist(turn)


def _has_insisted(turn: Turn) -> bool:
    """Whether an offer stands because they did. Cases that were planned before there were pathways ask afresh."""
    offer = turn.state.offer
    return bool(turn.plan.terms.pathways) and offer is not None and Reason.ASKED_FOR_MANAGER in offer.reasons


def insist(turn: Turn) -> None:
    """The customer insists, or was left without an answer: the case goes up."""
    turn.state.insistence = None
    turn.cancel((ClockName.REDIRECT,), "goes up")
    climb(turn, Reason.ASKED_FOR_MANAGER)


def redirect(turn: Turn, event: Redirect) -> None:
    """The one answer to a customer who asked for a manager, before the case goes up."""
    state = turn.state
    turn.enter("redirect", event.text)
    turn.said(event.text, to_customer=True)
    turn.fulfil((ClockName.REDIRECT,), "answered")
    promising.word_given(turn, "answered")
    timekeeping.end_hold(turn, "answered")
    if state.insistence:
        state.insistence = state.insistence.model_copy(update={"answered": True})
    confirming.go_on(turn, "answered")
    above = state.owner.rung.above
    turn.tell_customer("redirected", text=event.text, rung=above.value if above else None)


def reply(turn: Turn, event: Reply) -> None:
    """An answer to the customer; perhaps with a question, which allows waiting for them, or as a statutory letter."""
    state = turn.state
    more = {"letter": event.letter.value} if event.letter else {}
    turn.enter("reply", event.text, asks=event.asks, attachments=_links(event.attachments), **more)
    turn.said(event.text, to_customer=True)
    turn.fulfil(RESPONSES, "replied")
    promising.spoken(turn, "replied")
    promising.word_given(turn, "replied", update_by=event.update_by)
    timekeeping.end_hold(turn, "replied")
    if event.asks:
        state.asks = event.asks
    confirming.go_on(turn, "replied")
    if event.letter:
        _send_letter(turn, event, event.letter)
    else:
        turn.tell_customer("reply", text=event.text, asks=event.asks, next_word_by=event.update_by)


def _send_letter(turn: Turn, event: Reply, letter: Letter) -> None:
    """The reply goes out as what the regime asks for; the last one that a closed case owes lets it be archived."""
    statutory.letter_sent(turn, letter)
    complaint, regime = turn.state.complaint, turn.plan.regime
    turn.tell_customer(
        f"letter.{letter}.{regime.name}" if regime else f"letter.{letter}",
        text=event.text,
        asks=event.asks,
        received_at=complaint.received_at or turn.state.opened_at,
        next_word_by=event.update_by or statutory.next_word(turn),
    )
    archive_if_over(turn)


def note(turn: Turn, event: Note) -> None:
    """A note for colleagues."""
    turn.enter("note", event.text)


def attempt(turn: Turn, event: Attempt) -> None:
    """A try at solving, on record: what best efforts are measured by."""
    turn.enter("attempt", f"{event.text} — {event.outcome}", outcome=event.outcome)
    tried = Tried(
        at=turn.at,
        by=event.by.id,
        rung=event.by.rung or turn.state.owner.rung,
        text=quoted(event.text),
        outcome=quoted(event.outcome),
    )
    turn.state.attempts = [*turn.state.attempts[-NEWEST + 1 :], tried]
    promising.called(turn, "called")
    confirming.go_on(turn, "called")


def wait_for_customer(turn: Turn, event: WaitForCustomer) -> None:
    """The pausable clocks stand until the customer answers."""
    turn.state.status = Status.WAITING_CUSTOMER
    turn.enter("wait_for_customer", f"Waiting for the customer's answer to: {turn.state.asks}", by=event.by.id)
    turn.pause([clock for clock in turn.state.clocks if clock.pausable], "waiting for the customer")
    timekeeping.end_hold(turn, "waiting for the customer")
    promising.chase_if_waiting(turn, "waiting for the customer")
    confirming.hold_if_owed(turn, "something that was promised is owed first")


def resume(turn: Turn, event: Resume) -> None:
    """The waiting ends without an answer."""
    turn.enter("resume", f"{event.by.id} goes on without the customer's answer")
    end_waiting(turn, "resumed")


def _customer_spoke(turn: Turn) -> None:
    turn.state.asks = None
    timekeeping.end_hold(turn, "the customer spoke")
    if turn.state.status is Status.WAITING_CUSTOMER:
        end_waiting(turn, "the customer answered")


def choose_contact(turn: Turn, event: ChooseContact) -> None:
    """The customer wants a call, and has spoken."""
    promising.callback_chosen(turn, event)
    _customer_spoke(turn)


def ask_review(turn: Turn, event: AskReview) -> None:
    """The customer wants a restriction of contact to be looked at again, and has spoken."""
    restricting.review_asked(turn, event)
    confirming.hold(turn, "the customer asked for a review; its outcome is owed first")
    _customer_spoke(turn)


def end_waiting(turn: Turn, cause: str) -> None:
    """It is the company's move again."""
    turn.state.status = Status.OPEN
    turn.fulfil((ClockName.CUSTOMER_SILENCE,), cause)
    turn.resume([c for c in turn.state.clocks if c.pausable and c.state is ClockState.PAUSED], cause)


def _owe_answer(turn: Turn) -> None:
    """An answer is owed from the first unanswered message on; the first response covers those before it."""
    if turn.is_running(ClockName.FIRST_RESPONSE) or turn.is_running(ClockName.NEXT_RESPONSE):
        return
    suspended = _paused(turn, ClockName.NEXT_RESPONSE)
    if suspended:
        turn.resume(suspended, "the customer wrote")
    else:
        turn.start_clock(ClockName.NEXT_RESPONSE, "the customer wrote")


def _paused(turn: Turn, name: ClockName) -> list[Clock]:
    return [clock for clock in turn.live((name,)) if clock.state is ClockState.PAUSED]


def _links(attachments: tuple[Attachment, ...]) -> list[dict[str, str]]:
    return [attachment.model_dump() for attachment in attachments]
