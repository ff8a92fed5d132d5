"""What the rules say to customers is declared in one list, and nothing is said beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeGuard

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
    """What is written of the name: all of it, or, with a `*` at its end, up to what is only known later."""
    facts: frozenset[str]
    more: bool
    """Whether further facts are passed by `**`; what they are, the scenes show."""

    def says(self, name: str) -> bool:
        """Whether this can be what it says."""
        return any(name.startswith(it[:-1]) if it.endswith("*") else name == it for it in self.names)


def calls() -> Iterator[Call]:
    """Every call of `tell_customer` in the rules, as it is written."""
    for path in sorted(RULES.glob("*.py")):
        for function in ast.parse(path.read_text()).body:
            if isinstance(function, ast.FunctionDef):
                yield from (call(path, function, node) for node in ast.walk(function) if tells(node))


def tells(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether a customer is told something there."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tell_customer"


def call(path: Path, function: ast.FunctionDef, node: ast.Call) -> Call:
    """One call, as it is written."""
    facts = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
    more = any(keyword.arg is None for keyword in node.keywords)
    return Call(f"cases/{path.name}:{function.name}", tuple(written(node.args[0], function)), facts, more)


def written(name: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    """What can be read of a name without running anything."""
    match name:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            yield f"{text}*"
        case ast.IfExp(body=body, orelse=orelse):
            yield from written(body, function)
            yield from written(orelse, function)
        case ast.Name(id=variable):
            for node in ast.walk(function):
                targets = node.targets if isinstance(node, ast.Assign) else []
                if isinstance(node, ast.Assign) and any(
                    isinstance(it, ast.Name) and it.id == variable for it in targets
                ):
                    yield from written(node.value, function)
        case _:
            raise AssertionError(f"line {name.lineno}: begin the message's name with words that can be read")


CALLS = list(calls())


@pytest.mark.parametrize("call", CALLS, ids=[call.where for call in CALLS])
def test_every_message_that_a_rule_names_is_in_the_list(call: Call) -> None:
    for name in call.names:
        known = [it for it in NAMES if call._replace(names=(name,)).says(it)]
        assert known, (
            f"{call.where} says `{name}`: add it to MESSAGES in cases/notices.py, and its words in each language"
        )
        for it in known:
            found = message(it)
            assert found
            differ = call.facts - found.facts.keys() if call.more else call.facts ^ found.facts.keys()
            assert not differ, f"{call.where} and `{it}` in cases/notices.py differ in: {', '.join(sorted(differ))}"


def test_every_message_of_the_list_is_said_by_some_rule() -> None:
    unsaid = {name for name in NAMES if not any(call.says(name) for call in CALLS)}
    assert unsaid == set(), "delete them from MESSAGES in cases/notices.py, with their words"


def test_what_is_said_in_the_scenes_is_as_the_list_says() -> None:
    told = everything_told()
    assert {complaint for notice in told for complaint in undeclared(notice)} == set()
    said = {notice.template for notice in told}
    unsaid = {root for root, it in MESSAGES.items() if not said & set(it.names(root)) and not it.open_ended}
    assert unsaid == set(), "messages that no scene says: add a scene to tests/scenes.py"


def test_each_reason_that_sends_a_case_up_has_words_for_the_customer() -> None:
    assert {f"escalated.{reason}" for reason in Reason if reason not in STAYS_LEVEL} <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("opened", True),
        ("escalated.irate", True),
        ("escalated.needs_attention.conduct", True),
        ("remedy_rejected.closed", True),
        ("reopened.by_us", True),
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
    assert (message(name) is not None) is known


def said(template: str, **params: str | None) -> list[str]:
    common = dict.fromkeys(COMMON, "x")
    notice = TellCustomer(
        id="x:1", at=NOON, template=template, channel=Channel.EMAIL, language="en", params={**common, **params}
    )
    return sorted(undeclared(notice))


def test_what_is_not_foreseen_is_named_with_what_to_add() -> None:
    assert "add it to MESSAGES" in said("brand_new")[0]
    assert "next_word_by is not told" in said("opened")[0]
    assert "mood is told, and not among its facts" in said("opened", rung="agent", next_word_by=None, mood="grim")[0]
    assert "text is missing" in said("redirected", text=None, rung=None)[0]
    assert "'cellar', which is not among" in said("on_its_way", rung="cellar", next_word_by=None, spoke="x")[0]
    assert said("on_its_way", rung="manager", next_word_by=None, spoke="x") == []
