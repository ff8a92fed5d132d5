"""Phrases: what fits them, what does not, and that no phrase and no text takes long."""

from __future__ import annotations

import time

import pytest

from cases.phrases import READ, found_in, parsed


def fits(phrase: str, text: str) -> bool:
    return bool(found_in(text, (phrase,)))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("my lawyer|attorney", "I asked MY  Attorney."),
        ("call* you", "I am calling you"),
        ("speak to a? manager", "let me speak to manager"),
        ("speak to a? manager", "let me speak to a manager"),
        ("tried ... times", "tried at least three times"),
        ("tried ... times", "tried times"),
        ("can't pay", "I ca n't pay"),
        ("can't pay", "I can’t pay"),
        ("i ... ... sue", "I will therefore have no choice but sue"),
        ("été", "cet Été"),
    ],
)
def test_a_phrase_fits(phrase: str, text: str) -> None:
    assert fits(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("my lawyer", "my old lawyer"),
        ("my lawyer", "I told my. Lawyer up!"),
        ("tried ... times", "tried it on four or five times"),
        ("sue", "issue"),
        ("sue", "sued"),
        ("speak to a? manager", "speak to my manager"),
    ],
)
def test_a_phrase_does_not_fit(phrase: str, text: str) -> None:
    assert not fits(phrase, text)


def test_what_was_found_is_quoted_as_it_was_written() -> None:
    assert found_in("I want to Speak   with a\tManager", ("speak to|with a manager",)) == ["Speak with a Manager"]


def test_the_longest_of_overlapping_finds_is_told_once() -> None:
    assert found_in("my lawyer and I sue", ("my lawyer", "my lawyer and i sue")) == ["my lawyer and I sue"]


def test_an_excuse_counts_in_its_own_sentence_only() -> None:
    said = "My closing attorney called. My attorney will write."
    assert found_in(said, ("attorney",), ("closing attorney",)) == ["attorney"]


@pytest.mark.parametrize(
    ("phrase", "remedy"),
    [
        ("", "1 to 16 words"),
        ("a " * 17, "1 to 16 words"),
        ("... lawyer", "begin and end"),
        ("my lawyer?", "begin and end"),
        ("my (lawyer", "is no word"),
        ("a||b", "is no word"),
        ("*", "is no word"),
        ("my at*", "is no word"),
        ("a ... b ... c ... d ... e ... f ... g", "5 times at most"),
    ],
)
def test_what_is_no_phrase_is_said_with_what_to_write(phrase: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        parsed(phrase)


def test_no_text_that_may_be_sent_takes_long_to_read() -> None:
    phrases = tuple(f"aaa* ... aaa* ... aaa*? aaa* ... aaa{n}" for n in range(10))
    began = time.process_time()
    found_in("aaa " * 16_000, phrases)
    assert time.process_time() - began < 10


def test_of_a_very_long_text_the_beginning_is_read() -> None:
    assert found_in(f"My lawyer. {'word ' * (READ - 2)} My lawyer.", ("my lawyer",)) == ["My lawyer"]
