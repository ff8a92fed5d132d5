"""One step of a life in a real workflow: people act on the case, specialists on its hand-offs, or time passes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from cases.deeds import Act
from cases.events import Refused
from cases.plan import REFUSED_BY_SIGNAL
from cases.specialists import SpecialistAct
from cases.words import HandoffStatus, Status
from tests.steps import Consult, Do, Step, Wait, consulted, spelled_out
from tests.temporal import House
from workflows.client import CaseOver, HandoffOver, HandoffUnknown


async def live(house: House, case_id: str, step: Step, *, by_signal: bool) -> None:
    """One step of a life, in a real workflow."""
    match step:
        case Wait(seconds):
            await house.env.sleep(timedelta(seconds=seconds))
        case Do(given):
            view = await house.cases.view(case_id)
            if view.status is Status.ARCHIVED:
                return
            event = Act.model_validate(spelled_out(given, view, await house.env.get_current_time())).root
            try:
                if by_signal and event.kind not in REFUSED_BY_SIGNAL:
                    await house.cases.signal(case_id, event)
                else:
                    await house.act(case_id, event)
            except (Refused, CaseOver):
                pass
        case Consult(given, number):
            handoffs = (await house.cases.view(case_id)).handoffs
            if handoffs:
                await consult(house, handoffs[number % len(handoffs)].handoff_id, given, by_signal=by_signal)
        case _:
            raise AssertionError(f"{step} is not for a world that answers by itself")


async def consult(house: House, handoff_id: str, given: dict[str, Any], *, by_signal: bool) -> None:
    """A specialist does something with a hand-off."""
    try:
        view = await house.cases.handoff_view(handoff_id)
        for _ in range(20):  # the directory names somebody soon, or nobody is free
            if view.status is not HandoffStatus.OFFERED or (view.offered_to and view.offered_to.person):
                break
            await asyncio.sleep(0.05)
            view = await house.cases.handoff_view(handoff_id)
        fields = consulted(given, view, await house.env.get_current_time())
        event = SpecialistAct.model_validate(fields).root
        if by_signal:
            await house.cases.handoff_signal(handoff_id, event)
        else:
            await house.cases.handoff_act(handoff_id, event)
    except (Refused, HandoffOver, HandoffUnknown):
        pass
