"""`GET /v1/insights`: the figures of a period, for whoever reads all cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api import access
from api.auth import actor_with
from api.problems import Fault, Forbidden, Unprocessable, documented
from api.sources import Sources, sources
from cases.complaint import Moment
from cases.events import Actor
from cases.words import Role
from records import Grouping, Insights

router = APIRouter(prefix="/v1", tags=["cases"])

WEEK = timedelta(days=7)


class Period(BaseModel):
    """Which figures are wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: Moment | None = Field(default=None, description="a week before `until`, without it")
    until: Moment | None = Field(default=None, description="and not a moment later; now, without it")
    by: Grouping | None = Field(default=None, description="with the figures of each team, or of each product")
    team: str | None = Field(default=None, description="only of cases that are with this team")
    product: str | None = Field(default=None, description="only of cases about this product")


@router.get("/insights", responses=documented(Unprocessable))
async def insights(
    by: Annotated[Actor, Depends(actor_with(Role.AGENT, Role.OPERATOR))],
    period: Annotated[Period, Query()],
    at: Annotated[Sources, Depends(sources)],
) -> Insights:
    """What happened in a period: for supervisors and above, and operators. From the records: it may lag by a second."""
    if not access.sees_all(by):
        raise Forbidden("these are figures of all teams; a supervisor, or somebody above, reads them")
    until = period.until or datetime.now(UTC)
    try:
        since = period.since or until - WEEK
        since, until = since.astimezone(UTC), until.astimezone(UTC)
    except OverflowError as error:
        raise Unprocessable(
            Fault(field="?until", problem="is no time that can be counted from", remedy="send another")
        ) from error
    if since >= until:
        raise Unprocessable(Fault(field="?since", problem="is not before `until`", remedy="send an earlier time"))
    return await at.ask(lambda known: known.insights(since, until, period.by, period.team, period.product))
