"""Remedies on the command line: what waits for a decision, what was paid, and the book of payments."""

from __future__ import annotations

import json
from pathlib import Path

from cases.words import RemedyState
from records import Records, migrate, sqlite_url
from starter.cli.printing import brief_lines, case_lines
from tests.records.test_payments import errand
from tests.samples import NOON, SUE, proposed
from tests.starter.conftest import Run
from tests.starter.test_cli import NOWHERE
from workflows.details import page


def test_a_case_shows_what_waits_for_a_decision_and_what_became_of_it() -> None:
    play = proposed()
    waiting = "\n".join(case_lines(play.view))
    assert "decide   r1, refund of 80.00 GBP, by ana: asked of supervisors until " in waiting
    play.do("decide_remedy", SUE, remedy_id="r1", approve=True)
    play.pay()
    assert play.remedy().state is RemedyState.PAID
    assert "remedy   r1, refund of 80.00 GBP, paid by sue, reference CL-1" in [*case_lines(play.view)]
    assert "  sue: refund of 80.00 GBP, paid" in "\n".join(line[21:] for line in brief_lines(play.case.brief()))


def test_the_page_in_the_web_ui_has_the_decision_to_paste() -> None:
    play = proposed()
    shown = page(play.view, play.case.timeline())
    assert "waiting on an approval" in shown
    assert "r1, refund of 80.00 GBP: pending, asked of supervisors by " in shown
    decision = next(line for line in shown.splitlines() if "Grant the refund of 80.00 GBP" in line)
    sent = json.loads(decision.split("`")[-2])
    assert (sent["kind"], sent["remedy_id"], sent["by"]["rung"]) == ("decide_remedy", "r1", "supervisor")
    assert '"despite"' in shown


def test_the_book_of_payments_is_listed_page_by_page(here: Run, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    env = NOWHERE | {"CASELADDER_DATABASE_URL": url}
    assert here("payments", env=env).out == "no payments\n"
    with Records(url) as records:
        for number in range(3):
            assert records.book_payment(errand(number, customer_id=f"c-{number}"), NOON).reference
    listed = here("payments", "shop-abcdefghij", "--limit", "2", env=env).out
    assert listed.count("49.90 GBP") == 2
    assert "more: --cursor " in listed
    read = json.loads(here("payments", "--customer", "c-2", "--json", env=env).out)
    assert [item["amount"] for item in read["items"]] == ["49.90"]
    assert here("payments", "--cursor", "nonsense", env=env).code == 1
