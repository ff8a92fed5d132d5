"""What a simulated agent does next about a case: what the story wants of them, if the case allows it to them now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from cases.people import Person
from cases.view import CaseView, HandedOff
from cases.words import (
    ClockName,
    ClockState,
    Contact,
    Reason,
    RemedyState,
    Rung,
    SafetyDecision,
    Status,
    SuggestionState,
    WaitingOn,
)
from starter.demo.deeds import TRIED, deed
from starter.demo.oversight import overseen
from starter.demo.stories import Plot

_RESPONSES = (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE)

_QUESTIONS = {
    "billing": "Which of the two postings is the wrong one, and when does it go back?",
    "fraud": "Was this payment made with the customer's own card and code?",
}

_RESTRICTED_FOR = timedelta(seconds=15)

_TRIED_FIRST = (Reason.NO_COMMON_GROUND, Reason.ATTEMPTS_FAILED, Reason.IRATE)
"""The reasons to give up that need an attempt on record."""


class Step(NamedTuple):
    """An action without its id, and how long the agent thinks before it, in seconds from and to."""

    action: dict[str, Any]
    thinks_s: tuple[float, float]


def next_step(view: CaseView, me: Person, peer: Person | None, plot: Plot) -> Step | None:
    """What `me` does now; None if it is not their move. `peer` is whom they would transfer to.

    `view` must be as the case shows itself to `me`: its `allowed` is what may be done.
    """
    if _is_offered(view, me):
        step = _answer_offer(view, me, plot)
    elif view.owner.person == me.id:
        step = _hand_over(plot) if me.rung is Rung.BOT else _work(view, peer, plot, first_rung=me.rung is Rung.AGENT)
    elif view.waiting_on is WaitingOn.APPROVAL:
        step = _decide(view, plot)
    else:
        step = _oversee(view, me, plot)
    return step if step is not None and step.action["kind"] in view.allowed else None


def _hand_over(plot: Plot) -> Step:
    """The chatbot has tried what it can."""
    reason = plot.story.bot or Reason.BOT_FAILED
    return Step({"kind": "escalate", "reason": reason.value, "text": "The transcript has what was said"}, (0.2, 0.6))


def _oversee(view: CaseView, me: Person, plot: Plot) -> Step | None:
    """What somebody above does about a case that is not theirs, once."""
    wanted = plot.story.above
    action = overseen(view, me, wanted, plot.earlier) if wanted and not plot.overseen else None
    if action is None or action["kind"] not in view.allowed:
        return None
    plot.overseen = view.owner.person
    return Step(action, (0.4, 1.2))


def _decide(view: CaseView, plot: Plot) -> Step | None:
    """Whoever may decide does so: on a threat, or on the first remedy; the case would say if that were not theirs."""
    if "decide_safety" in view.allowed:
        return _keep_safe(view, plot)
    waiting = next((each for each in view.remedies if each.state is RemedyState.PENDING), None)
    if waiting is None:
        return None
    verdict: dict[str, Any] = {"approve": True}
    if plot.story.rejected:
        verdict = {"approve": False, "reason": "The fee was what the terms say, and half of it was returned in May."}
    return Step({"kind": "decide_remedy", "remedy_id": waiting.remedy_id, **verdict}, (0.4, 1.2))


def _is_offered(view: CaseView, me: Person) -> bool:
    offer = view.offer
    if offer is None or offer.to.person is not None:
        return offer is not None and offer.to.person == me.id
    # While somebody is being chosen an offer is the queue's: not for those who have just passed it on.
    passed_on = view.owner.person == me.id or me.id in offer.declined_by
    return not passed_on and me.rung is offer.rung and me.in_line_of(offer.team)


def _answer_offer(view: CaseView, me: Person, plot: Plot) -> Step | None:
    if view.offer is None or plot.is_let_pass(view.offer.made_at):
        return None
    if plot.story.declines and not plot.declined and me.rung is Rung.AGENT:
        plot.declined = True
        return Step({"kind": "decline", "reason": "My day is over in five minutes"}, (0.3, 1.0))
    return Step({"kind": "claim"}, (0.2, 1.0))


def _work(view: CaseView, peer: Person | None, plot: Plot, *, first_rung: bool) -> Step | None:
    """The owner's next step. Higher rungs do what is right; the first does what the story says."""
    story = plot.story
    if "redirect" in view.allowed and (story.redirects or not first_rung):
        text = "I understand. My manager would ask the same of me: give me a moment, I can put this right myself."
        return Step({"kind": "redirect", "text": text}, (0.4, 1.2))
    if waiting := next((one for one in view.suggestions if one.state is SuggestionState.OPEN), None):
        return Step(
            {"kind": "decide_suggestion", "suggestion_id": waiting.id, "confirm": not story.dismisses}, (0.2, 0.6)
        )
    if asking := next((handed for handed in _open(view) if handed.asks), None):
        return _answer_back(asking)
    if "decide_safety" in view.allowed:
        return _keep_safe(view, plot)
    if view.offer is not None:
        return None
    if view.status is Status.WAITING_CUSTOMER:
        return Step({"kind": "resume"}, (2.0, 3.0)) if story.resumes else None
    if _owes_answer(view) and (story.answers or not first_rung):
        return _reply(view, plot)
    if view.status is Status.CLOSED:
        return _reopen(plot)
    if view.status is Status.RESOLVED:
        return None
    if any(each.state is RemedyState.PENDING for each in view.remedies):
        return None
    if step := _send_back(plot) if not first_rung else _call(view, plot):
        return step
    if first_rung and story.above and plot.overseen in (None, view.owner.person):
        return None
    if first_rung and (step := _consult(view, plot) or _propose(plot) or _deed(view, plot) or _detour(peer, plot)):
        return step
    if step := _keep_safe(view, plot):
        return step
    return _resolve(view, plot, first_rung=first_rung)


def _reopen(plot: Plot) -> Step | None:
    """What its owner does with a closed case."""
    if not plot.story.reopens or plot.reopened:
        return None
    plot.reopened = True
    return Step({"kind": "reopen", "text": "The letter that we promised was never sent"}, (0.4, 1.0))


def _call(view: CaseView, plot: Plot) -> Step | None:
    """Calls whoever was promised a call."""
    promised = any(clock.name is ClockName.CALLBACK and clock.state is ClockState.RUNNING for clock in view.clocks)
    return Step({"kind": "attempt", **TRIED}, (0.8, 1.6)) if promised and not plot.story.breaks_word else None


def _send_back(plot: Plot) -> Step | None:
    """Back down, once: whoever had it can settle it."""
    if not plot.story.sent_back or plot.sent_back:
        return None
    plot.sent_back = True
    return Step({"kind": "de_escalate", "reason": "You may settle this yourself: give them the fee back"}, (0.4, 1.0))


def _deed(view: CaseView, plot: Plot) -> Step | None:
    """The next of the story's deeds that the case allows."""
    while plot.deeds < len(plot.story.deeds):
        kind = plot.story.deeds[plot.deeds]
        plot.deeds += 1
        if kind in view.allowed:
            return Step(deed(kind, view), (0.8, 1.6))
    return None


def _keep_safe(view: CaseView, plot: Plot) -> Step | None:
    """What a manager does about a threat: decides, restricts contact, and lifts that when it is to be reviewed."""
    if "decide_safety" in view.allowed:
        decided = {"decision": plot.story.decides.value, "text": "Said in anger; the door is watched today."}
        return Step({"kind": "decide_safety", **decided}, (0.4, 1.2))
    if plot.story.decides is not SafetyDecision.RESTRICT or "restrict_contact" not in view.allowed:
        return None
    if not plot.restricted:
        plot.restricted = True
        how = {"how": Contact.WRITTEN_ONLY.value, "review_at": (view.now + _RESTRICTED_FOR).isoformat()}
        return Step({"kind": "restrict_contact", **how, "text": "For now, please write to us."}, (0.4, 1.2))
    restriction = view.conduct.restriction if view.conduct else None
    if restriction and (restriction.asked_at or restriction.review_at <= view.now):
        lifted = {"how": Contact.UNRESTRICTED.value, "text": "You may call us again."}
        return Step({"kind": "restrict_contact", **lifted}, (0.4, 1.2))
    return None


def _propose(plot: Plot) -> Step | None:
    """What the first rung would give back, once."""
    if plot.story.proposes is None or plot.proposed:
        return None
    plot.proposed = True
    money = {"remedy": "refund", "amount": plot.story.proposes, "currency": "GBP"}
    return Step({"kind": "propose_remedy", **money, "text": "For the fee, and the trouble."}, (0.3, 1.0))


def _consult(view: CaseView, plot: Plot) -> Step | None:
    """What the first rung asks specialists, and whether it still wants to know."""
    story, still_open = plot.story, _open(view)
    if plot.consulted < len(story.consults):
        team = story.consults[plot.consulted]
        plot.consulted += 1
        return Step({"kind": "hand_off", "team": team, "question": _QUESTIONS[team]}, (0.3, 1.0))
    if story.calls_off and still_open:
        ids = {"handoff_id": still_open[0].handoff_id}
        return Step({"kind": "cancel_hand_off", **ids, "reason": "I have found the letter myself"}, (2.0, 3.0))
    return None


def _answer_back(asking: HandedOff) -> Step:
    text = "It is the one of 2 March; the customer has sent us the receipt."
    return Step({"kind": "answer_back", "handoff_id": asking.handoff_id, "text": text}, (0.3, 1.0))


def _open(view: CaseView) -> list[HandedOff]:
    return [handed for handed in view.handoffs if not handed.status.over]


def _detour(peer: Person | None, plot: Plot) -> Step | None:
    """What the first rung does before it resolves, or instead of it."""
    story = plot.story
    if story.asks and plot.asked and not plot.waited:
        plot.waited = True
        return Step({"kind": "wait_for_customer"}, (0.3, 0.8))
    if story.transfers and not plot.transferred and peer is not None:
        plot.transferred = True
        skilled = story.beyond_skill and peer.skills
        to = {"skill": peer.skills[0]} if skilled else {"person": peer.id}
        return Step({"kind": "transfer", "to": to, "text": "You know this product better"}, (0.4, 1.0))
    if story.gives_up in _TRIED_FIRST and not plot.attempted:
        plot.attempted = True
        return Step(
            {"kind": "attempt", "text": "Explained what the terms say", "outcome": "the customer disagrees"}, (0.4, 1.0)
        )
    if story.gives_up and not plot.gave_up:
        plot.gave_up = True
        return Step({"kind": "escalate", "reason": story.gives_up.value, "text": "We go in circles"}, (0.4, 1.0))
    return None


def _resolve(view: CaseView, plot: Plot, *, first_rung: bool) -> Step | None:
    despite = first_rung and plot.story.resolves_despite
    if (first_rung and plot.story.leaves_resolving) or (_open(view) and not despite):
        return None
    if view.conduct and view.conduct.restriction:
        # It is looked at again first: the customer may ask for that.
        return None
    action: dict[str, Any] = {
        "kind": "resolve",
        "text": f"{view.issue or view.product}: put right, with our apologies.",
    }
    if view.escalations:
        action |= {"warranted": True, "lesson": "Say within the hour what will be done, and by when."}
    if _open(view):
        return Step(action | {"despite": "The customer needs a word today"}, (2.0, 3.0))
    return Step(action, (0.6, 1.6))


def _reply(view: CaseView, plot: Plot) -> Step:
    action: dict[str, Any] = {"kind": "reply", "text": f"I have read what you wrote about {view.product} and am on it."}
    if plot.story.asks and not plot.asked:
        plot.asked = True
        action["asks"] = "Could you send us the letter and the receipt?"
    return Step(action, (0.5, 1.5))


def _owes_answer(view: CaseView) -> bool:
    return any(clock.name in _RESPONSES and clock.state is ClockState.RUNNING for clock in view.clocks)
