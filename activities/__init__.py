"""What a case wants done in the world: planning, choosing people, and writing what happened. No rules here.

`Activities(records, policy).all()` lists the activities for a worker; each is named by its errand's kind and is
synchronous, for a thread pool. All of them run at least once and may be repeated: `plan` and those that choose answer
the same person for the same errand id, `commit` changes nothing the second time. Errors are raised plainly and retried
for ever.

    plan(errand: PlanCase) -> Planning
    replan(errand: ReplanCase) -> Replanning
    extend(errand: ExtendCalendar) -> Extension
    correct(errand: CorrectTerms) -> Correction
    choose(errand: ChoosePerson) -> Choice
    choose_specialist(errand: ChooseSpecialist) -> Choice, and tells them
    pay(errand: PayRemedy) -> Payment, once for each errand id
    commit(batch: Commit) -> Committed, where something waits to be delivered, or None
    release(handoff_id: str) -> None
    page(errand: Page) -> Paged, one page for all alerts that wait in a group

`Courier(records, destination).deliver` is what brings it there, one for each destination, on a task queue of its own.

    deliver(order: Deliver) -> Delivered

`Relief(records, tell)` tells the cases of people who are away.

Messages to customers are the files in `messages/<language>/`, alerts to staff those in `alerts/`.
"""

from activities.delivering import Courier, Pace
from activities.destinations import Destination, Destinations
from activities.errands import Activities
from activities.paging import Pager, Paging
from activities.paying import Payments, payments
from activities.relieving import Relief
from activities.rendering import Messages
from activities.settings import SettingsError

__all__ = [
    "Activities",
    "Courier",
    "Destination",
    "Destinations",
    "Messages",
    "Pace",
    "Pager",
    "Paging",
    "Payments",
    "Relief",
    "SettingsError",
    "payments",
]
