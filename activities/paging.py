"""Pages: what waits in a group of alerts is sent to its targets as one message, and marked when all have it.

Which alerts wait, the records know; when a group is paged, the workflow `Digest` decides; who its targets are,
`activities.targets` reads. Each target gets what it lacks: one that was away gets all of it in one page, when it is
back.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.exceptions import ApplicationError

from activities.lanes import Lane
from activities.rendering import Messages
from activities.settings import SettingsError, length
from activities.targets import VARIABLE, Target, Targets, load
from cases.effects import AlertStaff, Notice
from cases.paging import Gathering, Group, Page, Paged
from policies.languages import at, one_line
from records import Call, Records, Rendered, WaitingAlert

WINDOW, INTERVAL, LINK = f"{VARIABLE}_WINDOW", f"{VARIABLE}_INTERVAL", f"{VARIABLE}_LINK"

LISTED = 10
"""How many cases a page names; the others it counts."""

REASONS = 5

SENDING_S = 30.0
"""After this no further target is begun with; those that are left are tried again with those that failed."""

NOBODY = "nobody"
"""The page of alerts that no target wanted any more when they were to be paged."""

_log = logging.getLogger(__name__)

CallDigest = Callable[[Gathering, bool], None]
"""Tells the digest of a group that alerts wait, and whether one is urgent. Raises if it cannot."""


@dataclass(frozen=True, slots=True)
class Paging:
    """How alerts are paged: to whom, how long they are gathered, and what stands under each page."""

    targets: Targets
    within: timedelta = timedelta(seconds=10)
    apart: timedelta = timedelta(minutes=1)
    link: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Paging | None:
        """As CASELADDER_ALERTS and its sisters say; None without it. Raises SettingsError."""
        within = length(environment, WINDOW, timedelta(seconds=10))
        apart = length(environment, INTERVAL, timedelta(minutes=1))
        file = environment.get(VARIABLE)
        alone = [name for name in (WINDOW, INTERVAL, LINK) if environment.get(name)] if not file else []
        if alone:
            raise SettingsError(
                f"{VARIABLE} is not set, but {' and '.join(alone)} is: set {VARIABLE} to an Apprise configuration "
                f"file, or take {' and '.join(alone)} away."
            )
        link = environment.get(LINK) or None
        return cls(load(Path(file).expanduser()), within, apart, link) if file else None

    def gathering(self, group: Group) -> Gathering:
        """What the digest of a group is started with."""
        return Gathering(group=group, within=self.within, apart=self.apart)

    def link_to(self, group: Group) -> str:
        """The link under a page, the group filled in; empty without one."""
        return (self.link or "").replace("{team}", group.team).replace("{rung}", group.rung)


class Pager:
    """Queues, calls and pages, if the company pages at all. Safe to share between threads."""

    def __init__(self, records: Records, messages: Messages, paging: Paging, call: CallDigest) -> None:
        self._records = records
        self._messages = messages
        self._paging = paging
        self._call = call
        self._lane = Lane("pages")

    def wanted(self, notices: Iterable[Notice]) -> frozenset[str]:
        """The ids of the alerts that some target wants."""
        alerts = (notice for notice in notices if isinstance(notice, AlertStaff))
        return frozenset(it.id for it in alerts if self._paging.targets.of(Group(team=it.team, rung=it.rung)))

    def call(self, calls: Iterable[Call]) -> None:
        """Tells the digests of those groups. What raises is tried again, with the write that it belongs to."""
        for call in calls:
            self._call(self._paging.gathering(call.group), call.urgent)

    def call_all(self) -> None:
        """Tells the digest of every group in which something waits: for a worker that starts."""
        for waiting in self._records.waiting_groups():
            group = Group(team=waiting.team, rung=waiting.rung)
            self._call(self._paging.gathering(group), waiting.urgent)

    def page(self, errand: Page) -> Paged:
        """One page to each target that lacks something; a target that does not take it is named in the answer."""
        with self._lane.entered():
            group, alerts = errand.group, self._records.waiting_alerts(errand.group)
            targets = self._paging.targets.of(group)
            reached, failed = dict(errand.reached), list[str]()
            until = time.monotonic() + SENDING_S
            for target in targets if alerts else ():
                if time.monotonic() < until and self._send(
                    target, errand, [it for it in alerts if it.n > reached.get(target.key, 0)]
                ):
                    reached[target.key] = alerts[-1].n
                else:
                    failed.append(target.name)
            up_to = min((reached.get(target.key, 0) for target in targets), default=0)
            page_id = errand.page_id
            if alerts and not targets:
                _log.warning("%s: no target for %s:%s any more, so nobody is paged", VARIABLE, group.team, group.rung)
                up_to, page_id = alerts[-1].n, NOBODY
            waiting = self._records.mark_paged(group, up_to, page_id, datetime.now(UTC))
        return Paged(alerts=len(alerts), reached=reached, failed=tuple(failed), waiting=waiting)

    def _send(self, target: Target, errand: Page, alerts: Sequence[WaitingAlert]) -> bool:
        if not alerts:
            return True
        words = self._words(errand, alerts)
        footer = f"Page {errand.page_id[:8]}. {self._paging.link_to(errand.group)}".strip()
        return target.send(words.subject, f"{words.text}\n\n{footer}")

    def _words(self, errand: Page, alerts: Sequence[WaitingAlert]) -> Rendered:
        """A single alert reads as itself; several are counted."""
        if len(alerts) == 1:
            return Rendered(alerts[0].subject, self._records.alert_text(alerts[0].n))
        reasons = Counter(map(_reason, alerts)).most_common()
        by_case: dict[str, WaitingAlert] = {}
        for alert in alerts:
            by_case.setdefault(alert.case_id, alert)
        return self._messages.page(
            team=errand.group.team,
            rung=errand.group.rung,
            alerts=len(alerts),
            reasons=[f"{count} × {reason}" for reason, count in reasons[:REASONS]],
            more_reasons=len(reasons[REASONS:]),
            cases=[_line(by_case[case_id]) for case_id in list(by_case)[:LISTED]],
            more_cases=len(by_case) - LISTED,
        )


def without_targets(errand: Page) -> Paged:
    """What a worker answers that pages nobody: another may have been meant. Raises ApplicationError, to be retried."""
    raise ApplicationError(
        f"{VARIABLE} is not set for this worker, and alerts wait for {errand.group.team}:{errand.group.rung}. Set it "
        "for every worker."
    )


def _reason(alert: WaitingAlert) -> str:
    """What its subject says before it names the case."""
    product, channel = alert.params.get("product"), alert.params.get("channel")
    return alert.subject.removesuffix(f": {one_line(f'{product} by {channel}')} ({alert.case_id})")


def _line(alert: WaitingAlert) -> str:
    rung = f", at the rung {alert.rung}" if alert.rung else ""
    due = f", due {at(alert.due_at)}" if alert.due_at else ""
    return f"{alert.case_id}{rung}{due}"
