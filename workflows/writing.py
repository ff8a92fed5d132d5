"""What is still to be written to the records: timeline entries and notices, in order, in batches.

Knows sizes and order; not how writing is done. A batch is handed out, and dropped only when it has been written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

from cases.effects import AlertStaff, TellCustomer
from cases.timeline import Entry

BATCH = 512 * 1024
"""The most that one commit carries, in bytes of JSON, view and complaint apart."""

AWAY = 1024 * 1024
"""With more than this unwritten the records are away, and people are told so instead of being heard in vain."""

Item = Entry | TellCustomer | AlertStaff


@dataclass(slots=True)
class Unwritten:
    """Entries and notices that the records do not have yet, oldest first."""

    items: list[Item] = field(default_factory=list[Item])
    sizes: list[int] = field(default_factory=list[int])

    def add(self, item: Item) -> None:
        """One more."""
        self.items.append(item)
        self.sizes.append(len(item.model_dump_json().encode()))

    def batch(self) -> list[Item]:
        """The oldest that fit into one commit; at least one."""
        fitting = sum(1 for size in accumulate(self.sizes) if size <= BATCH)
        return self.items[: max(fitting, 1)]

    def drop(self, count: int) -> None:
        """The oldest `count` have been written."""
        del self.items[:count]
        del self.sizes[:count]

    @property
    def too_much(self) -> bool:
        """Whether the records are away for so long that people must be told."""
        return sum(self.sizes) > AWAY
