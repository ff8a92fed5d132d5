"""What is still to be written to the records: timeline entries and notices, in order, in batches.

Knows sizes and order; not how writing is done. A batch is handed out, and dropped only when it has been written.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cases.effects import AlertStaff, TellCustomer
from cases.timeline import Entry

BATCH = 512 * 1024
"""The most text that one commit carries, in characters."""

AWAY = 1024 * 1024
"""With more than this unwritten the records are away, and people are told so instead of being heard in vain."""

_ENVELOPE = 300

Item = Entry | TellCustomer | AlertStaff


@dataclass(slots=True)
class Unwritten:
    """Entries and notices that the records do not have yet, oldest first."""

    items: list[Item] = field(default_factory=list[Item])
    size: int = 0

    def add(self, item: Item) -> None:
        """One more."""
        self.items.append(item)
        self.size += _size(item)

    def batch(self) -> list[Item]:
        """The oldest that fit into one commit; at least one."""
        taken: list[Item] = []
        size = 0
        for item in self.items:
            size += _size(item)
            if taken and size > BATCH:
                break
            taken.append(item)
        return taken

    def drop(self, count: int) -> None:
        """The oldest `count` have been written."""
        self.size -= sum(_size(item) for item in self.items[:count])
        del self.items[:count]

    @property
    def too_much(self) -> bool:
        """Whether the records are away for so long that people must be told."""
        return self.size > AWAY


def _size(item: Item) -> int:
    if isinstance(item, Entry):
        return _ENVELOPE + len(item.text)
    return _ENVELOPE + sum(len(value) for value in item.params.values() if isinstance(value, str))
