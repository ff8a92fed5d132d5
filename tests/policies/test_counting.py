"""What a policy says of calendars: which clock counts on which, and what is wrong with that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cases.words import ClockName
from policies import check, explain, load, restore
from policies.calendars import horizon
from tests.policies.conftest import OFFICE, Spoil
from tests.samples import complaint

FRIDAY = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
DAY = "end_of_business_day = 3"


def test_a_clock_counts_on_the_calendar_that_it_names_or_on_that_of_all(spoil: Spoil) -> None:
    named = spoil("[guards]", f'calendar = "office"\n{OFFICE}\n[guards]', "[clocks.confirm]", _confirm("always"))
    policy = load(named)
    clocks = policy.terms.clocks
    assert (clocks[ClockName.RESOLUTION].calendar, clocks[ClockName.CONFIRM].calendar) == ("office", None)
    assert policy.calendar_names == ("office",)


def test_a_calendar_that_no_clock_names_is_not_compiled(spoil: Spoil) -> None:
    plan = load(spoil("[guards]", f"{OFFICE}\n[guards]")).plan(complaint(), FRIDAY)
    assert plan.calendars == {}


def test_a_plan_has_its_calendars_from_the_day_on_which_the_complaint_was_received(spoil: Spoil) -> None:
    policy = load(spoil("[guards]", f'calendar = "office"\n{OFFICE}\n[guards]'))
    received = FRIDAY - timedelta(days=100)
    office = policy.plan(complaint(received_at=received), FRIDAY).calendars["office"]
    assert office.horizon == horizon(FRIDAY, received)
    assert policy.plan(complaint(received_at=FRIDAY), FRIDAY).calendars["office"] is not office


def test_what_a_policy_does_not_say_is_not_in_its_hash(spoil: Spoil) -> None:
    content = load(spoil()).content
    assert "calendar" not in content
    assert "business_day" not in content
    assert load(spoil("[guards]", f"{OFFICE}\n[guards]")).hash != load(spoil()).hash


def test_a_policy_with_calendars_is_restored_from_its_content(spoil: Spoil) -> None:
    policy = load(spoil("[guards]", f'calendar = "office"\n{OFFICE}\n[guards]', 'default = "3d"', DAY))
    again = restore(policy.content)
    assert (again.hash, again.plan(complaint(), FRIDAY)) == (policy.hash, policy.plan(complaint(), FRIDAY))


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ("[clocks.confirm]", '[clocks.confirm]\ncalendar = "ofice"', "clocks.confirm.calendar", "'ofice'", "'office'"),
        ("[clocks.confirm]", '[clocks.confirm]\ncalendar = "x"', "clocks.confirm.calendar", "unknown", "[calendars.x]"),
        ('name = "small"', 'name = "small"\ncalendar = "offic"', "calendar", "unknown calendar", "'office'"),
        ('default = "3d"', DAY, "clocks.resolution.end_of_business_day", "no business days", 'calendar = "office"'),
        ('within = "3h"', DAY, "clocks.first_response.targets[1].end_of_business_day", "no business", "a length"),
        ('default = "8h"', DAY, "clocks.answer.end_of_business_day", "is a length", "8h"),
        ('default = "3d"', "end_of_business_day = 0", "clocks.resolution.end_of_business_day", "out of range", "1"),
        ('default = "3d"', f'default = "3d"\n{DAY}', "clocks.resolution", "has default and", "delete one"),
        ('default = "3d"', "", "clocks.resolution", "has no default", 'default = "6h"'),
        ('within = "3h"', "", "clocks.first_response.targets[1]", "has no within", "end_of_business_day = 1"),
        ('"09:00-17:30"', '"25:00-26:00"', "calendars.office.hours.mon[0]", "25:00", "00:00 to 24:00"),
        ("[calendars.office]", "[calendars.always]", "calendars.always", "around the clock", "another name"),
    ],
)
def test_a_mistake_names_its_key_and_the_remedy(
    spoil: Spoil, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    path = spoil("[guards]", f"{OFFICE}\n[guards]")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = [mistake for mistake in check(path) if mistake.key == key]
    assert found, [str(mistake) for mistake in check(path)]
    assert problem in found[0].problem
    assert remedy in found[0].remedy


def test_a_calendar_that_is_never_open_is_a_mistake_of_the_policy(spoil: Spoil) -> None:
    never = '[calendars.never]\nzone = "UTC"\nhours = {}\n'
    assert [mistake.key for mistake in check(spoil("[guards]", f"{never}\n[guards]"))] == ["calendars.never.hours"]


def test_deadlines_are_explained_by_their_calendar_in_its_zone(spoil: Spoil) -> None:
    policy = load(spoil("[guards]", f'calendar = "office"\n{OFFICE}\n[guards]', 'default = "3d"', DAY))
    text = "\n".join(explain(policy, complaint(), FRIDAY).lines())
    by = "close of business day 3 on office by clocks.resolution.end_of_business_day"
    assert f"resolution: {by}, due Wed 11 Mar 2026 17:30 GMT" in text
    assert "first_response: 6h on office" in text


def _confirm(calendar: str) -> str:
    return f'[clocks.confirm]\ncalendar = "{calendar}"'
