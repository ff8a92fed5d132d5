"""How random lives of a case are drawn: sensible scenes among senseless deeds, as `tests.steps`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st

from cases.words import (
    Breach,
    Channel,
    Contact,
    Letter,
    Priority,
    Promised,
    Reason,
    Remedy,
    Rung,
    SafetyDecision,
    Suggested,
)
from tests.people import PEOPLE
from tests.playing import Setting
from tests.scenes import SCENES, SENSIBLE, steps
from tests.steps import Answer, Consult, Do, Step, Wait, World

REPRODUCIBLE = settings(max_examples=40 if settings().derandomize else settings().max_examples, print_blob=True)
"""The profile of `tests/conftest.py`, with fewer examples: each is a whole life. HYPOTHESIS_PROFILE=search has more."""


_WORDS = st.sampled_from(["Please help.", "Es reicht – ☂", "{{ 7 * 7 }}", "a\nb", "no"])
_TELLING = st.sampled_from(
    [
        "I want to speak to a manager!",
        "My lawyer will hear of it.",
        "I will hurt you.",
        "You idiots. I called five times.",
    ]
)
"""Words that suggest something."""

_ANYBODY = st.sampled_from(sorted(PEOPLE))
_CUSTOMER = st.sampled_from(["c-1", "c-1", "shop", "helper-bot", "ana"])
_OWNER = st.one_of(st.just("@owner"), st.just("@owner"), st.just("@owner"), _ANYBODY)
_OFFERED = st.one_of(st.just("@offered"), st.just("@offered"), _ANYBODY)
_ABOVE = st.sampled_from(["sue", "max", "eva", "lia", "ana"])
_AGO = st.sampled_from([-3600, 0, 60, 1800, 7200, 86_400, 864_000])
_AS_KNOWN = st.sampled_from([PEOPLE[name] for name in ("ana", "ben", "sue", "max", "leo", "lia")]).map(
    lambda actor: {
        "person": actor.id,
        "rung": actor.rung,
        "teams": list(actor.teams),
        "skills": list(actor.skills),
    }
)
_TO = st.one_of(
    _AS_KNOWN,
    st.sampled_from(
        [{"person": "ben"}, {"person": "nobody"}, {"team": "loans"}, {"team": "cards"}, {"skill": "fraud"}]
    ),
)

_FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "message": {"by": _CUSTOMER, "text": st.one_of(_WORDS, _WORDS, _TELLING)},
    "ask_for_manager": {"by": _CUSTOMER},
    "choose_contact": {"by": _CUSTOMER, "when": st.sampled_from(["now", "2026-03-04T15:00:00Z"])},
    "accept_resolution": {"by": _CUSTOMER, "score": st.sampled_from([None, 1, 5])},
    "reject_resolution": {"by": _CUSTOMER, "reason": _WORDS},
    "withdraw": {"by": _CUSTOMER},
    "claim": {"by": _OFFERED},
    "decline": {"by": _OFFERED, "reason": _WORDS},
    "assign": {"by": _ABOVE, "to": _TO, "reason": st.sampled_from([None, None, Reason.OWNER_UNAVAILABLE])},
    "transfer": {"by": _OWNER, "to": _TO},
    "reply": {"by": _OWNER, "text": _WORDS, "asks": st.sampled_from([None, "Which order?"])},
    "ask_review": {"by": _CUSTOMER},
    "warn": {"by": _OWNER, "text": _WORDS, "number": st.sampled_from([None, None, 1, 2])},
    "report_threat": {"by": _OWNER, "text": _WORDS},
    "decide_safety": {"by": _ABOVE, "decision": st.sampled_from(SafetyDecision), "text": _WORDS},
    "end_contact": {"by": _OWNER, "text": _WORDS},
    "restrict_contact": {
        "by": _ABOVE,
        "how": st.sampled_from(Contact),
        "review_in_s": st.sampled_from([-60, 20_000, 90_000, 900_000]),
        "text": _WORDS,
    },
    "promise": {"by": _OWNER, "what": st.sampled_from(Promised), "in_s": st.sampled_from([-60, 600, 20_000, 90_000])},
    "note": {"by": _OWNER, "text": _WORDS},
    "attempt": {"by": _OWNER, "text": _WORDS, "outcome": _WORDS},
    "redirect": {"by": _OWNER, "text": _WORDS},
    "wait_for_customer": {"by": _OWNER},
    "resume": {"by": _OWNER},
    "escalate": {"by": _OWNER, "reason": st.sampled_from([*Reason, *[Reason.IRATE] * 8, *[Reason.ABUSE] * 4])},
    "de_escalate": {"by": _OWNER, "reason": _WORDS},
    "resolve": {"by": _OWNER, "text": _WORDS, "despite": st.sampled_from([None, "it will not change anything"])},
    "hold": {"by": _OWNER},
    "unhold": {"by": _OWNER},
    "change_channel": {"by": _CUSTOMER, "channel": st.sampled_from(Channel)},
    "decide_suggestion": {
        "by": _OWNER,
        "suggestion_id": st.sampled_from([f"{reason}-{n}" for reason in Suggested for n in (1, 2)]),
        "confirm": st.booleans(),
    },
    "set_priority": {"by": _OWNER, "priority": st.sampled_from(Priority), "reason": _WORDS},
    "recategorise": {
        "by": _OWNER,
        "product": st.sampled_from(["Home loan", "Credit card", "Something else"]),
        "tier": st.sampled_from([None, None, "gold"]),
        "team": st.sampled_from([None, None, "loans", "cards"]),
        "reason": _WORDS,
    },
    "correct": {"by": st.sampled_from(["olga", "olga", "max"]), "reason": _WORDS},
    "resend": {"by": st.sampled_from(["olga", "olga", "max"]), "message_number": st.integers(1, 9), "reason": _WORDS},
    "give_up": {"by": st.sampled_from(["olga", "olga", "max"]), "message_number": st.integers(1, 9), "reason": _WORDS},
    "hand_off": {"by": _OWNER, "team": st.sampled_from(["loans", "lending", "cards", "nobody"]), "question": _WORDS},
    "answer_back": {"by": _OWNER, "handoff": st.integers(0, 3), "text": _WORDS},
    "cancel_hand_off": {"by": _OWNER, "handoff": st.integers(0, 3), "reason": _WORDS},
    "propose_remedy": {
        "by": _OWNER,
        "remedy": st.sampled_from([Remedy.REFUND, Remedy.CREDIT, Remedy.REPLACEMENT, Remedy.OTHER]),
        "amount": st.sampled_from(["0.10", "50", "50.01", "300", "900", "9000", "20000", "1.005"]),
        "currency": st.sampled_from(["GBP", "GBP", "GBP", "JPY", "EUR"]),
    },
    "decide_remedy": {
        "by": st.sampled_from(["@approver", "@approver", "@owner", "sue", "max", "eva", "ben", "lia"]),
        "remedy_number": st.integers(0, 3),
        "approve": st.booleans(),
        "reason": _WORDS,
    },
    "reopen": {"by": _OWNER},
    "close": {"by": _ABOVE, "reason": _WORDS, "duplicate_of": st.sampled_from([None, None, "shop-abcdefghij"])},
    "owner_unavailable": {"by": st.sampled_from(["olga", "olga", "max"]), "person": _ANYBODY},
}
_CONSULTED: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "accept": {},
    "decline": {"reason": _WORDS},
    "answer": {"text": _WORDS},
    "ask_back": {"text": _WORDS},
}
_SPECIALIST = st.sampled_from(["@specialist", "@specialist", "@specialist", "leo", "lia", "ana", "max"])


def _consult(kind: str) -> st.SearchStrategy[Consult]:
    fields = {"kind": st.just(kind), "by": _SPECIALIST, **_CONSULTED[kind]}
    return st.builds(Consult, st.fixed_dictionaries(fields, optional={"ago": _AGO}), st.integers(0, 3))


_CONSULT = st.sampled_from(["accept", "accept", "decline", "answer", "ask_back"]).flatmap(_consult)
_RARE = ("ask_review", "warn", "report_threat", "decide_safety", "end_contact", "restrict_contact")
_WEIGHTS = {
    "claim": 6,
    "reply": 3,
    "message": 3,
    "ask_for_manager": 3,
    "attempt": 3,
    "escalate": 3,
    "resolve": 3,
    "redirect": 3,
    "hand_off": 3,
    **dict.fromkeys(_RARE, 1),
    "owner_unavailable": 1,
    "propose_remedy": 3,
}


_REPLIES: dict[str, st.SearchStrategy[Any]] = {
    "letter": st.sampled_from(Letter),
    "update_in_s": st.sampled_from([-60, 600, 20_000]),
}


def _do(kind: str) -> st.SearchStrategy[Do]:
    fields = {"kind": st.just(kind), **_FIELDS[kind]}
    optional = {"ago": _AGO, **(_REPLIES if kind == "reply" else {})}
    return st.fixed_dictionaries(fields, optional=optional).map(Do)


_DO = st.sampled_from([kind for kind in _FIELDS for _ in range(_WEIGHTS.get(kind, 2))]).flatmap(_do)

_SPANS = st.sampled_from([1, 59, 600, 1800, 3599, 3600, 5400, 18_000, 21_600, 86_400, 345_600, 691_200, 1_300_000])


@dataclass(frozen=True, slots=True)
class _Again:
    """A deed that was sent before, or another one under its id."""

    back: int
    other: bool


_Scenes = Sequence[Sequence[Step | _Again]]

_AGAIN = st.builds(_Again, st.integers(0, 5), st.booleans())
_OUTCOME = st.builds(
    World, st.sampled_from(["delayed", "recovered", "cancel_requested", "chosen"]), st.sampled_from(["records", "x:1"])
)
_ANSWER = st.one_of(st.builds(Answer), st.builds(Answer, st.booleans()), _OUTCOME)


_SCENE = st.sampled_from(SCENES).map(steps)
_SCENE_ALONE = _SCENE.map(lambda steps: [step for step in steps if not isinstance(step, Answer)])
_WAIT = st.builds(Wait, _SPANS)


@st.composite
def _outage(draw: st.DrawFn) -> list[Step]:
    """Nothing runs for a while; then what people did meanwhile is handled, with the time at which they did it."""
    seconds, share = draw(st.sampled_from([5400, 25_200, 700_000])), draw(st.sampled_from([0.9, 0.5, 0.2]))
    kinds = draw(st.lists(st.sampled_from(["reply", "claim", "reply", "redirect", "escalate", "resolve"]), max_size=3))
    late = {"ago": int(seconds * share)}
    return [Wait(seconds, asleep=True), *(Do({"kind": kind, **SENSIBLE[kind], **late}) for kind in kinds)]


_WAIT_OR_SLEEP = st.builds(Wait, _SPANS, st.sampled_from([False, False, True]))


def _scenes(*steps: st.SearchStrategy[Any], more: st.SearchStrategy[Any]) -> st.SearchStrategy[_Scenes]:
    single = st.one_of(*steps).map(lambda step: [step])
    return st.lists(st.one_of(single, more), max_size=8)


_SCENES_ALONE = _scenes(_DO, _DO, _DO, _WAIT, _AGAIN, _CONSULT, more=_SCENE_ALONE)
_SCENES_AND_WORLD = _scenes(
    _DO, _DO, _DO, _WAIT_OR_SLEEP, _AGAIN, _ANSWER, _ANSWER, _CONSULT, more=st.one_of(_SCENE, _SCENE, _outage())
)


@st.composite
def lives(draw: st.DrawFn, *, parts: int = 6, alone: bool = False) -> list[Step]:
    """Lists of steps. `alone`: only what people do and time that passes, for worlds that answer by themselves."""
    scenes = _SCENES_ALONE if alone else _SCENES_AND_WORLD
    steps: list[Step | _Again] = []
    if not alone and draw(st.integers(0, 3)):
        steps.append(Answer())
    for _ in range(parts):
        # Several short lists instead of one: Hypothesis rarely draws a long one, and shrinks short ones better.
        for scene in draw(scenes):
            steps += scene
    return numbered(steps)


SETTINGS: st.SearchStrategy[Setting] = st.builds(
    Setting,
    rung=st.sampled_from([Rung.AGENT, Rung.AGENT, Rung.BOT, Rung.SUPERVISOR, Rung.MANAGER]),
    person=st.sampled_from(["ana", None]),
    beside=st.integers(0, 2),
    on_breach=st.sampled_from(Breach),
    all_pausable=st.booleans(),
    chasing=st.booleans(),
    regime=st.booleans(),
    on_hand=st.sampled_from([False, False, True]),
    office=st.sampled_from([False, False, True]),
    suggesting=st.sampled_from([None, False, True]),
)


def numbered(drawn: Sequence[Step | _Again]) -> list[Step]:
    """Gives each deed an id of its own, by its place, and repeats those that are to come again."""
    steps: list[Step] = []
    sent: list[dict[str, Any]] = []
    for place, step in enumerate(drawn, start=1):
        match step:
            case Do(deed):
                sent.append({**deed, "id": str(UUID(int=place))})
                steps.append(Do(sent[-1]))
            case Consult(deed, number):
                steps.append(Consult({**deed, "id": str(UUID(int=place))}, number))
            case _Again(back, other) if sent:
                deed = sent[-1 - back % len(sent)]
                changed = {"kind": "note", "by": deed["by"], "text": "Something else.", "id": deed["id"]}
                steps.append(Do(changed if other else deed))
            case _Again():
                pass
            case _:
                steps.append(step)
    return steps
