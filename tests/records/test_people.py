from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from cases.effects import ChoosePerson
from cases.people import Away, Person
from cases.words import Rung
from records import Records, Vacancy
from records.absences import TAKEN_ON_FOR
from records.directory import always
from tests.records.conftest import Committed, agent
from tests.samples import ANA, HOUR, NOON, Played, claimed, resolved, waiting

SECOND = timedelta(seconds=1)


def names(records: Records) -> list[str]:
    return [person.id for person in records.people()]


def owned(records: Records, played: Played) -> str:
    Committed(played).write(records)
    return played.view.case_id


def left(records: Records, now: datetime) -> list[tuple[str, tuple[str, ...]]]:
    return [(vacancy.person, vacancy.cases) for vacancy in records.vacancies(now)]


def test_who_is_no_longer_on_the_list_has_left(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben")])
    changes = records.import_people([agent("ben", capacity=3), agent("cid")])
    assert [(change.person, change.what, change.fields) for change in changes] == [
        ("ana", "leaves", {}),
        ("ben", "changes", {"capacity": (20, 3)}),
        ("cid", "joins", {}),
    ]
    assert names(records) == ["ben", "cid"]
    assert records.person("ana") is None
    records.import_people([agent("ana"), agent("ben")])
    assert names(records) == ["ana", "ben"]


def test_a_dry_run_says_the_same_and_changes_nothing(records: Records) -> None:
    records.import_people([agent("ana")])
    away = {"ben": (Away(begins=NOON + 400 * 24 * HOUR),)}
    assert [change.what for change in records.import_people([agent("ben")], away, dry_run=True)] == ["leaves", "joins"]
    assert names(records) == ["ana"]
    assert [change.what for change in records.import_people([agent("ben")], away)] == ["leaves", "joins"]
    assert records.import_people([agent("ben")], away) == []


def test_a_workers_file_counts_again_only_when_it_has_changed(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben")], digest="one", source="start")
    records.change_person("ana", lambda ana: ana.model_copy(update={"capacity": 1}), NOON)
    assert records.import_people([agent("ana"), agent("ben")], digest="one", source="start") == []
    assert records.person("ana") == agent("ana", capacity=1)
    records.import_people([agent("ben")], digest="other")
    records.import_people([agent("ana"), agent("ben")], digest="one", source="start")
    assert names(records) == ["ben"]  # what was imported by hand stands
    records.import_people([agent("ana")], digest="two", source="start")
    assert names(records) == ["ana"]


def test_shifts_and_calendars_are_kept(records: Records) -> None:
    own = {"zone": "UTC", "hours": {"mon": ["09:00-17:00"]}}
    records.import_people([agent("ana", shift="desk"), agent("ben", shift=own), agent("cid")])
    assert [person.shift for person in records.people()] == ["desk", own, None]
    records.keep_calendars({"desk": "1", "night": "2"})
    records.keep_calendars({"desk": "3"})
    assert records.calendars() == {"desk": "3", "night": "2"}


def test_one_person_is_added_changed_and_removed(records: Records) -> None:
    assert records.save_person(agent("ana"), NOON)
    assert not records.save_person(agent("ana", capacity=3), NOON)
    assert records.change_person("eve", lambda eve: eve, NOON) is None
    assert records.remove_person("ana", NOON)
    assert not records.remove_person("ana", NOON)
    assert names(records) == []
    assert records.save_person(agent("ana"), NOON)


def test_changes_of_one_person_at_once_take_turns(records: Records) -> None:
    records.save_person(agent("ana", capacity=0), NOON)

    def one_more(ana: Person) -> Person:
        return ana.model_copy(update={"capacity": ana.capacity + 1})

    with ThreadPoolExecutor(8) as threads:
        changes = [threads.submit(records.change_person, "ana", one_more, NOON) for _ in range(20)]
        assert all(change.result() for change in changes)
    found = records.person("ana")
    assert found
    assert found.capacity == 20


def test_staff_are_shown_with_what_they_have_and_whether_they_are_there(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben", available=False)])
    owned(records, claimed())
    absence = records.record_absence("ana", Away(begins=NOON + HOUR), "max", NOON)
    ana, ben = records.staff(NOON, always)
    assert (ana.load, ana.on_shift, ana.absences) == (1, True, (absence,))
    assert (ben.load, ben.on_shift, ben.absences) == (0, False, ())
    assert not records.staff(NOON + HOUR, always, "ana")[0].on_shift
    assert not records.staff(NOON, lambda person, at: False, "ana")[0].on_shift


def test_an_absence_ends_or_is_forgotten(records: Records) -> None:
    records.save_person(agent("ana"), NOON)
    running = records.record_absence("ana", Away(begins=NOON - HOUR), "ana", NOON)
    coming = records.record_absence("ana", Away(begins=NOON + HOUR, until=NOON + 2 * HOUR), "ana", NOON)
    assert running
    assert coming
    assert records.absences(NOON, "ana") == [running, coming]
    assert not records.end_absence("ben", running.id, NOON)
    assert records.end_absence("ana", running.id, NOON)
    assert records.end_absence("ana", coming.id, NOON)
    assert records.absences(NOON) == []
    assert not records.end_absence("ana", running.id, NOON)
    assert records.record_absence("eve", Away(begins=NOON), "eve", NOON) is None


def test_absences_of_a_file_follow_it_and_others_stay(records: Records) -> None:
    soon = datetime.now(UTC) + 24 * HOUR
    file = {"ana": (Away(begins=soon, until=soon + HOUR), Away(begins=soon + 2 * HOUR))}
    records.import_people([agent("ana")], file)
    records.record_absence("ana", Away(begins=soon + 5 * HOUR), "ana", NOON)
    records.import_people([agent("ana")], file)
    assert len(records.absences(NOON)) == 3
    (change,) = records.import_people([agent("ana")], {"ana": file["ana"][:1]})
    assert list(change.fields) == ["absences"]
    assert [each.recorded_by for each in records.absences(NOON)] == ["the people file", "ana"]


def test_cases_of_who_is_away_are_found_once_it_has_begun(records: Records) -> None:
    records.save_person(agent("ana"), NOON)
    cases = {owned(records, claimed(reference="a")), owned(records, waiting())}
    owned(records, resolved())
    records.record_absence("ana", Away(begins=NOON + HOUR, until=NOON + 9 * HOUR), "max", NOON)
    assert left(records, NOON) == []
    ((person, found),) = left(records, NOON + HOUR)
    assert (person, set(found)) == ("ana", cases)


def test_an_absence_is_one_workers_to_tell_until_that_takes_too_long(records: Records, url: str) -> None:
    records.save_person(agent("ana"), NOON)
    owned(records, claimed())
    records.record_absence("ana", Away(begins=NOON), "max", NOON)
    with Records(url) as other, ThreadPoolExecutor(2) as threads:
        both = [threads.submit(door.vacancies, NOON) for door in (records, other)]
        assert sorted(len(found.result()) for found in both) == [0, 1]
        assert other.vacancies(NOON + TAKEN_ON_FOR - SECOND) == []
        assert len(other.vacancies(NOON + TAKEN_ON_FOR)) == 1


def vacancy(records: Records, now: datetime) -> Vacancy:
    (found,) = records.vacancies(now)
    return found


def test_an_absence_is_done_when_nothing_claimed_before_it_can_come_to_light(records: Records) -> None:
    records.save_person(agent("ana"), NOON)
    records.record_absence("ana", Away(begins=NOON), "max", NOON)
    assert not vacancy(records, NOON).last
    late = owned(records, claimed())
    found = vacancy(records, NOON + TAKEN_ON_FOR)
    assert (found.last, found.cases) == (True, (late,))
    records.told(found.id, NOON + TAKEN_ON_FOR)
    assert records.vacancies(NOON + 2 * HOUR) == []


def test_a_case_that_was_told_already_is_not_told_again(records: Records) -> None:
    records.save_person(agent("ana"), NOON)
    played = claimed()
    committed = Committed(played)
    committed.write(records)
    records.record_absence("ana", Away(begins=NOON), "max", NOON)
    played.do("owner_unavailable", ANA.model_copy(update={"role": "operator"}), person="ana")
    committed.write(records)
    assert vacancy(records, NOON).cases == ()


@pytest.mark.parametrize("how", ["leaves", "is taken off the list", "is made unavailable"])
def test_who_goes_leaves_cases_behind_until_they_come_back(records: Records, how: str) -> None:
    records.import_people([agent("ana"), agent("ben")])
    case_id, now = owned(records, claimed()), datetime.now(UTC)
    if how == "leaves":
        records.remove_person("ana", now)
    elif how == "is taken off the list":
        records.import_people([agent("ben")])
    else:
        records.save_person(agent("ana", available=False), now)
    soon = now + HOUR
    assert left(records, soon) == [("ana", (case_id,))]
    assert records.absences(soon) == []
    records.save_person(agent("ana"), now)
    assert records.vacancies(soon + TAKEN_ON_FOR) == []


def test_who_comes_back_before_anybody_was_told_keeps_everything(records: Records) -> None:
    records.save_person(agent("ana"), NOON)
    owned(records, claimed())
    absence = records.record_absence("ana", Away(begins=NOON), "max", NOON)
    assert absence
    records.end_absence("ana", absence.id, NOON + SECOND)
    assert records.vacancies(NOON + 2 * SECOND) == []


def test_who_changes_people_and_who_chooses_take_turns(records: Records) -> None:
    team = [agent(f"agent-{n}", capacity=9) for n in range(6)]
    records.import_people(team)

    def choose(n: int) -> None:
        errand = ChoosePerson(id=f"shop-{n}:1", case_id=f"shop-{n}", team="cards", rung=Rung.AGENT)
        records.choose(errand, datetime.now(UTC))

    with ThreadPoolExecutor(12) as threads:
        work = [threads.submit(choose, n) for n in range(40)]
        work += [threads.submit(records.import_people, team[: 3 + n % 4] if n % 2 else team[::-1]) for n in range(12)]
        work += [
            threads.submit(records.record_absence, f"agent-{n % 6}", Away(begins=NOON), "x", NOON) for n in range(12)
        ]
        for done in work:
            done.result()
    assert {person.id for person in team} >= set(names(records))
