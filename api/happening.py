"""What `GET /v1/events` tells of each entry; `api.documents` has its schema in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from cases.timeline import By
from cases.words import Via
from records import NewEntry


class Happening(BaseModel):
    """An entry of a case's timeline, as it was written; `n` is the version of the case that it made."""

    model_config = ConfigDict(frozen=True)

    case_id: str = Field(examples=["shop-7kq2m4xw5a"])
    team: str = Field(description="the team that the case is with now", examples=["cards"])
    n: int
    at: AwareDatetime
    by: By
    via: Via
    kind: str = Field(examples=["claim"])
    text: str
    event_id: str | None
    data: dict[str, Any]

    @classmethod
    def of(cls, change: NewEntry) -> Happening:
        """The change, flat."""
        return cls(case_id=change.case_id, team=change.team, **change.entry.model_dump())
