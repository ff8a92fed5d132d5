"""`/healthz`: this process serves. `/readyz`: so does all that it needs."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from api.problems import KeyMissing, RecordsAway, TemporalAway, WorkerAway, documented
from api.readiness import Name, Part, Readiness, problem_of

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """All is well; what is not is a problem."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ok"] = "ok"


class Ready(Health):
    """All that the API needs is there."""

    parts: dict[Name, Part] = Field(description="each part; in a problem they are among the `details`")


def _readiness(request: Request) -> Readiness:
    found: Readiness = request.app.state.readiness
    return found


@router.get("/healthz")
async def healthz() -> Health:
    """Whether this process serves. Asks nobody."""
    return Health()


@router.get("/readyz", responses={503: documented(TemporalAway, WorkerAway, RecordsAway, KeyMissing)[503]})
async def readyz(readiness: Annotated[Readiness, Depends(_readiness)]) -> Ready:
    """Whether the records, Temporal and a worker answer, and no key was found missing that is still not there.

    Answers within two seconds, whatever hangs.
    """
    parts = await readiness.parts()
    if problem := problem_of(parts):
        raise problem
    return Ready(parts=parts)
