"""What is said of alerts that go to people's pagers: a group of them is one page, and not one for each.

Shapes only: `workflows.digest` decides when a group is paged, the activity `page` collects and sends, and the records
know what waits.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from cases.complaint import Shape
from cases.words import Rung


class Group(Shape):
    """Whose alerts are paged together: those to one rung of one team."""

    team: str
    rung: Rung


class Gathering(Shape):
    """What a digest is started with, and what it takes along into a new run."""

    group: Group
    within: timedelta = Field(default=timedelta(seconds=10), description="how long the first alert waits for others")
    apart: timedelta = Field(default=timedelta(minutes=1), description="from one page of the group to the next")
    reached: dict[str, int] = Field(default={}, description="the number of the last alert that each target has had")
    failures: int = Field(default=0, description="how often in a row a target has not taken a page")


class Called(Shape):
    """Word to a digest that alerts of its group wait; `urgent`: at once, without gathering."""

    urgent: bool = False


class Page(Shape):
    """What the activity `page` is asked: to send what waits in a group to those of its targets that lack it."""

    page_id: str
    group: Group
    reached: dict[str, int]


class Paged(Shape):
    """What the activity `page` answers."""

    alerts: int = Field(description="how many waited")
    reached: dict[str, int]
    failed: tuple[str, ...] = Field(default=(), description="the targets that did not take it")
    waiting: int = Field(description="how many wait now")
