from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from activities import Messages
from cases.effects import AlertStaff, Param, TellCustomer
from cases.ladder import ROUTES
from cases.words import Channel, ClosedAs, Letter, Remedy, Rung
from policies.languages import at, one_line
from records import Rendered

FOLDER = Path(__file__).parents[2] / "activities"
WORDS = Messages()
WHEN = datetime(2026, 6, 2, 12, 5, tzinfo=UTC)

CUSTOMER: dict[str, Param] = {
    "name": "Iris Vale",
    "reference": "order-1042",
    "product": "Credit card",
    "zone": "Europe/London",
}
STAFF: dict[str, Param] = {"case_id": "shop-abc", "product": "Credit card", "channel": "email"}

QUESTION: dict[str, Param] = {"handoff_id": "shop-abc-1", "question": "Was the second invoice paid?"}

_LETTER: dict[str, Param] = {
    "text": "We have asked the bank.",
    "asks": None,
    "received_at": WHEN,
    "next_word_by": WHEN,
}
_UP: dict[str, Param] = {"rung": "supervisor", "next_word_by": WHEN}
_GRANTED: dict[str, Param] = {
    "remedy": "refund",
    "amount": "80.00",
    "currency": "GBP",
    "text": "For both charges, and the fee.",
}
_END: dict[str, Param] = {"reopen_until": WHEN, "duplicate_of": "shop-xyz", "undecided": True}
_RESTRICTED: dict[str, Param] = {"text": "Ana answers all that you write.", "review_at": WHEN, "again": False}
_RECORD: dict[str, Param] = {
    "record": ("Warning 1 of 2: Please do not shout.", "Warning 2 of 2: We will end this contact."),
    "text": "They went on shouting.",
}

MESSAGES: dict[str, dict[str, Param]] = {
    "opened": {"rung": "agent", "next_word_by": WHEN},
    "reply": {"text": "We found it.", "asks": "Which card was it?", "next_word_by": WHEN},
    "redirected": {"text": "I can refund it today.", "rung": "supervisor"},
    "taken_up": {"rung": "manager", "next_word_by": WHEN, "only_contact": True},
    "asked_for_manager": _UP,
    "channel_changed": {"next_word_by": WHEN},
    "reassigned": {"rung": "agent", "next_word_by": WHEN},
    "on_its_way": {**_UP, "spoke": True},
    "at_top": {"next_word_by": WHEN, "spoke": True},
    "late": {"next_word_by": WHEN},
    "stays": _UP,
    "resolved": {"text": "The charge is back.", "confirm_by": WHEN},
    "confirm_reminder": {"confirm_by": WHEN},
    **{f"reopened{how}": {"next_word_by": WHEN} for how in ("", ".by_us")},
    "handed_off": {"team": "billing", "next_word_by": WHEN},
    "escalated": {**_UP, "may_choose_call": "both"},
    "escalated.needs_attention.conduct": {**_UP, "may_choose_call": "both"},
    "closed": _END,
    "closed.unconfirmed.unresolved": _END,
    "chase": {"asks": "Which card was it?", "until_when": WHEN},
    "promise_broken": {"what": "callback", "next_word_by": WHEN},
    "promised.callback": {"by_when": WHEN},
    "promised.update": {"by_when": WHEN},
    "conduct.warning_1": {"text": "Please do not call my colleagues names."},
    "conduct.warning_2": {"text": "Please do not call my colleagues names."},
    "conduct.restricted": _RESTRICTED,
    "conduct.restricted.written_only": _RESTRICTED,
    "conduct.restricted.named_contact": {**_RESTRICTED, "again": True},
    "conduct.lifted": {"text": "We are glad that this is over."},
    "conduct.review_asked": {"by_when": WHEN},
    "approval_asked": _UP,
    "approval_late": _UP,
    **{f"remedy_granted.{remedy}": _GRANTED for remedy in Remedy},
    "remedy_rejected": {"reason": "The card was replaced within the day.", "next_word_by": WHEN},
    "remedy_rejected.closed": {"reason": "The card was replaced within the day.", "reopen_until": WHEN},
    "payment_failed": {"remedy": "refund", "amount": "80.00", "currency": "GBP", "next_word_by": WHEN},
    **{
        f"payment_failed.closed.{closed_as}": {
            "remedy": "refund",
            "amount": "80.00",
            "currency": "GBP",
            "reopen_until": WHEN,
            "duplicate_of": "shop-xyz",
        }
        for closed_as in (ClosedAs.WITHDRAWN, ClosedAs.DUPLICATE, ClosedAs.CONTACT_ENDED)
    },
    **{f"letter.{letter}": _LETTER for letter in Letter},
    **{f"letter.{letter}.{regime}": _LETTER for letter in Letter for regime in ("uk-disp", "uk-psd", "us-cfpb")},
    **{f"escalated.{reason}": {**_UP, "may_choose_call": "both"} for reason in ROUTES},
    **{f"closed.{closed_as}": _END for closed_as in ClosedAs},
}

ALERTS: dict[str, dict[str, Param]] = {
    "offered": {
        "reasons": ("the customer insists on a manager", "a deadline passed"),
        "rung": "supervisor",
        "headline": "Charged twice",
        "expires_at": WHEN,
    },
    "clock_warned": {"clock": "first_response", "due_at": WHEN},
    "clock_breached": {"clock": "first_response", "due_at": WHEN},
    "top_rung": {"reasons": ("a deadline passed",)},
    "stuck": {"effect": "records", "error": "disk full"},
    "returned": {"reasons": ("sent back down",)},
    "cancel_requested": {},
    "untranslated": {"message": "opened", "language": "fr", "said_in": "en"},
    "callback_chosen": {"by_when": WHEN},
    "conduct_brief": {**_RECORD, "rung": "manager"},
    "terminated": {},
    "threat_reported": {**_RECORD, "reported_by": "ana"},
    "threat_undecided": {**_RECORD, "reported_at": WHEN},
    "contact_ended": {**_RECORD, "ended_by": "ana"},
    "safety_decided": {"decided_by": "max", "decision": "the police are called", "text": "Reported on the phone."},
    "contact_restricted": {"restricted_by": "max", "words": "in writing only", "review_at": WHEN, "was": "phone"},
    "review_due": {"words": "in writing only", "due_at": WHEN, "late": False},
    "review_asked": {"text": "I only raised my voice once.", "by_when": WHEN},
    "channel_changed": {"was": "email"},
    "last_hold": {"holds": 3},
    "held_too_often": {"holds": 3},
    "threat_suggested": {"why": "“I will hurt you”"},
    "lesson": {"why": "attempts at solving it failed", "by": "sue", "warranted": True, "lesson": "Refund at once."},
    "approval_asked": {
        "remedy_id": "r1",
        "remedy": "refund of 80.00 GBP",
        "proposed_by": "ana",
        "text": "For both charges.",
        "due_at": WHEN,
    },
    "remedy_decided": {
        "remedy": "refund of 80.00 GBP",
        "granted": False,
        "decided_by": "sue",
        "reason": "The bank has paid it.",
    },
    "payment_failed": {
        "remedy": "refund of 80.00 GBP",
        "reason": "the customer has got 1900.00 GBP by now",
        "closed_as": "duplicate",
        "duplicate_of": "shop-xyz",
        "reopen_until": WHEN,
    },
    "hand_off_offered": {**QUESTION, "asked_by": "ben", "expires_at": WHEN, "due_at": WHEN},
    "hand_off_answered_back": {**QUESTION, "text": "That of March."},
    "hand_off_warned": {**QUESTION, "due_at": WHEN},
    "hand_off_cancelled": {**QUESTION, "reason": "The customer found the receipt."},
    "hand_off_answered": {"asked": "billing", "specialist": "vera", "text": "Yes, on 3 March."},
    "hand_off_asked_back": {"asked": "billing", "specialist": "vera", "text": "Which of the two?"},
    "hand_off_returned": {"asked": "billing", "why": "Nobody of the team took it.", "question": "Was it paid?"},
}

NULLABLE = {
    "name",
    "zone",
    "next_word_by",
    "confirm_by",
    "expires_at",
    "due_at",
    "reopen_until",
    "asks",
    "duplicate_of",
    "by_when",
    "until_when",
    "review_at",
}


def test_who_is_at_the_top_is_not_promised_somebody_higher() -> None:
    assert "goes to" not in told("asked_for_manager", rung=None).text
    assert "goes to a supervisor by itself" in told("asked_for_manager").text


def told(template: str, channel: Channel = Channel.EMAIL, language: str = "en", /, **params: Any) -> Rendered:
    notice = TellCustomer(
        id="shop-abc:1",
        at=WHEN,
        template=template,
        channel=channel,
        language=language,
        params={**CUSTOMER, **MESSAGES.get(template, {}), **params},
    )
    return WORDS.render(notice)


def alerted(template: str, person: str | None = "ana", /, **params: Any) -> Rendered:
    notice = AlertStaff(
        id="shop-abc:1",
        at=WHEN,
        template=template,
        team="cards",
        rung=Rung.AGENT,
        person=person,
        params={**STAFF, **ALERTS[template], **params},
    )
    return WORDS.render(notice)


def files(folder: str) -> Iterator[str]:
    return (path.name.removesuffix(".j2") for path in sorted((FOLDER / folder).glob("*.j2")))


def assert_reads_well(rendered: Rendered) -> None:
    for text in (rendered.subject, rendered.text):
        assert text
        assert not re.search(r"None|Undefined|\{\{|\}\}|\{%|\(\)|\[\]", text), text
        assert not re.search(r"  | [,.;:?!]|,,|\.\.|,\.", text), text
        assert not re.search(r"\b(by|until|at|with|to|about|because|reference:?)\s*[.,\n)]", text), text
    assert "\n" not in rendered.subject
    assert "\n\n\n" not in rendered.text
    assert rendered.text[0].isupper()


def test_every_message_file_is_tried_here() -> None:
    assert set(files("messages/en")) <= set(MESSAGES)
    assert set(files("alerts")) == set(ALERTS)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("template", MESSAGES)
def test_every_message_reads_well(template: str, channel: Channel) -> None:
    assert_reads_well(told(template, channel))


@pytest.mark.parametrize("template", MESSAGES)
def test_every_message_reads_well_when_little_is_known(template: str) -> None:
    nothing = dict.fromkeys(NULLABLE & {*CUSTOMER, *MESSAGES[template]})
    if template.startswith("remedy_granted"):
        nothing["text"] = None
    assert_reads_well(told(template, **nothing))


@pytest.mark.parametrize("person", ["ana", None])
@pytest.mark.parametrize("template", ALERTS)
def test_every_alert_reads_well(template: str, person: str | None) -> None:
    rendered = alerted(template, person)
    assert_reads_well(rendered)
    assert "shop-abc" in rendered.subject


@pytest.mark.parametrize("template", ALERTS)
def test_every_alert_reads_well_when_little_is_known(template: str) -> None:
    assert_reads_well(alerted(template, None, **dict.fromkeys(NULLABLE & {*ALERTS[template]})))


@pytest.mark.parametrize("template", [name for name in MESSAGES if name.startswith("escalated")])
def test_every_escalation_says_who_helps_why_and_when_the_next_word_comes(template: str) -> None:
    text = told(template).text
    assert "asking a supervisor" in text
    assert "need not explain it again" in text
    assert "Tuesday 2 June 2026, 13:05 BST" in text


def test_customer_hears_that_somebody_who_knows_is_asked_what_it_is_good_for_and_when_the_next_word_comes() -> None:
    text = told("handed_off").text
    assert "a colleague who knows this subject best" in text
    assert "need not explain anything again" in text
    assert "Tuesday 2 June 2026, 13:05 BST" in text
    assert not re.search(r"billing|hand-off|hand_off|team|queue|specialist", text)


@pytest.mark.parametrize("template", [name for name in ALERTS if "question" in ALERTS[name]])
def test_every_alert_about_a_question_repeats_it(template: str) -> None:
    assert str(ALERTS[template]["question"]) in alerted(template).text


@pytest.mark.parametrize("template", MESSAGES)
def test_no_message_blames_the_customer(template: str) -> None:
    text = told(template).text.lower()
    assert not re.search(r"irate|angry|upset|abus|insist|escalat|you failed|you did not|unfortunately|policy", text)


def test_each_reason_has_words_of_its_own_for_the_customer() -> None:
    reasons = [name for name in files("messages/en") if name.startswith("escalated.")]
    texts = {told(reason).text for reason in reasons}
    assert len(texts) == len(reasons)


@pytest.mark.parametrize("remedy", [remedy for remedy in Remedy if remedy.is_money])
def test_customer_reads_in_figures_what_was_granted(remedy: Remedy) -> None:
    assert "£80.00" in told(f"remedy_granted.{remedy}").text
    assert "For both charges, and the fee." in told(f"remedy_granted.{remedy}").text


def test_customer_whose_remedy_needs_a_decision_is_promised_no_amount() -> None:
    text = told("approval_asked").text
    assert "asking a supervisor to decide" in text
    assert "need not explain it again" in text
    assert "Tuesday 2 June 2026, 13:05 BST" in text
    assert "GBP" not in text


def test_unknown_reason_falls_back_to_the_general_words() -> None:
    assert told("escalated.brand_new", **_UP, may_choose_call="both") == told("escalated")


def test_unknown_template_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        told("brand_new")


def test_what_nobody_gave_is_an_error_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        told("escalated.brand_new")


def test_missing_language_falls_back_to_english_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        fallen = told("opened", Channel.EMAIL, "xx")
    assert fallen == told("opened")
    assert fallen.language == "en"
    assert "no message opened in language xx" in caplog.text
    assert "Iris" not in caplog.text


def test_customers_language_comes_before_the_exact_reason(tmp_path: Path) -> None:
    for language, name in (("en", "closed.accepted"), ("en", "closed"), ("de", "closed")):
        (tmp_path / "messages" / language).mkdir(parents=True, exist_ok=True)
        (tmp_path / "messages" / language / f"{name}.j2").write_text(f"Subject\n{language} {name}")
    notice = TellCustomer(
        id="x:1", at=WHEN, template="closed.accepted", channel=Channel.EMAIL, language="de", params={}
    )
    assert Messages(tmp_path).render(notice).text == "de closed"


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% for x in range(9) %}x{% endfor %}", "{# gone #}", "{{ self }}"])
def test_what_people_wrote_is_never_a_template(text: str) -> None:
    assert text in told("reply", text=text, asks=None, next_word_by=None).text
    assert text in told("opened", name=text, product=text).text
    assert text in alerted("stuck", error=text).text


def test_customer_cannot_add_a_line_to_a_subject() -> None:
    rendered = told("opened", product="Card\nBcc: everybody", reference="a\r\nb")
    assert rendered.subject == "Your complaint a b: Card Bcc: everybody"
    assert alerted("offered", product="Card\nBcc: x").subject.endswith("Card Bcc: x by email (shop-abc)")


def test_question_that_is_in_the_text_already_is_not_asked_twice() -> None:
    text = told("reply", text="Which card was it?", asks="Which card was it?", next_word_by=None).text
    assert text.count("Which card was it?") == 1


def test_letters_have_a_greeting_and_chats_are_short() -> None:
    assert told("opened").text.startswith("Dear Iris Vale,")
    assert told("opened", name=None).text.startswith("Hello,")
    chat = told("opened", Channel.CHAT).text
    assert chat.startswith("Hello Iris Vale,")
    assert "regards" not in chat


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/London", "Tuesday 2 June 2026, 13:05 BST"),
        ("Asia/Tashkent", "Tuesday 2 June 2026, 17:05 UTC+05:00"),
        ("America/Sao_Paulo", "Tuesday 2 June 2026, 09:05 UTC-03:00"),
        ("Asia/Kathmandu", "Tuesday 2 June 2026, 17:50 UTC+05:45"),
        (None, "Tuesday 2 June 2026, 12:05 UTC"),
        ("", "Tuesday 2 June 2026, 12:05 UTC"),
        ("Mars/Olympus", "Tuesday 2 June 2026, 12:05 UTC"),
        ("../../etc/passwd", "Tuesday 2 June 2026, 12:05 UTC"),
        ("/etc/passwd", "Tuesday 2 June 2026, 12:05 UTC"),
        ("Europe", "Tuesday 2 June 2026, 12:05 UTC"),
        ("\x00", "Tuesday 2 June 2026, 12:05 UTC"),
        ("Zürich", "Tuesday 2 June 2026, 12:05 UTC"),
        ("x" * 200, "Tuesday 2 June 2026, 12:05 UTC"),
    ],
)
def test_times_are_told_in_the_customers_zone_or_in_utc(zone: str | None, text: str) -> None:
    assert at(WHEN, zone) == text


def test_time_that_went_through_json_is_still_a_time() -> None:
    assert at("2026-06-02T12:05:00Z", None) == at(WHEN, None)
    notice = TellCustomer(
        id="x:1",
        at=WHEN,
        template="opened",
        channel=Channel.WEB,
        language="en",
        params={**CUSTOMER, "next_word_by": WHEN},
    )
    again = TellCustomer.model_validate_json(notice.model_dump_json())
    assert WORDS.render(again) == WORDS.render(notice)


def test_one_line_is_one_line() -> None:
    assert one_line(" a\r\n b\u2028c\td ") == "a b c d"
