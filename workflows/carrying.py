"""What a case or a hand-off takes along when it continues as new: its state, and what the records do not have yet.

Compressed, because a state may hold tens of kilobytes of customers' words; an input above 2 MiB would make Temporal
retry the workflow task for ever, so `Carried.fits` is asked first.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from workflows.writing import Item

LIMIT = 1_500_000
"""The most that is carried, in characters of the input; Temporal's limit is 2 MiB."""

_ITEMS: TypeAdapter[list[Item]] = TypeAdapter(list[Item])
_STATE: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


class CarriedHandoff(BaseModel):
    """The input of a run of a hand-off that continues another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    continues: Literal["handoff"] = "handoff"
    state: str

    @classmethod
    def of(cls, snapshot: dict[str, Any]) -> CarriedHandoff:
        """Packs what is to be carried."""
        return cls(state=_pack(_STATE.dump_json(snapshot)))

    def snapshot(self) -> dict[str, Any]:
        """The state, as `Handoff.snapshot` gave it."""
        return _STATE.validate_json(_unpack(self.state))


class Carried(BaseModel):
    """The input of a run of a case that continues another. `state` and `unwritten` are JSON, deflated, in base64."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    continues: Literal["case"] = "case"
    state: str
    unwritten: str
    written_once: bool
    delivering: tuple[str, ...] = ()
    """Destinations for which something may wait."""

    @classmethod
    def of(
        cls, snapshot: dict[str, Any], unwritten: list[Item], *, written_once: bool, delivering: tuple[str, ...] = ()
    ) -> Carried:
        """Packs what is to be carried."""
        state, items = _pack(_STATE.dump_json(snapshot)), _pack(_ITEMS.dump_json(unwritten))
        return cls(state=state, unwritten=items, written_once=written_once, delivering=delivering)

    @property
    def fits(self) -> bool:
        """Whether a run can be started with it."""
        return len(self.state) + len(self.unwritten) <= LIMIT

    def snapshot(self) -> dict[str, Any]:
        """The state, as `Case.snapshot` gave it."""
        return _STATE.validate_json(_unpack(self.state))

    def items(self) -> list[Item]:
        """What is still to be written, oldest first."""
        return _ITEMS.validate_json(_unpack(self.unwritten))


def _pack(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


def _unpack(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))
