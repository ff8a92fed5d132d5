"""The workflow `Digest`: pages for the alerts of one group, so that a thousand of them are one page with a count.

It is called (started, if need be) by whoever wrote the first alert that waits, and ends when nothing has come for a
while. It decides when a group is paged; what waits and what a page says is the activity's. A target that does not take
a page is tried for ever, with back-off; no case waits for that, and the other targets do not get the page again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from cases.paging import Gathering, Page, Paged
from workflows import errands, reading

ATTEMPT = timedelta(minutes=1)

LONGEST = timedelta(minutes=1)
"""The longest time between two tries of a target that does not take a page."""


@workflow.defn(name="Digest")
class DigestWorkflow:
    """Pages of one group, as a durable process. Its id is `digest-<team>-<rung>`."""

    @workflow.init
    def __init__(self, raw: RawValue = reading.NOTHING) -> None:
        self._called = False
        self._urgent = False
        self._started: Gathering | None = None
        self._reached: dict[str, int] = {}
        self._failures = 0
        self._failure = ""
        try:
            self._started = reading.gathering(raw)
        except reading.Unreadable as error:
            self._failure = error.why
        else:
            self._reached, self._failures = self._started.reached, self._started.failures

    @workflow.run
    async def run(self, raw: RawValue = reading.NOTHING) -> None:  # noqa: ARG002 -- read by __init__
        """Runs until nothing waits, and nothing more has come for as long as pages are kept apart."""
        start = self._started
        if start is None:
            raise ApplicationError(f"Not a group of alerts: {self._failure}", type="unreadable", non_retryable=True)
        wait = self._back_off() if self._failures else start.within
        while True:
            await self._pause(wait)
            paged = await self._page(start)
            paged_at = workflow.now()
            if paged.failed:
                self._failures += 1
                wait = self._back_off()
            elif paged.waiting or self._called:
                wait = start.apart
            elif await self._hears_more(start.apart):
                wait = max(start.within, paged_at + start.apart - workflow.now())
            else:
                return
            if workflow.info().is_continue_as_new_suggested() and not self._urgent:
                going_on = {"reached": self._reached, "failures": self._failures}
                workflow.continue_as_new(start.model_copy(update=going_on))

    @workflow.signal(
        name="alerts_wait",
        description='Alerts of this group wait. Sent by workers; {"urgent": true} pages at once, without gathering.',
    )
    def alerts_wait(self, raw: RawValue = reading.NOTHING) -> None:
        """What cannot be read is a call as well."""
        self._called = True
        self._urgent = self._urgent or reading.called(raw).urgent

    @workflow.signal(dynamic=True, description="Any other name is a call as well.")
    def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:  # noqa: ARG002 -- the SDK's shape
        """Nobody is paged too often by this: what does not wait is not paged."""
        self._called = True

    # How it works

    async def _pause(self, wait: timedelta) -> None:
        """Lets alerts gather, or a target recover; what is urgent waits for neither."""
        await self._waits_for(
            lambda: self._urgent, wait, "alerts gather" if not self._failures else "before the next try"
        )

    async def _hears_more(self, apart: timedelta) -> bool:
        """Whether something comes soon after a page: it is paged when it is time for the next."""
        return await self._waits_for(lambda: self._called, apart, "for more, before this ends")

    async def _waits_for(self, holds: Callable[[], bool], wait: timedelta, what: str) -> bool:
        if holds():
            return True
        try:
            await workflow.wait_condition(holds, timeout=wait, timeout_summary=what)
        except TimeoutError:
            return False
        return True

    async def _page(self, start: Gathering) -> Paged:
        self._called = self._urgent = False
        paged = await workflow.execute_activity(
            "page",
            Page(page_id=str(workflow.uuid4()), group=start.group, reached=self._reached),
            result_type=Paged,
            start_to_close_timeout=ATTEMPT,
            retry_policy=errands.RETRY,
            summary=f"page the {start.group.rung}s of {start.group.team}",
        )
        self._reached = paged.reached if paged.waiting else {}
        if not paged.failed:
            self._failures = 0
        workflow.set_current_details(_details(paged))
        return paged

    def _back_off(self) -> timedelta:
        return min(timedelta(seconds=2 ** min(self._failures - 1, 10)), LONGEST)


def _details(paged: Paged) -> str:
    """For the Web UI: what the last page carried, and what waits."""
    lines = [f"The last page carried **{paged.alerts}** alerts; **{paged.waiting}** wait now."]
    lines += [f"- did not take it, and is tried again: {name}" for name in paged.failed]
    return "\n".join(lines)
