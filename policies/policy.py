"""A policy, ready for use: its terms, its triage, and the hash that pins both.

The hash is of the content, not of the file: comments, order of tables and `60m` for `1h` make no other policy.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cases.calendars import CompiledCalendar
from cases.complaint import Complaint
from cases.plan import Plan, Terms
from cases.regimes import Regime
from policies.calendars import compile_calendar, found_in, horizon, of_form
from policies.checks import found_by_reading
from policies.compiling import terms_of
from policies.extending import read_whole, required_or_extended
from policies.form import Assignment, PolicyForm, TriageForm
from policies.mistakes import Mistake, PolicyError, found_by_schema
from policies.regimes import compiled_regime, found_in_regime

OLDEST = timedelta(days=3650)
"""How far back a calendar is compiled for a complaint that was received long ago."""


class Policy:
    """What a company promises. `content` is canonical JSON: the records keep it, and `restore` reads it."""

    def __init__(self, form: PolicyForm) -> None:
        self.form = form
        # What is left out is not written: a policy of before there was such a table keeps its hash.
        content = form.model_dump(mode="json", exclude_none=True)
        self.content = json.dumps(content, sort_keys=True, ensure_ascii=False)
        self.hash = hashlib.sha256(self.content.encode()).hexdigest()[:16]
        self.terms: Terms = terms_of(form, self.hash)
        self._compiled: dict[tuple[str, datetime, datetime], CompiledCalendar] = {}

    @property
    def name(self) -> str:
        """As the file gives it."""
        return self.form.name

    @property
    def teams(self) -> tuple[str, ...]:
        """Every team that triage may choose, in the order of the rules."""
        return tuple(dict.fromkeys([*(rule.team for rule in self.form.triage), self.form.triage_default.team]))

    def plan(self, complaint: Complaint, now: datetime | None = None) -> Plan:
        """What applies to this complaint: the first triage rule that fits, else the default.

        With `now`, the calendars that its clocks count on are compiled for a case of now; without it, the plan is for
        reading only, and a regime's calendar reaches well past this moment.
        """
        complaint = self.with_known_tier(complaint)
        rule = next((rule for rule in self.form.triage if not rule.when.misfits(complaint)), None)
        chosen: Assignment = rule or self.form.triage_default
        return Plan(
            terms=self.terms,
            team=chosen.team,
            rung=chosen.rung,
            priority=chosen.priority,
            tier=complaint.tier,
            language=complaint.language or self.form.language,
            needs_attention=chosen.rung.height > self.form.triage_default.rung.height,
            rule=rule.name if isinstance(rule, TriageForm) else None,
            regime=self._regime(complaint, now or datetime.now(UTC)),
            calendars=self.calendars(now, complaint.received_at) if now else {},
        )

    def _regime(self, complaint: Complaint, now: datetime) -> Regime | None:
        form = self.form.regime
        return compiled_regime(form, complaint.received_at, now) if form else None

    def calendars(self, now: datetime, earliest: datetime | None = None) -> dict[str, CompiledCalendar]:
        """The calendars that clocks count on, for a case of `now` whose clocks count from `earliest` on at most."""
        since, until = horizon(now, max(earliest, now - OLDEST) if earliest else None)
        return {name: self.compiled(name, since, until) for name in self.calendar_names}

    def compiled(self, name: str, since: datetime, until: datetime) -> CompiledCalendar:
        """One calendar over a horizon. Raises KeyError if the policy has none of that name."""
        key = (name, since, until)
        if key not in self._compiled:
            self._compiled[key] = compile_calendar(name, of_form(self.form.calendars[name]), since, until)
        return self._compiled[key]

    @property
    def calendar_names(self) -> tuple[str, ...]:
        """Those that clocks count on."""
        named = (terms.calendar for terms in self.terms.clocks.values())
        return tuple(sorted({name for name in named if name}))

    def with_known_tier(self, complaint: Complaint) -> Complaint:
        """The complaint with its tier spelled as the policy spells it; one that the policy does not know stays."""
        said = (complaint.tier or "").casefold()
        known = next((tier for tier in self.form.tiers if tier.casefold() == said), complaint.tier)
        return complaint.model_copy(update={"tier": known})


def load(path: Path | str) -> Policy:
    """The policy of a TOML file, with what it extends. Raises PolicyError with every mistake of the file."""
    path = Path(path)
    written = read_whole(path)
    raw = written.raw
    mistakes: list[Mistake] = []
    form: PolicyForm | None = None
    try:
        form = PolicyForm.model_validate(raw)
    except ValidationError as error:
        mistakes += found_by_schema(path, PolicyForm, error)
    if isinstance(raw.get("calendars"), dict):
        # All that is wrong with calendars is said by those who know them.
        mistakes = [one for one in mistakes if not one.key.startswith("calendars.")] + found_in(path, raw["calendars"])
    mistakes += found_by_reading(path, raw)
    mistakes += found_in_regime(path, raw.get("regime"))
    if form is None or mistakes:
        raise PolicyError([written.placed(mistake) for mistake in mistakes])
    return Policy(form)


def check(path: Path | str) -> list[Mistake]:
    """Every mistake of a policy file; empty when it is good."""
    try:
        load(path)
    except PolicyError as error:
        return list(error.mistakes)
    return []


def restore(content: str) -> Policy:
    """The policy whose `content` the records kept, with the same hash."""
    return Policy(PolicyForm.model_validate_json(content))


def schema() -> dict[str, Any]:
    """JSON Schema of a policy file, for editors that complete and check TOML."""
    return required_or_extended(PolicyForm.model_json_schema(mode="validation"))
