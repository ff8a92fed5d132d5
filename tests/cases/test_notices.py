"""What the rules say to customers is declared in one list, and nothing is said beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cases.effects import TellCustomer
from cases.notices import COMMON, MESSAGES, NAMES, STAYS_LEVEL, message, undeclared
from cases.words import Channel, Reason
from tests.samples import NOON
from tests.walks import everything_told

RULES = Path(__file__).parents[2] / "cases"


class Call(NamedTuple):
    """One place in the code where a customer is told something."""

    where: str
    names: tuple[str, ...]
    """What is written of the name: all of it, or up to the first part that is only known later, with its dot."""
    facts: frozenset[str]


def calls() -> Iterator[Call]:
    """Every call of `tell_customer` in the rules, as it is written."""
    for path in sorted(RULES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "tell_customer"
            ):
                facts = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                yield Call(f"cases/{path.name}:{node.lineno}", tuple(written(node.args[0])), facts)


def written(name: ast.expr) -> Iterator[str]:
    """What can be read of a name without running anything."""
    match name:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from written(body)
            yield from written(orelse)
        case _:
            raise AssertionError(
                f"line {name.lineno}: write the message's name, or at least its first part, in the call"
            )


CALLS = list(calls())


@pytest.mark.parametrize("call", CALLS, ids=[call.where for call in CALLS])
def test_every_message_that_a_rule_names_is_in_the_list(call: Call) -> None:
    for name in call.names:
        root, dot, _ = name.partition(".")
        known = MESSAGES.get(root)
        assert known, (
            f"{call.where} says `{root}`: add it to MESSAGES in cases/notices.py, and its words in each language"
        )
        assert dot or root in NAMES, f"{call.where} says `{root}` alone: declare it `bare`, with words of its own"
        told = call.facts ^ known.facts.keys()
        assert not told, f"{call.where} and MESSAGES in cases/notices.py differ in: {', '.join(sorted(told))}"


def test_every_message_of_the_list_is_said_by_some_rule() -> None:
    said = {name.partition(".")[0] for call in CALLS for name in call.names}
    assert set(MESSAGES) == said


def test_what_is_said_in_the_scenes_is_as_the_list_says() -> None:
    told = everything_told()
    assert {complaint for notice in told for complaint in undeclared(notice)} == set()
    roots = {notice.template.partition(".")[0] for notice in told}
    assert roots == set(MESSAGES), "a message that no scene says: add a scene to tests/scenes.py"


def test_each_reason_that_sends_a_case_up_has_words_for_the_customer() -> None:
    assert {f"escalated.{reason}" for reason in Reason if reason not in STAYS_LEVEL} <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("opened", True),
        ("escalated.irate", True),
        ("letter.holding.uk-disp", True),
        ("closed.unconfirmed.unresolved", True),
        ("letter", False),
        ("letter.farewell.uk-disp", False),
        ("escalated", False),
        ("escalated.opened", False),
        ("escalated.irate.very", False),
        ("brand_new", False),
    ],
)
def test_only_what_is_declared_is_known(name: str, known: bool) -> None:
    if known or "." not in name:
        assert (message(name) is not None and name in {*NAMES, "letter.holding.uk-disp"}) is known
    else:
        assert message(name) is None


def said(template: str, **params: str | None) -> list[str]:
    common = dict.fromkeys(COMMON, "x")
    notice = TellCustomer(
        id="x:1", at=NOON, template=template, channel=Channel.EMAIL, language="en", params={**common, **params}
    )
    return sorted(undeclared(notice))


def test_what_is_not_foreseen_is_named_with_what_to_add() -> None:
    assert "add it to MESSAGES" in said("brand_new")[0]
    assert "next_word_by is not told" in said("opened")[0]
    assert "mood is told, and not among its facts" in said("opened", next_word_by=None, mood="grim")[0]
    assert "text is missing" in said("redirected", text=None)[0]
    assert "'cellar', which is not among" in said("on_its_way", rung="cellar", next_word_by=None)[0]
    assert said("on_its_way", rung="manager", next_word_by=None) == []
