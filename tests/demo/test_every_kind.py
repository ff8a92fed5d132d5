"""That the demo leaves out nothing that people can do: each kind of event, and each reason, has a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest

from cases.actions import Action
from cases.ladder import ROUTES
from cases.requests import Request
from cases.specialists import Accept, Answer, AskBack
from cases.words import Channel, Reason, SafetyDecision
from starter.demo.oversight import Oversight
from starter.demo.stories import EVERY_KIND, STORIES, Conduct, Story

TOLD = STORIES[:EVERY_KIND]
NOT_OF_THE_LADDER = {"correct", "resend", "give_up", "owner_unavailable"}
"""An operator's, who moves the company's promises and looks after deliveries, and the directory's own word."""

SHOWN_BY: dict[str, Callable[[Story], object]] = {
    "claim": lambda story: 0 not in story.lets_pass,
    "decline": lambda story: story.declines,
    "assign": lambda story: story.above in (Oversight.ASSIGNS, Oversight.REPLACES),
    "transfer": lambda story: story.transfers,
    "redirect": lambda story: story.redirects and "ask_for_manager" in _said(story),
    "wait_for_customer": lambda story: story.asks,
    "resume": lambda story: story.asks and story.resumes,
    "decide_safety": lambda story: "report_threat" in story.deeds,
    "restrict_contact": lambda story: story.decides is SafetyDecision.RESTRICT,
    "escalate": lambda story: story.gives_up,
    "de_escalate": lambda story: story.sent_back,
    "hand_off": lambda story: story.consults,
    "answer_back": lambda story: Conduct.ASKS_BACK in story.specialists,
    "cancel_hand_off": lambda story: story.calls_off,
    "decide_suggestion": lambda story: story.says,
    "attempt": lambda story: "choose_contact" in _said(story),
    "propose_remedy": lambda story: story.proposes,
    "decide_remedy": lambda story: float(story.proposes or 0) > 50,
    "resolve": lambda story: not story.leaves_resolving,
    "reopen": lambda story: story.reopens,
    "close": lambda story: story.above is Oversight.CLOSES_DUPLICATE,
    "accept_resolution": lambda story: story.accepts,
    "accept": lambda story: story.consults and not story.specialists,
    "answer": lambda story: story.consults and Conduct.ASKS_BACK in story.specialists,
    "ask_back": lambda story: Conduct.ASKS_BACK in story.specialists,
}
"""What of a story makes people do it. What stands in its deeds or its customer's moves needs no line here."""

CAUSED_BY: dict[Reason, Callable[[Story], object]] = {
    Reason.OPENED: lambda story: not story.bot,
    Reason.ASSIGNED: lambda story: story.above is Oversight.ASSIGNS,
    Reason.OWNER_UNAVAILABLE: lambda story: story.above is Oversight.REPLACES,
    Reason.TRANSFERRED: lambda story: story.transfers and not story.beyond_skill,
    Reason.BEYOND_SKILL: lambda story: story.transfers and story.beyond_skill,
    Reason.DE_ESCALATED: lambda story: story.sent_back,
    Reason.ASKED_FOR_MANAGER: lambda story: _said(story).count("ask_for_manager") > 1,
    Reason.NO_AUTHORITY: lambda story: float(story.proposes or 0) > 50,
    Reason.RECATEGORISED: lambda story: "recategorise" in story.deeds,
    Reason.RESOLUTION_REJECTED: lambda story: "reject_resolution" in _said(story),
    Reason.REOPENED: lambda story: len([move for move in story.moves if move.when == "closed"]) > 1,
    Reason.CLOCK_BREACHED: lambda story: not story.answers,
    Reason.NOT_ACKNOWLEDGED: lambda story: len(story.lets_pass) > 1,
    Reason.PROMISE_BROKEN: lambda story: "promise" in story.deeds and story.breaks_word,
    Reason.THREAT: lambda story: "report_threat" in story.deeds,
    Reason.HELD_TOO_LONG: lambda story: "hold" in story.deeds and "unhold" not in story.deeds,
    Reason.HANDLED_TOO_LONG: lambda story: story.channel is Channel.CHAT and story.leaves_resolving,
}
"""What of a story makes a case be offered for that reason. What people give themselves stands in it by name."""


def _said(story: Story) -> list[str]:
    return [move.kind for move in story.moves]


def _kinds(union: Any) -> set[str]:
    return {str(member.model_fields["kind"].default) for member in get_args(get_args(union)[0])}


SENT = sorted(
    (_kinds(Request) | _kinds(Action) | {str(one.model_fields["kind"].default) for one in (Accept, Answer, AskBack)})
    - NOT_OF_THE_LADDER
)


@pytest.mark.parametrize("kind", SENT)
def test_some_story_has_each_thing_that_people_can_send(kind: str) -> None:
    shows = SHOWN_BY.get(kind, lambda _: False)
    assert any(kind in story.deeds or kind in _said(story) or shows(story) for story in TOLD), (
        f"no story has people send {kind}: write one in starter/demo/stories.py"
    )


@pytest.mark.parametrize("reason", list(ROUTES))
def test_some_story_has_each_reason_for_an_offer(reason: Reason) -> None:
    causes = CAUSED_BY.get(reason, lambda _: False)
    assert any(reason in (story.gives_up, story.bot) or causes(story) for story in TOLD), (
        f"no story has a case offered because of {reason}: write one in starter/demo/stories.py"
    )


@pytest.mark.parametrize("decision", list(SafetyDecision))
def test_some_story_has_each_decision_about_a_threat(decision: SafetyDecision) -> None:
    assert any("report_threat" in story.deeds and story.decides is decision for story in STORIES)


def test_customers_choose_a_call_now_and_at_a_time() -> None:
    channels = {story.channel for story in TOLD if "choose_contact" in _said(story)}
    assert channels == {Channel.PHONE, Channel.EMAIL}
