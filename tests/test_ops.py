"""`ops/`: rules that say what to do, and a dashboard that Grafana can lay out. What they ask for: see `watching`."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import promql_parser as promql
import pytest
import yaml

from tests import watching


@pytest.mark.parametrize(("where", "expression"), list(watching.expressions()))
def test_every_expression_is_promql(where: str, expression: str) -> None:
    assert promql.parse(expression) is not None, where


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    rules = watching.rules()
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}, rule
        assert rule["labels"]["severity"] in ("page", "ticket"), rule
        assert set(rule["annotations"]) == {"summary", "remedy"}, rule


def test_the_jobs_that_rules_name_are_those_that_are_scraped() -> None:
    scraped = yaml.safe_load((watching.RULES.parent / "scrape.yml").read_text())["scrape_configs"]
    assert {job["job_name"] for job in scraped} == {"caseladder-api", "caseladder-worker"}
    assert any('up{job="caseladder-api"}' in rule["expr"] for rule in watching.rules())


def test_no_panel_lies_on_another_or_has_its_number() -> None:
    panels = watching.panels()
    assert len({panel["id"] for panel in panels}) == len(panels)
    for one, other in combinations([panel["gridPos"] for panel in panels], 2):
        assert not (_overlap(one, other, "x", "w") and _overlap(one, other, "y", "h")), (one, other)


def _overlap(one: dict[str, Any], other: dict[str, Any], start: str, length: str) -> bool:
    return one[start] < other[start] + other[length] and other[start] < one[start] + one[length]
