"""The last commit of a case that was terminated, made from the last view that it wrote."""

from __future__ import annotations

from cases.terminated import last_commit
from cases.words import ClosedAs, Status
from tests.samples import HOUR, Played, closed


def test_what_was_closed_before_keeps_how_and_when() -> None:
    play = closed()
    commit = last_commit(play.view, play.now + HOUR)
    assert (commit.view.status, commit.view.closed_as) == (Status.ARCHIVED, ClosedAs.ACCEPTED)
    assert commit.view.closed_at == play.view.closed_at
    assert "closed_as" not in commit.entries[0].data


def test_nothing_of_it_is_said_to_the_customer() -> None:
    commit = last_commit(Played().view, Played().now)
    assert [notice.kind for notice in commit.notices] == ["alert"]
    assert commit.entries[0].n == commit.view.version
