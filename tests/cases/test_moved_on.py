"""What is meant for one version of a case is not done to another."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from cases.events import Code
from tests.samples import ANA, Played, deed, plan, refused


def owned() -> Played:
    """A case that Ana has."""
    played = Played(plan())
    played.do("claim", ANA)
    return played


def test_what_is_meant_for_the_version_that_is_there_is_done():
    played = owned()
    played.do("note", ANA, text="Seen", if_version=played.case.version)
    assert played.view.version == played.case.version


def test_what_is_meant_for_an_earlier_version_is_refused_and_told_which_is_there():
    played = owned()
    before, snapshot = played.case.version - 1, played.case.snapshot()
    with refused(Code.MOVED_ON) as caught:
        played.do("note", ANA, text="Seen", if_version=before)
    assert caught.value.details == {"version": before + 1}
    assert played.case.snapshot() == snapshot


def test_a_retry_is_known_by_its_id_before_its_version_is_looked_at():
    played = owned()
    note = deed("note", ANA, text="Seen", id=uuid4(), if_version=played.case.version)
    played.happen(note)
    after = played.case.version
    played.case.check(note, played.now)
    played.happen(note)
    played.happen(note.model_copy(update={"if_version": None}))
    assert played.case.version == after


def test_what_is_due_and_not_yet_noticed_is_no_newer_version():
    """Nobody can have seen it: whoever comes first is not refused for what their coming brings about."""
    played = owned()
    seen = played.case.version
    due = played.case.next_due()
    assert due is not None
    played.now = due + timedelta(seconds=1)
    played.do("note", ANA, text="Seen", if_version=seen)
    assert played.case.version > seen + 1


def test_an_event_without_a_condition_does_not_speak_of_one():
    assert "if_version" not in deed("claim", ANA).model_dump_json()
