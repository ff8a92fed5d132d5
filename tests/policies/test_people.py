from __future__ import annotations

from pathlib import Path

import pytest

from cases.words import Role, Rung
from policies import PolicyError, check_people, load_people

ANA = """
[[people]]
id = "ana"
name = "Ana Ruiz"
rung = "agent"
teams = ["cards"]
authority = 5000
capacity = 3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.toml"


def test_people_are_read(file: Path) -> None:
    file.write_text(ANA)
    (ana,) = load_people(file)
    assert (ana.rung, ana.teams, ana.capacity, ana.available) == (Rung.AGENT, ("cards",), 3, True)
    assert (ana.actor.id, ana.actor.role, ana.actor.authority) == ("ana", Role.AGENT, 5000)


def test_every_mistake_names_its_key(file: Path) -> None:
    file.write_text(ANA + ANA.replace('"agent"', '"agnet"').replace("capacity = 3", "capacity = -3\nshfit = 1"))
    mistakes = {mistake.key: mistake for mistake in check_people(file)}
    assert set(mistakes) == {"people[1].rung", "people[1].capacity", "people[1].shfit", "people[1].id"}
    assert "'agent'" in mistakes["people[1].rung"].remedy
    assert "people[0]" in mistakes["people[1].id"].problem


def test_a_team_without_somebody_at_each_rung_is_a_mistake(file: Path) -> None:
    file.write_text(ANA)
    mistakes = check_people(file, teams=["cards"])
    assert [mistake.problem for mistake in mistakes] == [
        f"team cards has nobody at the rung {rung}" for rung in ("supervisor", "manager", "executive")
    ]


def test_somebody_without_teams_is_in_every_line(file: Path) -> None:
    rungs = ("supervisor", "manager", "executive")
    bosses = "".join(f'[[people]]\nid = "{rung}"\nname = "B"\nrung = "{rung}"\n' for rung in rungs)
    file.write_text(ANA + bosses)
    assert check_people(file, teams=["cards"]) == []


def test_missing_file_is_named(file: Path) -> None:
    with pytest.raises(PolicyError, match="no such file"):
        load_people(file)
