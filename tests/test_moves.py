"""The diagram of a case's life in docs/escalation.md lacks no arrow, by the rules' own calls and by random lives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import cases
from cases.deadlines import DEADLINES
from cases.table import TABLE
from cases.words import Status
from tests.escalation_page import case_moves, causes, explains
from tests.playing import Setting, apply_step
from tests.steps import Step
from tests.strategies import REPRODUCIBLE, SETTINGS, lives
from tests.walks import Walk

Function = tuple[str, str]
"""The module and the name of a function of `cases`."""


@cache
def functions() -> dict[Function, ast.FunctionDef]:
    """Every function of the rules, as it is written."""
    return {
        (f"cases.{path.stem}", node.name): node
        for path in sorted(Path(cases.__file__).parent.glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


@cache
def imported(module: str) -> dict[str, str]:
    """What a name means in a module that imports it: `cases.resolving`, or `cases.resolving.close_case`."""
    path = Path(cases.__file__).parent / f"{module.rpartition('.')[2]}.py"
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def spoken_of(function: Function) -> Iterator[Function]:
    """The functions that a function calls or hands on."""
    module = function[0]
    for node in ast.walk(functions()[function]):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in imported(module):
                found = (imported(module)[name], attribute)
            case ast.Name(id=name) if name in imported(module):
                found = (imported(module)[name].rpartition(".")[0], name)
            case ast.Name(id=name):
                found = (module, name)
            case _:
                continue
        if found in functions():
            yield found


def put_to(function: Function) -> set[Status]:
    """The statuses that a function itself puts a case in."""
    return {
        Status[node.value.attr]
        for node in ast.walk(functions()[function])
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute)
        if isinstance(node.value.value, ast.Name) and node.value.value.id == "Status"
        if any(isinstance(target, ast.Attribute) and target.attr == "status" for target in node.targets)
    }


def led_to(rule: Callable[..., Any]) -> set[Status]:
    """The statuses that a rule puts a case in, by whatever it calls."""
    reached = {(rule.__module__, rule.__name__)}
    while more := {found for function in reached for found in spoken_of(function)} - reached:
        reached |= more
    return {status for function in reached for status in put_to(function)}


RULES = {kind: led_to(row.does) for kind, row in TABLE.items()} | {
    f"{name} is over": led_to(deadline.passed) for name, deadline in DEADLINES.items()
}


@pytest.mark.parametrize("cause", [cause for cause, statuses in RULES.items() if statuses])
def test_what_a_rule_can_make_of_a_status_has_an_arrow(cause: str) -> None:
    drawn = {after for (_, after), why in case_moves().items() if cause in why}
    assert drawn == RULES[cause]


def test_every_status_but_the_first_is_some_rules_doing() -> None:
    assert set[Status]().union(*RULES.values()) == {*Status} - {Status.OPENING}


def test_a_warning_changes_no_status() -> None:
    assert not any(led_to(deadline.warned) for deadline in DEADLINES.values())


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_no_life_shows_an_arrow_that_the_page_lacks(setting: Setting, steps: list[Step]) -> None:
    walk = Walk(setting)
    for step in steps:
        apply_step(walk, step)
    for change in walk.changes:
        if change.before is not change.after:
            assert explains(case_moves(), change), (change.before, change.after, causes(change))
