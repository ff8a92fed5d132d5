"""docs/operators.md says what the code does: saved views, fields and JSON are made from it, and compared here."""

from __future__ import annotations

import json
import re

import pytest

from cases import answering
from cases.deeds import Act
from cases.specialists import SpecialistAct
from cases.table import CUSTOMER_KINDS, TABLE
from tests.escalation_page import made
from tests.operators_page import PAGE, PARTS, event

SENT = [kind for table in (TABLE, answering.TABLE) for kind, row in table.items() if row.who]


def test_the_page_is_as_the_code_has_it_now() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert made(page, PARTS, PAGE) == page, "docs/operators.md is of other code: run `make docs`, and commit it"


@pytest.mark.parametrize("kind", SENT)
def test_the_json_of_every_kind_is_taken_as_it_stands(kind: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    pasted = json.dumps(event(kind))
    assert f"`{pasted}`" in page
    model = Act if kind in TABLE else SpecialistAct
    read = model.model_validate_json(json.dumps(json.loads(pasted) | {"id": "0b7f4f0e-3a52-4a3f-9a29-0f4a3f0e8d11"}))
    assert read.root.kind == kind
    assert read.root.by.role == ("service" if kind in CUSTOMER_KINDS else read.root.by.role)


def test_every_json_that_is_written_by_hand_is_json() -> None:
    for given in re.findall(r"--input\s+\\?\s*'(.*?)'", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        assert json.loads(given)["kind"] in SENT
