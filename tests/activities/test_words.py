"""Every message in every language, with every combination of facts that a rule can give it, reads without a gap."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from activities import Messages
from cases.effects import Param, TellCustomer
from cases.notices import COMMON, MESSAGES, NAMES, Fact, Kind, message
from cases.words import Channel
from policies import load
from records import Rendered
from tests.walks import everything_told

ROOT = Path(__file__).parents[2]
WORDS = Messages()
LANGUAGES = WORDS.languages()
WHEN = datetime(2026, 6, 2, 12, 5, tzinfo=UTC)

REGIMES = sorted(
    policy.form.regime.name for policy in map(load, ROOT.glob("policies/*-*[!e].toml")) if policy.form.regime
)
SAID = [
    *NAMES,
    *(
        f"{name}.{regime}"
        for it in MESSAGES.items()
        if it[1].open_ended
        for name in it[1].names(it[0])
        for regime in REGIMES
    ),
]
"""Every name under which something is said, with the regimes that we ship."""

DANGLING = {
    "en": r"\b(by|until|at|with|to|about|because|reference:?)\s*[.,;?!\n)]",
    "de": r"\b(bis|am|um|mit|zu|wegen|weil|über|Zeichen:?)\s*[.,;?!\n)]",
}
"""Words that nothing follows although something should."""

SAMPLES: dict[str, Param] = {
    "name": "Iris Vale",
    "zone": "Europe/Berlin",
    "reference": "order-1042",
    "product": "Karte",
}


AFTER_HARM = ("escalated.threat", "escalated.abuse", "escalated.needs_attention.conduct")
"""Where no call is offered."""


def values(name: str, fact: Fact) -> tuple[Param, ...]:
    """Every value that matters of a fact: all, of a closed list; a sample, of what is open; None, where it may lack."""
    known: tuple[Param, ...]
    match fact.kind:
        case Kind.CHOICE:
            known = fact.among
        case Kind.FLAG:
            known = (True, False)
        case Kind.MOMENT:
            known = (WHEN,)
        case Kind.AMOUNT:
            known = ("1234.50",)
        case Kind.CURRENCY:
            known = ("EUR",)
        case Kind.NUMBER:
            known = (0, 1, 123456)
        case Kind.WORDS:
            known = (SAMPLES.get(name, f"Some words: {name}."),)
    return (*known, None) if fact.may_lack else known


def combinations(name: str) -> Iterator[dict[str, Param]]:
    """Every combination of the facts of a message."""
    found = message(name)
    assert found
    facts = {**COMMON, **found.facts}
    for combination in itertools.product(*(values(fact, facts[fact]) for fact in facts)):
        yield dict(zip(facts, combination, strict=True))


def told(name: str, channel: Channel, language: str, /, **params: Any) -> Rendered:
    notice = TellCustomer(id="shop-abc:1", at=WHEN, template=name, channel=channel, language=language, params=params)
    return WORDS.render(notice)


def gaps(rendered: Rendered, language: str) -> Iterator[str]:
    """What is wrong with a text."""
    for text in (rendered.subject, rendered.text):
        if not text:
            yield "it is empty"
        for wrong in (r"None|Undefined|\{\{|\}\}|\{%|\(\)|\[\]", r"  | [,.;:?!]|,,|\.\.|,\.", DANGLING[language]):
            if found := re.search(wrong, text):
                yield f"{found[0]!r} in {text!r}"
    if "\n" in rendered.subject or "\n\n\n" in rendered.text or not rendered.text[:1].isupper():
        yield f"the form of {rendered.text!r}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAID)
def test_a_message_has_no_gap_whatever_is_known(name: str, language: str) -> None:
    for params in combinations(name):
        # Greeting and end differ between letters and chats only; what is in between does not know the customer's zone.
        for channel in Channel if params["name"] and params["zone"] else (Channel.EMAIL, Channel.CHAT):
            rendered = told(name, channel, language, **params)
            assert rendered.language == language, f"messages/{language} has no words for {name}"
            assert list(gaps(rendered, language)) == [], (name, channel, params)


def test_no_words_are_missing_in_any_language() -> None:
    assert list(WORDS.gaps()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_kept_that_nobody_says(language: str) -> None:
    written = {path.name.removesuffix(".j2") for path in (ROOT / "activities/messages" / language).glob("*.j2")}
    said = {".".join(name.split(".")[:parts]) for name in SAID for parts in range(1, name.count(".") + 2)}
    assert written - said == set(), "declare them in cases/notices.py, or delete them"


def test_there_are_words_in_two_languages_at_least() -> None:
    assert {"en", "de"} <= set(LANGUAGES)


def test_all_that_customers_are_told_in_the_scenes_reads_without_a_gap() -> None:
    kinds = {
        (notice.template, *(name for name, value in notice.params.items() if value is None)): notice
        for notice in everything_told()
    }
    for notice in kinds.values():
        for language in LANGUAGES:
            rendered = WORDS.render(notice.model_copy(update={"language": language}))
            assert not list(gaps(rendered, language)), notice


@pytest.mark.parametrize("name", [name for name in SAID if name.startswith("escalated.")])
@pytest.mark.parametrize(
    ("language", "when", "benefit", "call"),
    [
        ("en", "Tuesday 2 June 2026, 14:05 CEST", "need not explain it again", "rather be called"),
        ("de", "Dienstag, 2. Juni 2026, 14:05 MESZ", "müssen nichts noch einmal erklären", "angerufen werden möchten"),
    ],
)
def test_an_escalation_says_how_it_helps_what_can_be_chosen_and_when_the_next_word_comes(
    name: str, language: str, when: str, benefit: str, call: str
) -> None:
    params = {**SAMPLES, "rung": "manager", "next_word_by": WHEN}
    text = told(name, Channel.EMAIL, language, **params, may_choose_call="both").text
    assert all(words in text for words in (when, benefit))
    assert (call in text) is (name not in AFTER_HARM)
    assert call not in told(name, Channel.EMAIL, language, **params, may_choose_call=None).text


BLAME = {
    "en": r"irate|angry|upset|abus|insist|escalat|you failed|you did not|unfortunately|policy",
    "de": r"verärgert|wütend|beleidig|bestehen sie|eskal|sie haben nicht|leider|richtlinie|versäum",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAID)
def test_no_message_blames_the_customer_or_hides_behind_rules(name: str, language: str) -> None:
    text = told(name, Channel.EMAIL, language, **next(combinations(name))).text.lower()
    assert not re.search(BLAME[language], text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_has_words_of_its_own(language: str) -> None:
    names = [name for name in SAID if name.startswith("escalated.")]
    texts = {told(name, Channel.EMAIL, language, **next(combinations(name))).text for name in names}
    assert len(texts) == len(names)


OWN_CAPITAL = ("Sie ", "Ihr", "Ihnen")


@pytest.mark.parametrize("name", SAID)
def test_german_goes_on_in_lower_case_after_the_comma_of_the_greeting(name: str) -> None:
    for params in combinations(name):
        greeting, _, body = told(name, Channel.EMAIL, "de", **params).text.partition("\n\n")
        if greeting.endswith(","):
            assert body[0].islower() or body.startswith(OWN_CAPITAL), body
        else:
            assert greeting.endswith("!"), "somebody's own words follow, which begin as they wrote them"
            assert body.startswith(str(params["text"]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "older"), [("opened", {}), ("redirected", {"text": "I can."}), ("on_its_way", {})])
def test_what_an_older_version_asked_to_be_said_still_reads(name: str, older: dict[str, Param], language: str) -> None:
    params = {**SAMPLES, "rung": "manager", "next_word_by": WHEN, **older}
    if name != "on_its_way":
        del params["rung"]
    assert not list(gaps(told(name, Channel.EMAIL, language, **params), language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_that_an_older_version_offered_is_offered_as_it_was(language: str) -> None:
    params = {**SAMPLES, "rung": "manager", "next_word_by": WHEN}
    both = told("escalated.irate", Channel.EMAIL, language, **params, may_choose_call="both")
    assert told("escalated.irate", Channel.EMAIL, language, **params, may_choose_call=True) == both


@pytest.mark.parametrize(
    ("language", "person"), [("en", "an answer from a person by"), ("de", "eine persönliche Antwort")]
)
def test_only_who_is_answered_by_a_person_is_promised_one(language: str, person: str) -> None:
    params = {**SAMPLES, "next_word_by": WHEN}
    assert person in told("opened", Channel.CHATBOT, language, **params, rung="agent").text
    assert person not in told("opened", Channel.CHATBOT, language, **params, rung="bot").text


@pytest.mark.parametrize(("language", "words"), [("en", "somebody with more authority"), ("de", "mehr entscheiden")])
def test_who_has_nobody_above_promises_nobody(language: str, words: str) -> None:
    params = {**SAMPLES, "text": "I can do this."}
    assert words in told("redirected", Channel.EMAIL, language, **params, rung="manager").text
    assert words not in told("redirected", Channel.EMAIL, language, **params, rung=None).text
