"""Why a policy treats a complaint as it does: which rule chose, why no earlier one did, and what each clock gets."""

from __future__ import annotations

from collections.abc import Iterator

from cases.complaint import Complaint, Shape
from cases.plan import Plan
from cases.words import ClockName
from policies.form import PROMISED, ClockForm
from policies.policy import Policy
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
    gap: bool
    """Whether there are targets, but none fits: the default applies, and the case's timeline will say so."""
    pausable: bool
    warn_at: tuple[str, ...]


class Explanation(Shape):
    """The plan of one complaint with the reasons for it."""

    policy: str
    policy_hash: str
    chosen_by: str
    plan: Plan
    tried: tuple[RuleTried, ...]
    clocks: tuple[ClockExplained, ...]

    def lines(self) -> Iterator[str]:
        """The explanation for a terminal."""
        yield f"policy {self.policy} ({self.policy_hash})"
        for rule in self.tried:
            yield f"  {rule.key} {rule.name}: {'; '.join(rule.misfits) or 'fits'}"
        plan = self.plan
        yield f"{self.chosen_by} chose team {plan.team}, rung {plan.rung}, priority {plan.priority}"
        yield f"tier {plan.tier or 'none'}, language {plan.language}"
        for clock in self.clocks:
            warns = f", warns after {' and '.join(clock.warn_at)}" if clock.warn_at else ""
            pauses = ", pauses while the customer is waited for" if clock.pausable else ""
            gap = " (no target fits)" if clock.gap else ""
            yield f"  {clock.clock}: {clock.within} by {clock.given_by}{gap}{warns}{pauses}"
        for stage in plan.regime.stages if plan.regime else ():
            time = in_words(stage.within) if stage.within else f"close of business day {stage.business_days}"
            letters = " or ".join(stage.letters)
            yield f"  statutory {stage.label}: {time}, {'may be' if stage.optional else 'is'} answered by {letters}"


def explain(policy: Policy, complaint: Complaint) -> Explanation:
    """How `policy` treats `complaint`. Lengths are of time around the clock."""
    plan = policy.plan(complaint)
    tried = tuple(_tried(policy, policy.with_known_tier(complaint)))
    return Explanation(
        policy=policy.name,
        policy_hash=policy.hash,
        chosen_by=tried[-1].key if tried and not tried[-1].misfits else "triage_default",
        plan=plan,
        tried=tried,
        clocks=tuple(
            _clock(plan, complaint, name, written) for name in PROMISED if (written := policy.form.clock(name))
        ),
    )


def _tried(policy: Policy, complaint: Complaint) -> Iterator[RuleTried]:
    for place, rule in enumerate(policy.form.triage):
        misfits = tuple(rule.when.misfits(complaint))
        yield RuleTried(key=f"triage[{place}]", name=rule.name, misfits=misfits)
        if not misfits:
            return


def _clock(plan: Plan, complaint: Complaint, name: ClockName, form: ClockForm) -> ClockExplained:
    targets = plan.terms.clocks[name].targets
    fitting = (
        place
        for place, target in enumerate(targets)
        if target.fits(plan.tier, plan.priority, complaint.channel, plan.rung)
    )
    place = next(fitting, None)
    return ClockExplained(
        clock=name,
        within=in_words(form.default if place is None else targets[place].within),
        given_by=f"clocks.{name}.default" if place is None else f"clocks.{name}.targets[{place}]",
        gap=place is None and bool(targets),
        pausable=form.pausable,
        warn_at=tuple(f"{share:.0%}" for share in form.warn_at),
    )
