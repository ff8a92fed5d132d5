"""What a company promises: TOML files, their schema, their checks, and the plan that follows for one complaint.

A policy file says how long each clock may run, who a complaint goes to first, the guards of the ladder, and what a
regulator demands (`policies.regimes`). It is compiled to `cases.plan.Terms`, pinned by a hash of its content. A people
file says who works here. Nothing here touches the database, Temporal or a case that is under way. Clocks count on the
calendars that it has (`policies.calendars`), or around the clock.

    load(path) -> Policy            raises PolicyError with every mistake of the file
    check(path) -> list[Mistake]    file, key, problem, remedy; empty when the file is good
    Policy.plan(complaint, now) -> Plan  triage: the first rule that fits, in the order written; calendars compiled
    explain(policy, complaint, now) -> Explanation
    schema() -> dict                JSON schema of a policy file
    load_people(path) -> tuple[Person, ...]; check_people(path, teams) -> list[Mistake]
    load_people_file(path, teams, calendars) -> PeopleFile, with absences and the calendars of shifts
    Shifts(calendars).on(person, at) -> bool
"""

from policies.explain import ClockExplained, Explanation, RuleTried, explain
from policies.mistakes import Mistake, PolicyError
from policies.people import PeopleFile, check_people, load_people, load_people_file
from policies.policy import Policy, check, load, restore, schema
from policies.shifts import Shifts

__all__ = [
    "ClockExplained",
    "Explanation",
    "Mistake",
    "PeopleFile",
    "Policy",
    "PolicyError",
    "RuleTried",
    "Shifts",
    "check",
    "check_people",
    "explain",
    "load",
    "load_people",
    "load_people_file",
    "restore",
    "schema",
]
