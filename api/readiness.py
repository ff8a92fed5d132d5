"""Whether all that the API needs is there, part by part: the records, Temporal, a worker, the keys.

Each part is asked for `PATIENCE_S` at most, all at once, and by one asker at a time: whoever comes while an answer is
awaited gets the same. So a probe is answered in time whatever hangs, and never piles up on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from api.problems import Away, KeyMissing, TemporalAway, WorkerAway
from api.problems import RecordsAway as RecordsAwayProblem
from api.sources import Sources
from records import Records, RecordsAway
from workflows.client import DoorError, NoWorker
from workflows.client import KeyMissing as KeyIsMissing
from workflows.keyring import KeyRing, MissingKey

T = TypeVar("T")

PATIENCE_S = 1.5
"""Seconds; who probes seldom waits for more than two."""

Name = Literal["records", "temporal", "worker", "keys"]

_AWAY: dict[Name, type[Away]] = {
    "records": RecordsAwayProblem,
    "temporal": TemporalAway,
    "worker": WorkerAway,
    "keys": KeyMissing,
}
"""What is answered for whom; if several are away, for the first."""

_DATABASE = "Is the database up, and reachable from here? CASELADDER_DATABASE_URL says where it is."


class Part(BaseModel):
    """One of those that the API needs."""

    model_config = ConfigDict(frozen=True)

    ready: bool
    detail: str = Field(description="a sentence; of what is not ready, with the remedy", examples=["A worker answers."])


class OneAtATime(Generic[T]):
    """A question that is asked once, however many wait for its answer, and that may take longer than they wait."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._asked: asyncio.Task[T] | None = None

    async def within(self, seconds: float) -> T:
        """The answer. Raises TimeoutError, upon which the question goes on for whoever asks next."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._answered())
            self._asked.add_done_callback(_heard)
        return await asyncio.wait_for(asyncio.shield(self._asked), seconds)

    async def _answered(self) -> T:
        return await self._ask()


def _heard(asked: asyncio.Task[T]) -> None:
    """Nobody may be waiting any more, and then its failure is nobody's."""
    if not asked.cancelled():
        asked.exception()


class Readiness:
    """Asks for all parts."""

    def __init__(self, sources: Sources, keys: KeyRing) -> None:
        self._keys = keys
        self._sources = sources
        self._records = OneAtATime(lambda: sources.ask(Records.ping))
        self._temporal = OneAtATime(self._ask_temporal)

    async def parts(self) -> dict[Name, Part]:
        """All of them, within `PATIENCE_S`."""
        records, temporal = await asyncio.gather(self._of_records(), self._of_temporal())
        return {"records": records, **temporal, "keys": self._of_keys()}

    async def _ask_temporal(self) -> None:
        await (await self._sources.cases()).ready()

    async def _of_records(self) -> Part:
        try:
            await self._records.within(PATIENCE_S)
        except RecordsAway as away:
            return _not(f"{away} {_DATABASE}")
        except TimeoutError:
            return _not(f"The records do not answer within {PATIENCE_S:g} s. {_DATABASE}")
        return Part(ready=True, detail="The records answer.")

    async def _of_temporal(self) -> dict[Name, Part]:
        here, works = Part(ready=True, detail="Temporal answers."), Part(ready=True, detail="A worker answers.")
        unknown = _not("Whether a worker is there, only Temporal could tell.")
        try:
            await self._temporal.within(PATIENCE_S)
        except NoWorker as away:
            return {"temporal": here, "worker": _not(str(away))}
        except KeyIsMissing:
            pass  # All else was well before it was found; it is a part of its own.
        except DoorError as away:
            return {"temporal": _not(str(away)), "worker": unknown}
        except TimeoutError:
            late = _not(
                f"Temporal does not answer within {PATIENCE_S:g} s. Is the server up, and reachable from here? "
                "TEMPORAL_ADDRESS says where it is."
            )
            return {"temporal": late, "worker": unknown}
        return {"temporal": here, "worker": works}

    def _of_keys(self) -> Part:
        missing = self._keys.missing
        if missing:
            return _not(str(MissingKey(", ".join(sorted(missing)), self._keys.named)))
        return Part(ready=True, detail="No key was found missing." if self._keys.encrypts else "Nothing is encrypted.")


def problem_of(parts: dict[Name, Part]) -> Away | None:
    """What to answer if not all are ready: the code of the first, the sentences of all that are not."""
    away: list[Name] = [name for name in _AWAY if not parts[name].ready]
    if not away:
        return None
    said = {name: part.model_dump() for name, part in parts.items()}
    return _AWAY[away[0]](" ".join(parts[name].detail for name in away), parts=said)


def _not(why: str) -> Part:
    return Part(ready=False, detail=why)
