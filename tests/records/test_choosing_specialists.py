from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from cases.words import HandoffStatus, Rung
from records import Records
from tests.records.asking import asking, given_to, row
from tests.records.conftest import TEAM, agent, loads_in, specialist
from tests.samples import NOON


def test_least_loaded_of_the_team_is_chosen_and_counted(staffed: Records) -> None:
    chosen = [asking(f"r{n}").asked(staffed).person for n in range(5)]
    assert chosen == ["vera", "wale", "xenia", "vera", "wale"]
    assert loads_in(staffed) == {"vera": 2, "wale": 2, "xenia": 1}


def test_lowest_rung_comes_first_however_busy(records: Records) -> None:
    records.import_people([specialist("boss", Rung.SUPERVISOR), specialist("vera", capacity=2)])
    assert [asking(f"r{n}").asked(records).person for n in range(3)] == ["vera", "vera", "boss"]


def test_only_people_of_the_team_are_specialists(records: Records) -> None:
    bot = specialist("helper", Rung.BOT)
    records.import_people([agent("max", teams=()), agent("ben"), bot, specialist("away", available=False)])
    choice = asking().asked(records)
    assert (choice.person, choice.why, choice.staffed) == (None, "of 1 specialists, 1 not available", True)


def test_team_that_nobody_belongs_to_is_said_to_be_so(records: Records) -> None:
    records.import_people([agent("max", teams=()), specialist("helper", Rung.BOT)])
    asked = asking()
    choice = asked.asked(records)
    assert not choice.staffed
    assert asked.view.status is HandoffStatus.RETURNED


def test_who_declined_is_not_chosen_again_and_in_the_end_it_lies_in_the_queue(staffed: Records) -> None:
    asked = asking()
    for name in ("vera", "wale", "xenia"):
        assert asked.asked(staffed).person == name
        asked.act("decline", name, reason="Not mine")
    assert asked.asked(staffed).why == "of 3 specialists, 3 declined or asked before"
    assert (row(staffed, asked).person, loads_in(staffed)) == (None, {})


def test_same_errand_again_is_given_the_same_answer(staffed: Records) -> None:
    asked = asking()
    errand = asked.errand
    assert [staffed.choose_specialist(errand, NOON).person for _ in range(3)] == ["vera"] * 3
    assert loads_in(staffed) == {"vera": 1}


def test_queue_that_was_told_stays_with_it_though_somebody_is_free_now(records: Records) -> None:
    records.import_people([specialist("vera", available=False)])
    asked = asking()
    errand = asked.errand
    assert records.choose_specialist(errand, NOON).person is None
    records.import_people(TEAM)
    again = records.choose_specialist(errand, NOON)
    assert (again.person, again.why) == (None, "nobody was free when the directory was asked")


def test_hand_off_that_is_over_is_nobodys_to_do(staffed: Records) -> None:
    asked = asking()
    errand = asked.errand
    asked.own("cancel_hand_off", reason="Found it")
    asked.write(staffed)
    choice = staffed.choose_specialist(errand, NOON)
    assert (choice.person, choice.why, choice.staffed) == (None, "the hand-off is over", True)
    assert given_to(staffed) == {}


def test_errand_that_was_overtaken_takes_nobodys_time(staffed: Records) -> None:
    asked = asking()
    late = asked.errand
    asked.act("accept", "xenia")
    asked.write(staffed)
    assert staffed.choose_specialist(late, NOON).person is None
    assert row(staffed, asked).person == "xenia"
    assert given_to(staffed) == {asked.handoff_id: "xenia"}


def test_choices_at_once_never_go_over_capacity(records: Records) -> None:
    records.import_people([specialist("vera", capacity=3), specialist("wale", capacity=2)])
    errands = [asking(f"r{n}").errand for n in range(20)]
    with ThreadPoolExecutor(8) as threads:
        choices = [choice.person for choice in threads.map(records.choose_specialist, errands, [NOON] * 20)]
    assert {name: choices.count(name) for name in ("vera", "wale", None)} == {"vera": 3, "wale": 2, None: 15}


def test_cases_and_hand_offs_weigh_alike(records: Records) -> None:
    records.import_people([agent("ana", teams=("cards", "billing")), specialist("wale")])
    asking("hers").write(records)  # Ana owns the case.
    assert asking("next").asked(records).person == "wale"
