"""The files of `ops/`: which figures their expressions ask for, and what a process serves, to hold the two together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import promql_parser as promql
import yaml
from prometheus_client.parser import text_string_to_metric_families

OPS = Path(__file__).parent.parent / "ops"
DASHBOARD, RULES = OPS / "grafana" / "caseladder.json", OPS / "prometheus" / "rules.yml"

WORKERS = re.compile(r"temporal_\w+|caseladder_lateness_seconds\w*|caseladder_missing_keys")
"""Names of samples that workers serve; the API serves all others that are ours."""

OF_PROMETHEUS = {"up"}
ADDED_BY_PROMETHEUS = {"job", "instance", "le"}


class Asked(NamedTuple):
    """A figure that an expression asks for, with the labels that it is chosen by or counted by."""

    where: str
    name: str
    labels: frozenset[str]


def rules() -> list[dict[str, Any]]:
    """The alert rules."""
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """The dashboard's panels, those that only part it left out."""
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Where each stands, and the expression, with Grafana's variables filled in."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m").replace("$team", ".*")


def asked() -> list[Asked]:
    """Every figure that anything in `ops/` asks for. Raises ValueError for what is no PromQL."""
    found: list[Asked] = []
    for where, expression in expressions():
        found += [Asked(where, name, frozenset(labels)) for name, labels in _figures(promql.parse(expression), set())]
    return found


def samples(text: str) -> dict[str, set[str]]:
    """The samples of a scrape by name, with their labels."""
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def _figures(part: Any, by: set[str]) -> Iterator[tuple[str, set[str]]]:
    """The selectors below a part, each with its own labels and those that all around it go by."""
    into = partial(_figures, by=by)
    match part:
        case promql.VectorSelector(name=name, matchers=matchers):
            yield name or "", by | {matcher.name for matcher in matchers.matchers}
        case promql.MatrixSelector(vector_selector=selector):
            yield from into(selector)
        case promql.AggregateExpr(expr=inner, modifier=modifier):
            yield from _figures(inner, by | set(modifier.labels if modifier else ()))
        case promql.Call(args=args):
            for each in args:
                yield from into(each)
        case promql.BinaryExpr(lhs=left, rhs=right):
            yield from into(left)
            yield from into(right)
        case promql.ParenExpr(expr=inner) | promql.UnaryExpr(expr=inner) | promql.SubqueryExpr(expr=inner):
            yield from into(inner)
        case _:
            assert isinstance(part, promql.NumberLiteral | promql.StringLiteral | str), part
