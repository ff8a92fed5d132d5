"""Why a policy treats a complaint as it does: which rule chose, why no earlier one did, and what each clock gets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from cases.calendars import BeyondHorizon
from cases.complaint import Complaint, Shape
from cases.phrases import found_in
from cases.plan import Limit, Plan, RemedyTerms
from cases.retention import Retention
from cases.words import ClockName, Suggested
from policies.form import PROMISED
from policies.policy import Policy
from policies.retention import retention_lines
from policies.spans import in_words


class RuleTried(Shape):
    """A triage rule in the order tried. `misfits` is empty for the one that chose."""

    key: str
    name: str
    misfits: tuple[str, ...]


class ClockExplained(Shape):
    """What a clock of this case would get at its starting rung, and the key in the file that gives it."""

    clock: ClockName
    within: str
    given_by: str
    calendar: str | None = None
    """On which it counts; None for around the clock."""
    due_at: AwareDatetime | None = None
    """When it would be due if it started at the moment that was asked for."""
    gap: bool
    """Whether there are targets, but none fits: the default applies, and the case's timeline will say so."""
    pausable: bool
    warn_at: tuple[str, ...]


class SuggestionExplained(Shape):
    """What the complaint's words suggest, and which words those are."""

    reason: Suggested
    words: tuple[str, ...]
    escalates: bool


class Explanation(Shape):
    """The plan of one complaint with the reasons for it."""

    policy: str
    extends: str | None = None
    """What has said it, where the policy's own file does not."""
    policy_hash: str
    chosen_by: str
    plan: Plan
    pathway: str
    """What its channel has of triggers, clocks and contact options."""
    tried: tuple[RuleTried, ...]
    clocks: tuple[ClockExplained, ...]
    suggestions: tuple[SuggestionExplained, ...] = ()
    retention: Retention | None = None

    def lines(self) -> Iterator[str]:
        """The explanation for a terminal."""
        extends = f", extends {self.extends}" if self.extends else ""
        yield f"policy {self.policy}{extends} ({self.policy_hash})"
        for rule in self.tried:
            yield f"  {rule.key} {rule.name}: {'; '.join(rule.misfits) or 'fits'}"
        plan = self.plan
        yield f"{self.chosen_by} chose team {plan.team}, rung {plan.rung}, priority {plan.priority}"
        for one in self.suggestions:
            alone = ", and goes up by itself" if one.escalates else ""
            yield f"  suggests {one.reason}: {', '.join(map(repr, one.words))}{alone}"
        yield f"tier {plan.tier or 'none'}, language {plan.language}"
        yield f"pathway {self.pathway}"
        for clock in self.clocks:
            warns = f", warns after {' and '.join(clock.warn_at)}" if clock.warn_at else ""
            pauses = ", pauses while the customer is waited for" if clock.pausable else ""
            gap = " (no target fits)" if clock.gap else ""
            counts = f" on {clock.calendar}" if clock.calendar else ""
            due = f", due {clock.due_at:%a %d %b %Y %H:%M %Z}" if clock.due_at else ""
            yield f"  {clock.clock}: {clock.within}{counts} by {clock.given_by}{gap}{due}{warns}{pauses}"
        if plan.terms.remedies:
            yield from _granted(plan.terms.remedies)
        for stage in plan.regime.stages if plan.regime else ():
            time = in_words(stage.within) if stage.within else f"close of business day {stage.business_days}"
            letters = " or ".join(stage.letters)
            yield f"  statutory {stage.label}: {time}, {'may be' if stage.optional else 'is'} answered by {letters}"
        if self.retention:
            yield from retention_lines(self.retention)


def _granted(terms: RemedyTerms) -> Iterator[str]:
    """Who may grant how much, a line for each currency."""
    for code, there in terms.currencies.items():
        rungs = ", ".join(f"{rung} {amount}" for rung, amount in there.authority.items())
        within = in_words(there.within) if there.within else ""
        most = f"; {there.limit} for a customer in {within}" if there.limit is not None else ""
        yield f"  remedies in {code}: {rungs}{most}"


def explain(policy: Policy, complaint: Complaint, now: datetime | None = None) -> Explanation:
    """How `policy` treats `complaint`; with `now`, also when each clock would be due that started now."""
    plan = policy.plan(complaint, now)
    tried = tuple(_tried(policy, policy.with_known_tier(complaint)))
    return Explanation(
        policy=policy.name,
        extends=policy.form.extends,
        policy_hash=policy.hash,
        chosen_by=tried[-1].key if tried and not tried[-1].misfits else "triage_default",
        # The calendars are for machines: `caseladder calendar show` is for reading.
        plan=plan.model_copy(update={"calendars": {}}),
        pathway=plan.pathway(complaint.channel).name,
        tried=tried,
        clocks=tuple(
            _clock(plan, complaint, name, now)
            for name in PROMISED
            if policy.form.clock(name) and plan.pathway(complaint.channel).has_clock(name)
        ),
        suggestions=tuple(
            SuggestionExplained(reason=rule.reason, words=tuple(words), escalates=rule.escalates)
            for rule in plan.terms.suggestions
            if (words := found_in(complaint.said, rule.words, rule.unless))
        ),
        retention=policy.form.retention,
    )


def _tried(policy: Policy, complaint: Complaint) -> Iterator[RuleTried]:
    for place, rule in enumerate(policy.form.triage):
        misfits = tuple(rule.when.misfits(complaint))
        yield RuleTried(key=f"triage[{place}]", name=rule.name, misfits=misfits)
        if not misfits:
            return


def _clock(plan: Plan, complaint: Complaint, name: ClockName, now: datetime | None) -> ClockExplained:
    terms = plan.terms.clocks[name]
    targets = terms.targets
    fitting = (
        place
        for place, target in enumerate(targets)
        if target.fits(plan.tier, plan.priority, complaint.channel, plan.rung)
    )
    place = next(fitting, None)
    return ClockExplained(
        clock=name,
        within=_limit(terms.limit if place is None else targets[place].limit),
        calendar=terms.calendar,
        due_at=_due(plan, name, terms.limit if place is None else targets[place].limit, now) if now else None,
        given_by=f"clocks.{name}.{'default' if terms.default else 'end_of_business_day'}"
        if place is None
        else f"clocks.{name}.targets[{place}]",
        gap=place is None and bool(targets),
        pausable=terms.pausable,
        warn_at=tuple(f"{share:.0%}" for share in terms.warn_at),
    )


def _limit(limit: Limit) -> str:
    return in_words(limit.within) if limit.within else f"close of business day {limit.business_day}"


def _due(plan: Plan, name: ClockName, limit: Limit, now: datetime) -> datetime | None:
    """In the zone of its calendar."""
    hours = plan.hours(plan.calendar_of(name))
    target, day_end = limit.counted(hours, now)
    try:
        due = day_end or hours.add(now, target)
    except BeyondHorizon:
        return None
    return due.astimezone(ZoneInfo(hours.zone))
