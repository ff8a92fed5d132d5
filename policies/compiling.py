"""From what is written to what the rules of a case read: the form of a policy file as `cases.plan.Terms`."""

from __future__ import annotations

from cases.plan import ClockTerms, Guards, Target, Terms
from policies.form import PROMISED, ClockForm, PolicyForm, TargetForm
from policies.remedies import remedy_terms
from policies.suggestions import suggestion_terms


def terms_of(form: PolicyForm, policy_hash: str) -> Terms:
    """The terms that every case of this policy is pinned to."""
    return Terms(
        policy=form.name,
        policy_hash=policy_hash,
        clocks={name: clock_of(written, form.calendar_of(name)) for name in PROMISED if (written := form.clock(name))},
        guards=Guards(
            cool_down=form.guards.cool_down,
            offers_beside=form.guards.offers_beside,
            alert_repeat=form.guards.alert_repeat,
            stuck_after=form.guards.stuck_after,
        ),
        suggestions=suggestion_terms(form.suggestions),
        remedies=remedy_terms(form.remedies) if form.remedies else None,
        by_signal=form.by_signal,
    )


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
