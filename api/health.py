"""`/healthz`: this process serves. `/readyz`: so does all that it needs."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.problems import KeyMissing, RecordsAway, TemporalAway, WorkerAway, documented
from api.sources import Sources, sources
from records import Records

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """All is well; what is not is a problem."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ok"] = "ok"


@router.get("/healthz")
async def healthz() -> Health:
    """Whether this process serves. Asks nobody."""
    return Health()


@router.get("/readyz", responses={503: documented(TemporalAway, WorkerAway, RecordsAway, KeyMissing)[503]})
async def readyz(at: Annotated[Sources, Depends(sources)]) -> Health:
    """Whether Temporal, a worker and the records answer, and no key was found missing that is still not there."""
    await at.ask(Records.ping)
    await (await at.cases()).ready()
    return Health()
