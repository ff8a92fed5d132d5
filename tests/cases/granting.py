"""Remedies as people propose them and decide on them, for the tests of authority and of what becomes of the money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from cases.events import SYSTEM, Actor
from cases.outcomes import Planned
from tests.samples import ANA, Played, plan


def propose(play: Played, amount: str | None, by: Actor = ANA, **fields: Any) -> None:
    money = {} if amount is None else {"amount": amount, "currency": "GBP"}
    play.do("propose_remedy", by, **{"remedy": "refund", **money, **fields})


def decide(play: Played, by: Actor, remedy_id: str = "r1", **fields: Any) -> None:
    play.do("decide_remedy", by, **{"remedy_id": remedy_id, "approve": True, **fields})


def entitled(granted_before: dict[str, Decimal]) -> Played:
    """The sample case of a customer who got something before, claimed by Ana."""
    play = Played()
    envelope: dict[str, Any] = {"id": uuid4(), "by": SYSTEM, "effect": f"{play.case.case_id}:1"}
    play.happen(Planned(**envelope, plan=plan(), person="ana", granted_before=granted_before))
    play.do("claim", ANA)
    return play
