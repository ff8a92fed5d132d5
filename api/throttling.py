"""How often who may ask: each caller by their token, each link by itself, and what does not hold by its address.

Counted in this process alone (`limits`, a sliding window in memory): of several API processes each counts for itself,
so that all together let through as many times more. A limit protects from what runs wild; no rule depends on it.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from fastapi import Request
from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.problems import RateLimited
from api.tokens import Caller
from cases.words import Role


@dataclass(frozen=True, slots=True)
class Rates:
    """How many requests in how long; None: as many as they like."""

    callers: RateLimitItem | None = None
    links: RateLimitItem | None = None
    bad_tokens: RateLimitItem | None = None


class Throttle:
    """Counts requests, and turns away what is too much."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def count(self, caller: Caller) -> dict[str, str]:
        """One more request of theirs: the headers that say how many are left. Raises RateLimited."""
        rate = self._rates.callers if caller.case_id is None else self._rates.links
        # All links of a case together: more of them are no more customers.
        whose = caller.sub if caller.case_id is None else caller.case_id
        return self._hit(rate, caller.role, whose)

    def count_bad(self, address: str) -> None:
        """One more bad token from there. Raises RateLimited. Whoever has a good one is not locked out by it."""
        self._hit(self._rates.bad_tokens, "bad", address)

    def _hit(self, rate: RateLimitItem | None, kind: Role | str, whose: str) -> dict[str, str]:
        if rate is None:
            return {}
        taken = self._limiter.hit(rate, kind, whose)
        reset, left = self._limiter.get_window_stats(rate, kind, whose)
        wait_s = max(math.ceil(reset - time.time()), 1)
        headers = {
            "RateLimit-Limit": str(rate.amount),
            "RateLimit-Remaining": str(left if taken else 0),
            "RateLimit-Reset": str(wait_s),
        }
        if taken:
            return headers
        raise RateLimited(f"more than {rate}; wait {wait_s} s", headers | {"Retry-After": str(wait_s)})


def count_bad(request: Request) -> None:
    """One more token, or signature, that does not hold or is of no use there. Raises RateLimited."""
    throttle: Throttle = request.app.state.throttle
    throttle.count_bad(request.client.host if request.client else "unknown")
