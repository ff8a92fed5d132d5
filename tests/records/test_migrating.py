from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cases.effects import AlertStaff, Payment
from cases.people import Away
from cases.words import Rung
from records import Records, RecordsAway, RecordsError, Rendered, downgrade, migrate, sqlite_url
from records.database import Database
from records.tables import metadata
from tests.records.test_payments import errand
from tests.samples import NOON


def tables(url: str) -> set[str]:
    with Database(url) as database:
        return set(sa.inspect(database.engine).get_table_names()) - {"alembic_version"}


def test_migrating_makes_every_table(url: str) -> None:
    migrate(url)
    assert tables(url) == set(metadata.tables)


def test_migrated_schema_is_the_one_the_queries_use(url: str) -> None:
    migrate(url)
    with Database(url) as database, database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_again_changes_nothing(records: Records, url: str) -> None:
    records.keep_policy("abc", "small", "{}")
    migrate(url)
    assert records.policy("abc") == "{}"


def test_downgrading_takes_all_of_it_away_and_migrating_brings_it_back(url: str) -> None:
    migrate(url)
    downgrade(url, "base")
    assert tables(url) == set()
    migrate(url)
    assert tables(url) == set(metadata.tables)


def test_people_survive_the_way_to_shifts_and_back(url: str) -> None:
    migrate(url, "0004")
    old = (
        "INSERT INTO people (id, name, rung, teams, skills, languages, authority, capacity, available) "
        "VALUES ('{}', 'Somebody', 'agent', '[\"cards\"]', '[]', '[\"en\"]', NULL, 3, {})"
    )
    with Database(url) as database, database.writing() as connection:
        for name, available in (("ana", "true"), ("ben", "false")):
            connection.exec_driver_sql(old.format(name, available))
    migrate(url)
    now = datetime.now(UTC)
    with Records(url) as records:
        assert [(each.id, each.available, each.shift) for each in records.people()] == [
            ("ana", True, None),
            ("ben", False, None),
        ]
        records.change_person("ana", lambda ana: ana.model_copy(update={"shift": "uk-office"}), now)
        records.record_absence("ana", Away(begins=now), "max", now)
        records.keep_calendars({"desk": "{}"})
        records.remove_person("ben", now)
    downgrade(url, "0004")
    with Database(url) as database, database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT id, capacity, available FROM people ORDER BY id").all()
        assert [(row.id, row.capacity, bool(row.available)) for row in rows] == [("ana", 3, True), ("ben", 3, False)]
    migrate(url)
    with Records(url) as records:
        assert [each.id for each in records.people()] == ["ana", "ben"]
        assert records.absences(now) == []


def test_payments_survive_the_way_back_and_forth_and_what_was_booked_before_is_paid(url: str) -> None:
    migrate(url)
    with Records(url) as records:
        records.book_payment(errand(1), NOON)
        records.ask_payment(errand(2), NOON)
        records.settle_payment(errand(2).id, Payment(reference="B" * 100), NOON)
        records.ask_payment(errand(3), NOON)
        booked = records.list_payments().items[0]
        alert = AlertStaff(id="s-1:1", at=NOON, template="stuck", team="cards", rung=Rung.AGENT, params={})
        records.tell("s-1", alert, Rendered("It is stuck", "Words."), {alert.id})
    downgrade(url, "0004")
    with Database(url) as database, database.reading() as connection:
        kept = connection.execute(sa.text("SELECT effect_id, reference FROM payments ORDER BY effect_id")).all()
    # What was asked for is no payment to the older schema, and it has no room for a long reference.
    assert [tuple(row) for row in kept] == [(errand(1).id, booked.reference), (errand(2).id, "B" * 64)]
    migrate(url)
    with Records(url) as records:
        assert records.list_payments().items[0] == booked
        assert [item.state for item in records.list_payments().items] == ["paid", "paid"]
        assert len(records.outbox("s-1")) == 1
        assert records.waiting_groups() == []


def test_of_several_that_start_at_once_one_migrates_and_all_find_the_newest_schema(url: str) -> None:
    failed: list[BaseException] = []

    def start() -> None:
        try:
            migrate(url)
        except BaseException as error:  # noqa: BLE001 -- a thread's error would be lost otherwise
            failed.append(error)

    threads = [Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert tables(url) == set(metadata.tables)


def test_path_may_have_any_character(tmp_path: Path) -> None:
    folder = tmp_path / "50% of it & more"
    folder.mkdir()
    migrate(sqlite_url(folder / "caseladder.db"))
    assert (folder / "caseladder.db").exists()


def test_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "nowhere" / "caseladder.db")
    with pytest.raises(RecordsAway, match="nowhere"):
        migrate(url)


def test_database_that_was_not_migrated_does_not_answer_a_ping(url: str) -> None:
    with Records(url) as records, pytest.raises(RecordsAway, match=r"no such table|does not exist"):
        records.ping()


def test_migrated_database_answers_a_ping(records: Records) -> None:
    records.ping()


def test_url_as_most_write_it_is_read_with_our_driver() -> None:
    with Database("postgresql://caseladder@db.example/records") as database:
        assert database.engine.driver == "psycopg"


def test_driver_that_is_not_installed_is_named_with_what_to_install() -> None:
    with pytest.raises(RecordsError, match=r"need the driver pg8000.*extra `postgres`"):
        Database("postgresql+pg8000://caseladder@db.example/records")
