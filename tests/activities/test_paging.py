"""Pages that really go out, to a server on loopback: one for many alerts, and none twice to who has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from activities import Messages, Pager, Paging, SettingsError
from cases.effects import AlertStaff, Param
from cases.paging import Gathering, Group, Page
from cases.words import Rung
from records import Records
from tests.machines import CLOSE, Machine, Turn
from tests.samples import NOON

SUPERVISORS = Group(team="cards", rung=Rung.SUPERVISOR)


@pytest.fixture
def machine() -> Iterator[Machine]:
    machine = Machine()
    with machine.running():
        yield machine


class Paged:
    """A pager of targets at one machine, and the calls that it made."""

    def __init__(self, records: Records, machine: Machine, folder: Path, *tags: str) -> None:
        self.records = records
        self.calls: list[tuple[Gathering, bool]] = []
        file = folder / "apprise.cfg"
        file.write_text("".join(f"{tag}={machine.url(f'/{n}', 'json')}\n" for n, tag in enumerate(tags)))
        link = "https://desk.example/?team={team}&rung={rung}"
        paging = Paging.read({"CASELADDER_ALERTS": str(file), "CASELADDER_ALERTS_LINK": link})
        assert paging is not None
        self.pager = Pager(
            records, Messages(), paging, lambda gathering, urgent: self.calls.append((gathering, urgent))
        )

    def tell(self, *notices: AlertStaff) -> None:
        for notice in notices:
            words = Messages().render(notice)
            paged = self.pager.wanted((notice,))
            self.pager.call(self.records.tell(str(notice.params["case_id"]), notice, words, paged))

    def page(self, reached: dict[str, int] | None = None) -> dict[str, int]:
        return self.pager.page(Page(page_id="0123456789", group=SUPERVISORS, reached=reached or {})).reached


def late(n: int, clock: str = "first_response", group: Group = SUPERVISORS) -> AlertStaff:
    params: dict[str, Param] = {"case_id": f"shop-{n}", "product": "Card", "channel": "email"}
    params |= {"clock": clock, "due_at": NOON}
    return AlertStaff(
        id=f"shop-{n}:1", at=NOON, template="clock_breached", team=group.team, rung=group.rung, params=params
    )


def test_many_alerts_are_one_page_that_counts_them_and_names_the_first(
    records: Records, machine: Machine, tmp_path: Path
) -> None:
    paged = Paged(records, machine, tmp_path, "cards:supervisor")
    paged.tell(*(late(n) for n in range(40)), *(late(n, "resolution") for n in range(40, 52)))
    assert [(gathering.group, urgent) for gathering, urgent in paged.calls] == [(SUPERVISORS, False)]
    paged.page()
    (heard,) = machine.heard
    title, text = heard.json["title"], heard.json["message"]
    expected = "52 alerts for the supervisors of cards: 40 × First response is late, 12 × Resolution is late"
    assert title == expected
    assert "shop-9" in text
    assert "shop-10" not in text
    assert "and 42 more" in text
    assert "https://desk.example/?team=cards&rung=supervisor" in text
    paged.page()
    assert len(machine.heard) == 1
    assert [page.alerts for page in records.sent_pages()] == [52]


def test_one_alert_reads_as_itself(records: Records, machine: Machine, tmp_path: Path) -> None:
    paged = Paged(records, machine, tmp_path, "cards")
    paged.tell(late(1))
    paged.page()
    assert machine.heard[0].json["title"] == "First response is late: Card by email (shop-1)"
    assert "please see to it first" in machine.heard[0].json["message"]


@pytest.mark.parametrize("failure", [CLOSE, Turn(status=500), Turn(status=429)])
def test_a_target_that_does_not_take_a_page_gets_all_of_it_later_and_the_others_nothing_twice(
    records: Records, machine: Machine, tmp_path: Path, failure: Turn
) -> None:
    paged = Paged(records, machine, tmp_path, "supervisor", "cards")
    paged.tell(late(1), late(2))
    machine.coming.append(failure)
    reached = paged.page()
    assert [heard.path for heard in machine.heard] == ["/0", "/1"]
    assert len(records.waiting_alerts(SUPERVISORS)) == 2
    paged.tell(late(3))
    assert len(paged.calls) == 1
    paged.page(reached)
    titles = [(heard.path, heard.json["title"].split(":")[0]) for heard in machine.heard[2:]]
    assert titles == [("/0", "3 alerts for the supervisors of cards"), ("/1", "First response is late")]
    assert records.waiting_groups() == []


def test_alerts_that_no_target_wants_are_not_queued_and_those_for_everybody_are(
    records: Records, machine: Machine, tmp_path: Path
) -> None:
    loans = Group(team="loans", rung=Rung.AGENT)
    paged = Paged(records, machine, tmp_path, "cards", "cards:agent,manager")
    paged.tell(late(1, group=loans))
    assert records.waiting_groups() == []
    everybody = Paged(records, machine, tmp_path, "all")
    everybody.tell(late(2, group=loans))
    assert len(records.waiting_groups()) == 1


def test_what_waits_for_a_group_that_no_target_wants_any_more_is_let_go(
    records: Records, machine: Machine, tmp_path: Path
) -> None:
    Paged(records, machine, tmp_path, "cards").tell(late(1))
    Paged(records, machine, tmp_path, "loans").page()
    assert machine.heard == []
    assert [page.page_id for page in records.sent_pages()] == ["nobody"]


def test_a_worker_that_starts_calls_for_what_waits(records: Records, machine: Machine, tmp_path: Path) -> None:
    Paged(records, machine, tmp_path, "cards").tell(late(1), late(2))
    again = Paged(records, machine, tmp_path, "cards")
    again.pager.call_all()
    assert [(gathering.group, urgent) for gathering, urgent in again.calls] == [(SUPERVISORS, False)]


def test_without_a_file_nobody_is_paged() -> None:
    assert Paging.read({}) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "cannot be read whole"),
        ("version: nothing", "cannot be read whole"),
        ("cards=nonsense://u:hunter2@host/\n", "cannot be read whole"),
        ("cards=json://u:hunter2@host/\nsupervisor=nonsense://host\n", "cannot be read whole"),
    ],
)
def test_a_configuration_that_is_of_no_use_is_said_without_its_secrets(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "apprise.cfg"
    file.write_text(content)
    with pytest.raises(SettingsError, match=f"CASELADDER_ALERTS: .*{said}") as caught:
        Paging.read({"CASELADDER_ALERTS": str(file)})
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_not_there_and_a_time_that_is_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CASELADDER_ALERTS: there is no file"):
        Paging.read({"CASELADDER_ALERTS": str(tmp_path / "nowhere.cfg")})
    with pytest.raises(SettingsError, match="CASELADDER_ALERTS_WINDOW"):
        Paging.read({"CASELADDER_ALERTS_WINDOW": "soon"})
    assert Gathering(group=SUPERVISORS).within == timedelta(seconds=10)
