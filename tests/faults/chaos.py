"""When which part is killed, and the account of it: a schedule that a seed repeats, and the outages that came of it.

Knows of a part only that it can be killed and started again. Must not know what the parts do, nor look at a case.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, Protocol

CALM_S = (2.0, 9.0)
"""How long everything is up before the next blow."""

DOWN_S = (0.5, 4.0)
"""How long a killed part stays dead before it is started."""

_TWO_AT_ONCE = 0.35


class Part(Protocol):
    """What can be killed. Both return when it is so; neither is called while the other is under way."""

    def kill(self) -> None:
        """SIGKILL."""
        ...

    def start(self) -> None:
        """Brings it back, at the same address and with what it had stored."""
        ...


class Blow(NamedTuple):
    """One or two parts are killed after `calm_s` seconds in which all were up; each stays dead for its seconds."""

    calm_s: float
    down_s: Mapping[str, float]


class Outage(NamedTuple):
    """From the first kill until everything was up again; seconds since the epoch."""

    parts: tuple[str, ...]
    began: float
    ended: float


def blows(seed: int, parts: Sequence[str]) -> Iterator[Blow]:
    """Without end; the same for the same seed and parts. Of three in a row no part is always spared."""
    random = Random(seed)
    spared: list[str] = []
    while True:
        if not spared:
            spared = random.sample(parts, len(parts))
        first = spared.pop()
        struck = [first]
        if random.random() < _TWO_AT_ONCE:
            struck.append(random.choice([part for part in parts if part != first]))
        yield Blow(random.uniform(*CALM_S), {part: random.uniform(*DOWN_S) for part in struck})


@dataclass(frozen=True, slots=True)
class Outages:
    """What was done to the parts, in order."""

    seen: tuple[Outage, ...]

    def killed(self, part: str) -> int:
        """How often."""
        return sum(part in outage.parts for outage in self.seen)

    def longest_calm_s(self, since: float, until: float) -> float:
        """The longest stretch between two moments in which everything was up."""
        longest, up_since = 0.0, min(since, until)
        for outage in self.seen:
            if outage.began < until and outage.ended > since:
                longest = max(longest, outage.began - up_since)
                up_since = outage.ended
        return max(longest, until - up_since)

    def told(self) -> str:
        """A line each, for whoever must find out what happened."""
        begin = self.seen[0].began if self.seen else 0.0
        return "\n".join(
            f"  {outage.began - begin:6.2f} to {outage.ended - begin:6.2f} s  {' and '.join(outage.parts)}"
            for outage in self.seen
        )


async def strike(parts: Mapping[str, Part], seed: int, for_s: float) -> Outages:
    """Kills and restarts for that many seconds; at the end everything is up."""
    ends = time.monotonic() + for_s
    seen: list[Outage] = []
    for blow in blows(seed, list(parts)):
        if time.monotonic() + blow.calm_s + max(blow.down_s.values()) > ends:
            await asyncio.sleep(ends - time.monotonic())
            break
        await asyncio.sleep(blow.calm_s)
        began = time.time()
        await asyncio.gather(*(_strike(parts[name], down_s) for name, down_s in blow.down_s.items()))
        seen.append(Outage(tuple(blow.down_s), began, time.time()))
    return Outages(tuple(seen))


async def _strike(part: Part, down_s: float) -> None:
    await asyncio.to_thread(part.kill)
    await asyncio.sleep(down_s)
    await asyncio.to_thread(part.start)
