"""A language and a region, how they write times and money, and what happens where words are missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities import Activities, Messages
from cases.commit import Commit
from cases.effects import AlertStaff, TellCustomer
from cases.words import Channel
from policies import Policy
from policies.languages import Habits, at, chain, locale_of
from records import Records
from tests.samples import ANA, Played, claimed

WHEN = datetime(2026, 6, 2, 12, 5, tzinfo=UTC)


def notice(language: str, template: str = "opened") -> TellCustomer:
    facts = {"name": None, "zone": "Europe/Vienna", "reference": "r", "product": "Karte", "next_word_by": WHEN}
    return TellCustomer(
        id="x:1", at=WHEN, template=template, channel=Channel.EMAIL, language=language, params={**facts}
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Tuesday 2 June 2026, 14:05 CEST"),
        ("en-US", "Tuesday, June 2, 2026, 2:05 PM CEST"),
        ("de", "Dienstag, 2. Juni 2026, 14:05 MESZ"),
        ("de-AT", "Dienstag, 2. Juni 2026, 14:05 MESZ"),
        ("fr", "mardi 2 juin 2026, 14:05 CEST"),
        ("de-XX", "Dienstag, 2. Juni 2026, 14:05 MESZ"),
        ("xx", "Tuesday 2 June 2026, 14:05 CEST"),
    ],
)
def test_a_time_is_written_as_the_language_and_the_region_write_it(language: str, text: str) -> None:
    assert at(WHEN, "Europe/Vienna", language) == text


@pytest.mark.parametrize(
    ("language", "amount", "number"),
    [("en", "€1,234.50", "9,876.5"), ("de", "1.234,50 €", "9.876,5"), ("de-AT", "€ 1.234,50", "9.876,5")],
)
def test_money_and_numbers_are_written_so_too(language: str, amount: str, number: str) -> None:
    habits = Habits(locale_of(language))
    assert habits.money("1234.50", "EUR") == amount
    assert habits.number(9876.5) == number


def test_an_amount_has_as_many_decimals_as_its_currency() -> None:
    assert Habits(locale_of("en")).money("1234", "JPY") == "JP¥1,234"


def test_words_are_looked_for_in_the_region_then_the_language_then_english() -> None:
    assert chain("de-AT") == ("de-AT", "de", "en")
    assert chain("en") == ("en",)


def test_a_region_without_words_of_its_own_speaks_its_language_with_its_own_dates() -> None:
    rendered = Messages().render(notice("de-AT"))
    assert "Ihre Beschwerde zu Karte" in rendered.text
    assert rendered.language == "de-AT"
    american = Messages().render(notice("en-US"))
    assert "Tuesday, June 2, 2026, 2:05 PM CEST" in american.text


def test_a_region_may_say_one_thing_otherwise(tmp_path: Path) -> None:
    for language, words in (("en", "English"), ("de", "Deutsch"), ("de-AT", "Österreichisch")):
        (tmp_path / "messages" / language).mkdir(parents=True)
        (tmp_path / "messages" / language / "opened.j2").write_text(f"Subject\n{words}")
    assert Messages(tmp_path).render(notice("de-AT")).text == "Österreichisch"
    assert Messages(tmp_path).render(notice("de-CH")).text == "Deutsch"


def test_what_is_missing_is_listed_with_the_file_to_write(tmp_path: Path) -> None:
    for name in ("en/opened.j2", "en/reply.j2", "de/opened.j2"):
        (tmp_path / "messages" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "messages" / name).write_text("Subject\nWords")
    gaps = list(Messages(tmp_path).gaps())
    assert "messages/de/reply.j2 is missing: translate messages/en/reply.j2." in gaps
    assert "messages/en/closed.accepted.j2 is missing: a rule says it, and has no words for it." in gaps
    assert not [gap for gap in gaps if gap.startswith(("messages/en/opened", "messages/de/opened"))]


def commit_of(played: Played) -> Commit:
    notices = tuple(effect for effect in played.effects if isinstance(effect, TellCustomer | AlertStaff))
    return Commit(view=played.view, entries=tuple(played.case.timeline()), notices=notices)


def test_a_missing_translation_is_told_to_the_cases_team_once(records: Records, policy: Policy) -> None:
    play = claimed(language="fr")
    activities = Activities(records, policy)
    activities.commit(commit_of(play))
    play.do("reply", ANA, text="On it.")
    activities.commit(commit_of(play))
    sent = records.outbox(play.case.case_id)
    [alert] = [one for one in sent if one.template == "untranslated"]
    assert (alert.team, alert.to_person) == ("cards", None)
    assert "no words for the message opened in it: it was sent in en" in alert.text
    assert {one.language for one in sent if one.kind == "message"} == {"en"}


def test_nobody_is_troubled_where_there_are_words(records: Records, policy: Policy) -> None:
    play = claimed(language="de-AT")
    Activities(records, policy).commit(commit_of(play))
    sent = records.outbox(play.case.case_id)
    assert "untranslated" not in {one.template for one in sent}
    assert {one.language for one in sent if one.kind == "message"} == {"de-AT"}
