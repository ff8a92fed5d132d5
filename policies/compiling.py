"""From what is written to what the rules of a case read: the form of a policy file as `cases.plan.Terms`."""

from __future__ import annotations

from cases.plan import REFUSED_BY_SIGNAL, STRAIGHT_TO, ClockTerms, Guards, Line, Target, Terms
from cases.words import ClockName, Reason
from policies.form import PROMISED, ClockForm, PolicyForm, TargetForm
from policies.pathways import pathways_of
from policies.remedies import remedy_terms
from policies.suggestions import suggestion_terms


def terms_of(form: PolicyForm, policy_hash: str) -> Terms:
    """The terms that every case of this policy is pinned to."""
    return Terms(
        policy=form.name,
        policy_hash=policy_hash,
        clocks={
            name: _always_pausable(name, clock_of(written, form.calendar_of(name)))
            for name in PROMISED
            if (written := form.clock(name))
        },
        guards=Guards(
            cool_down=form.guards.cool_down,
            offers_beside=form.guards.offers_beside,
            alert_repeat=form.guards.alert_repeat,
            threat_repeat=form.guards.threat_repeat or form.guards.alert_repeat,
            stuck_after=form.guards.stuck_after,
            no_cool_down=(Reason.BOT_FAILED, Reason.ASKED_FOR_HUMAN),
            straight_to={**STRAIGHT_TO, **(form.guards.straight_to or {})},
        ),
        # In an order of its own: a policy that the records kept has lost the one of its file.
        guidance=tuple(
            Line(situation=situation, say=line.say, avoid=line.avoid)
            for situation, line in sorted(form.guidance.items())
        ),
        refused_by_signal=form.signals.refused if form.signals else REFUSED_BY_SIGNAL,
        pathways=pathways_of(form.pathways),
        suggestions=suggestion_terms(form.suggestions),
        remedies=remedy_terms(form.remedies) if form.remedies else None,
    )


def _always_pausable(name: ClockName, terms: ClockTerms) -> ClockTerms:
    """An owner who waits for the customer does not work on the case, whatever is written."""
    return terms.model_copy(update={"pausable": True}) if name is ClockName.HANDLE_TIME else terms


def clock_of(form: ClockForm, calendar: str | None = None) -> ClockTerms:
    """The terms of one clock."""
    return ClockTerms(
        default=form.default,
        end_of_business_day=form.end_of_business_day,
        calendar=calendar,
        targets=tuple(map(target_of, form.targets)),
        pausable=form.pausable,
        warn_at=form.warn_at,
        on_breach=form.on_breach,
    )


def target_of(form: TargetForm) -> Target:
    """One target of a clock."""
    return Target(
        within=form.within,
        end_of_business_day=form.end_of_business_day,
        tier=form.tier,
        priority=form.priority,
        channel=form.channel,
        rung=form.rung,
    )
