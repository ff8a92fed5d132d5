"""What an event must look like: bad input names the field that is wrong, and never reaches a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from cases.complaint import MAX_TEXT, Attachment, Complaint
from cases.deeds import Act
from tests.samples import ANA, NOON, complaint, deed

NOTE: dict[str, Any] = {"kind": "note", "id": str(UUID(int=1)), "by": {"id": "ana", "role": "agent"}, "text": "Hello"}


def without(field: str) -> dict[str, Any]:
    """The note, but for that field."""
    return {name: value for name, value in NOTE.items() if name != field}


def wrong(fields: dict[str, Any]) -> tuple[str, str]:
    """The field that validation names (without the union's tags) and what is wrong with it."""
    with pytest.raises(ValidationError) as caught:
        Act.model_validate(fields)
    [mistake] = caught.value.errors()
    return ".".join(str(part) for part in mistake["loc"][1:]), mistake["type"]


def test_a_whole_event_is_read() -> None:
    assert Act.model_validate(NOTE).root.kind == "note"


def test_an_event_without_an_actor_is_none() -> None:
    assert wrong(without("by")) == ("by", "missing")


def test_an_event_without_an_id_is_none() -> None:
    assert wrong(without("id")) == ("id", "missing")


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValidationError, match="'shout' found using 'kind'") as caught:
        Act.model_validate({**NOTE, "kind": "shout"})
    assert caught.value.errors()[0]["type"] == "union_tag_invalid"


@pytest.mark.parametrize("kind", ["planned", "chosen", "delayed", "recovered", "cancel_requested"])
def test_nobody_sends_what_only_the_world_can_answer(kind: str) -> None:
    with pytest.raises(ValidationError, match="union_tag_invalid"):
        Act.model_validate({**NOTE, "kind": kind})


def test_an_unknown_field_is_named() -> None:
    assert wrong({**NOTE, "colour": "red"}) == ("colour", "extra_forbidden")


def test_an_unknown_field_of_the_actor_is_named() -> None:
    assert wrong({**NOTE, "by": {**NOTE["by"], "mood": "bad"}}) == ("by.mood", "extra_forbidden")


@pytest.mark.parametrize("text", ["", "   "], ids=["empty", "blank"])
def test_a_text_must_say_something(text: str) -> None:
    assert wrong({**NOTE, "text": text}) == ("text", "string_too_short")


def test_a_text_has_a_longest_length() -> None:
    assert wrong({**NOTE, "text": "x" * (MAX_TEXT + 1)}) == ("text", "string_too_long")


def test_the_longest_text_is_read() -> None:
    assert deed("note", ANA, text="x" * MAX_TEXT).kind == "note"


def test_a_time_without_a_zone_is_no_time() -> None:
    assert wrong({**NOTE, "at": "2026-03-02T12:00:00"}) == ("at", "timezone_aware")


def test_an_unknown_role_is_named() -> None:
    assert wrong({**NOTE, "by": {"id": "ana", "role": "boss"}}) == ("by.role", "enum")


@pytest.mark.parametrize("score", [0, 6])
def test_scores_are_from_one_to_five(score: int) -> None:
    fields = without("text")
    assert wrong({**fields, "kind": "accept_resolution", "score": score})[0] == "score"


@pytest.mark.parametrize("kind", ["assign", "transfer"])
def test_a_case_is_handed_to_somebody(kind: str) -> None:
    fields = without("text")
    assert wrong({**fields, "kind": kind, "to": {}}) == ("to", "value_error")


def test_an_unknown_reason_to_escalate_is_named() -> None:
    fields = without("text")
    assert wrong({**fields, "kind": "escalate", "reason": "bored"}) == ("reason", "enum")


@pytest.mark.parametrize("kind", ["decline", "de_escalate", "close", "reject_resolution"])
def test_a_reason_must_be_given(kind: str) -> None:
    fields = without("text")
    assert wrong({**fields, "kind": kind}) == ("reason", "missing")


def test_an_event_cannot_be_changed_once_it_is_read() -> None:
    event = deed("note", ANA, text="Hello")
    with pytest.raises(ValidationError, match="frozen"):
        event.at = NOON


# complaints


def complaint_mistake(**fields: Any) -> tuple[str, str]:
    """The field of the complaint that validation names, and what is wrong with it."""
    with pytest.raises(ValidationError) as caught:
        complaint(**fields)
    [mistake] = caught.value.errors()
    return ".".join(str(part) for part in mistake["loc"]), mistake["type"]


def test_a_complaint_must_say_something() -> None:
    assert complaint_mistake(text="") == ("text", "string_too_short")


def test_a_complaint_of_three_megabytes_is_none() -> None:
    assert complaint_mistake(text="x" * 3_000_000) == ("text", "string_too_long")


def test_an_unknown_channel_is_named() -> None:
    assert complaint_mistake(channel="fax") == ("channel", "enum")


def test_a_source_is_a_plain_word() -> None:
    assert complaint_mistake(source="My Shop") == ("source", "string_pattern_mismatch")


def test_an_unknown_field_of_a_complaint_is_named() -> None:
    assert complaint_mistake(mood="bad") == ("mood", "extra_forbidden")


def test_attachments_are_links_with_name_and_type() -> None:
    link = Attachment(name="statement.pdf", type="application/pdf", url="https://files.example.org/1")
    assert Complaint.model_validate(complaint(attachments=(link,)).model_dump()).attachments == (link,)
