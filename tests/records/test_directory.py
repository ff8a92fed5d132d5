from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cases.effects import ChoosePerson
from cases.people import Away, Person
from cases.words import Rung
from records import Records
from records.directory import RESERVED_FOR
from tests.records.conftest import Committed, agent, loads_in, words, written
from tests.samples import ANA, CUSTOMER, HOUR, NOON, Played, plan

SECOND = timedelta(seconds=1)


def errand(case: str = "shop-x", n: int = 1, **fields: Any) -> ChoosePerson:
    return ChoosePerson.model_validate(
        {"id": f"{case}:{n}", "case_id": case, "team": "cards", "rung": Rung.AGENT, **fields}
    )


def chosen(records: Records, case: str = "shop-x", n: int = 1, **fields: Any) -> str | None:
    return records.choose(errand(case, n, **fields), NOON).person


def why(records: Records, case: str = "shop-x", **fields: Any) -> str:
    choice = records.choose(errand(case, **fields), NOON)
    assert choice.person is None
    assert choice.why is not None
    return choice.why


def test_people_are_imported_and_read_back(records: Records) -> None:
    ana = agent("ana", skills=("fraud",), languages=("en", "es"), authority=5000, capacity=7)
    records.import_people([agent("ben"), ana])
    assert records.person("ana") == ana
    assert [person.id for person in records.people()] == ["ana", "ben"]
    assert records.person("eve") is None


def test_only_who_is_on_shift_and_not_absent_is_chosen(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben"), agent("cid", shift="nights")])
    records.record_absence("ana", Away(begins=NOON - HOUR, until=NOON + HOUR), "max", NOON)

    def days(person: Person, at: datetime) -> bool:
        return person.shift != "nights" or at.hour >= 22

    assert records.choose(errand("shop-1"), NOON, days).person == "ben"
    records.record_absence("ben", Away(begins=NOON), "max", NOON)
    assert records.choose(errand("shop-2"), NOON, days).why == (
        "Nobody at the rung agent of team cards is free: 2 absent, 1 off shift."
    )
    assert records.choose(errand("shop-3"), NOON + 10 * HOUR, days).person == "ana"  # she is back; ben never is
    assert records.choose(errand("shop-4", person="cid"), NOON, days).why == "cid is off shift."


def test_who_speaks_the_customers_language_comes_first_however_busy(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben", languages=("de", "en"), capacity=2)])
    asked = [chosen(records, f"shop-{n}", language="de-AT") for n in range(3)]
    assert asked == ["ben", "ben", "ana"]
    assert chosen(records, "shop-9", language="fr") == "ana"


def test_last_owner_gets_a_reopened_case_only_while_they_are_there(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben")])
    records.record_absence("ben", Away(begins=NOON), "max", NOON)
    assert chosen(records, "shop-1", prefer="ben") == "ana"


def test_why_is_never_longer_than_a_case_takes(records: Records) -> None:
    team, skill = "t" * 64, "s" * 64
    line = [agent(f"p{n}", teams=(team,), skills=(skill,), available=n > 2, capacity=0) for n in range(9)]
    records.import_people(line)
    assert why(records, team=team, skill=skill, never=("p3",)) == (
        "Nobody is free: 3 not available, 1 declined or asked before, 5 at capacity."
    )


def test_who_may_grant_more_than_a_rung_is_known_the_most_trusted_first(records: Records) -> None:
    trusted = [agent(name, authority=pence) for name, pence in (("ana", 900), ("ben", 2000), ("cid", 3000))]
    away = agent("dan", authority=9000).model_copy(update={"available": False})
    records.import_people([*trusted, away, agent("eli")])
    assert [(one.person, one.authority) for one in records.trusted(900)] == [("cid", 3000), ("ben", 2000)]


def test_least_loaded_is_chosen_and_the_first_by_id_of_equals(records: Records) -> None:
    records.import_people([agent("ben"), agent("ana"), agent("cid")])
    assert [chosen(records, f"shop-{n}") for n in range(7)] == ["ana", "ben", "cid", "ana", "ben", "cid", "ana"]


def test_nobody_of_another_rung_team_or_away_is_chosen(records: Records) -> None:
    records.import_people(
        [
            agent("ana", available=False),
            agent("leo", teams=("loans",)),
            agent("sue", Rung.SUPERVISOR),
            agent("zoe", teams=()),
        ]
    )
    assert chosen(records) == "zoe"


def test_skill_must_be_held(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben", skills=("fraud",))])
    assert chosen(records, skill="fraud") == "ben"
    assert why(records, case="shop-y", skill="law") == (
        "Nobody at the rung agent of team cards with the skill law is in the directory."
    )


def test_who_declined_is_never_chosen_again(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben")])
    assert chosen(records, never=("ana",)) == "ben"
    assert chosen(records, "shop-y", never=("ana", "ben"), prefer="ana") is None


def test_preferred_person_comes_first_even_when_busy(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben", capacity=1)])
    assert chosen(records, "shop-1", prefer="ben") == "ben"
    assert chosen(records, "shop-2", prefer="ben") == "ben"


def test_preferred_person_who_is_away_gives_way(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben", available=False)])
    assert chosen(records, prefer="ben") == "ana"


def test_full_people_are_left_alone(records: Records) -> None:
    records.import_people([agent("ana", capacity=1), agent("ben", available=False), agent("cid")])
    assert chosen(records, "shop-1") == "ana"
    assert why(records, case="shop-2", never=("cid",)) == (
        "Nobody at the rung agent of team cards is free: 1 not available, 1 declined or asked before, 1 at capacity."
    )


def test_person_asked_for_by_name_is_chosen(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben", capacity=0)])
    assert chosen(records, person="ben") == "ben"


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ("eve", "eve is not in the directory."),
        ("sue", "sue has the rung supervisor, not agent."),
        ("leo", "leo is not in the line of team cards."),
        ("out", "out is not available."),
        ("ana", "ana has declined this case or let it pass."),
    ],
)
def test_unfit_person_asked_for_by_name_is_refused_in_a_sentence(records: Records, person: str, sentence: str) -> None:
    people = [agent("ana"), agent("leo", teams=("loans",)), agent("out", available=False)]
    records.import_people([*people, agent("sue", Rung.SUPERVISOR)])
    assert why(records, person=person, never=("ana",)) == sentence


def test_empty_directory_is_said_to_have_nobody(records: Records) -> None:
    assert why(records) == "Nobody at the rung agent of team cards is in the directory."


def test_same_errand_again_is_given_the_same_person(records: Records) -> None:
    records.import_people([agent("ana"), agent("ben")])
    assert [chosen(records, "shop-1") for _ in range(3)] == ["ana", "ana", "ana"]
    assert loads_in(records) == {"ana": 1}


def test_choices_at_once_never_go_over_capacity(records: Records) -> None:
    records.import_people([agent("ana", capacity=5), agent("ben", capacity=3), agent("cid", capacity=4)])
    with ThreadPoolExecutor(16) as threads:
        people = list(threads.map(chosen, [records] * 60, [f"shop-{n}" for n in range(60)]))
    assert Counter(people) == {"ana": 5, "ben": 3, "cid": 4, None: 48}


def test_choices_of_several_workers_at_once_never_go_over_capacity(records: Records, url: str) -> None:
    records.import_people([agent("ana", capacity=5), agent("ben", capacity=3)])
    doors = [Records(url) for _ in range(4)]
    with ThreadPoolExecutor(16) as threads:
        people = list(threads.map(chosen, doors * 10, [f"shop-{n}" for n in range(40)]))
    for door in doors:
        door.close()
    assert Counter(people) == {"ana": 5, "ben": 3, None: 32}


@pytest.mark.parametrize("doors", [1, 4])
def test_fifty_offers_at_once_fill_ten_people_and_the_rest_is_queued(records: Records, url: str, doors: int) -> None:
    records.import_people([agent(f"agent-{n}", capacity=3) for n in range(10)])
    opened = [Records(url) for _ in range(doors)]
    with ThreadPoolExecutor(25) as threads:
        given = list(threads.map(chosen, opened * (50 // doors + 1), [f"shop-{n}" for n in range(50)]))
    for door in opened:
        door.close()
    load = Counter(given)
    assert load.pop(None) == 20
    assert set(load.values()) == {3}
    assert loads_in(records) == load


def test_load_follows_owner_and_offer_until_the_case_is_over(records: Records) -> None:
    played = Played(plan())
    committed = Committed(played)
    committed.write(records)
    assert loads_in(records) == {"ana": 1}
    played.do("claim", ANA)
    played.do("attempt", ANA, text="Asked the shop.", outcome="No answer.")
    played.do("escalate", ANA, reason="attempts_failed")
    played.choose("sue")
    committed.write(records)
    assert loads_in(records) == {"ana": 1, "sue": 1}
    played.do("resolve", ANA, text="The charge is back.")
    committed.write(records)
    assert loads_in(records) == {"ana": 1}
    played.do("accept_resolution", CUSTOMER)
    committed.write(records)
    assert loads_in(records) == {}


def test_reservation_outlives_a_commit_that_is_behind(records: Records) -> None:
    records.import_people([agent("ben", capacity=1)])
    behind = Committed(Played(plan())).cut()
    assert records.choose(errand(behind.view.case_id, 99), datetime.now(UTC)).person == "ben"
    # The commit was cut before the choice and knows nothing of it.
    records.write(behind, words(behind))
    assert records.choose(errand("shop-other"), datetime.now(UTC)).person is None


def test_reservation_that_no_view_ever_shows_lapses(records: Records) -> None:
    records.import_people([agent("ben", capacity=1)])
    assert records.choose(errand("shop-1"), NOON).person == "ben"
    assert records.choose(errand("shop-2"), NOON + RESERVED_FOR).person is None
    assert records.choose(errand("shop-3"), NOON + RESERVED_FOR + SECOND).person == "ben"


def test_case_that_is_offered_on_adds_nothing_to_its_own_owner(records: Records) -> None:
    records.import_people([agent("ana", capacity=1), agent("ben", capacity=1)])
    played = written(records, Played(plan()))
    assert loads_in(records) == {"ana": 1}
    assert chosen(records, played.view.case_id, 99) == "ana"
