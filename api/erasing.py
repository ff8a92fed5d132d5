"""`POST /v1/customers/{id}/erase`: a customer's personal data is removed, as far as the law lets it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.auth import actor_with
from api.examples import ERASURE
from api.problems import NoRetention, Unprocessable, documented
from api.sources import Sources, sources
from cases.complaint import Short
from cases.events import Actor
from cases.retention import Retention
from cases.words import Role
from policies import restore
from policies.retention import UNSAID
from records import Erasing, Erasure
from workflows.forgetting import forget

router = APIRouter(prefix="/v1/customers", tags=["customers"])

Operator = Annotated[Actor, Depends(actor_with(Role.OPERATOR))]


# A customer's id may have a slash in it.
@router.post(
    "/{customer_id:path}/erase",
    responses={200: {"content": {"application/json": {"example": ERASURE}}}, **documented(NoRetention, Unprocessable)},
)
async def erase(
    by: Operator,
    customer_id: Annotated[Short, Path(description="the customer's id, percent-encoded", examples=["c-1881"])],
    at: Annotated[Sources, Depends(sources)],
) -> Erasure:
    """Erases what was said by a customer, to them and about them, and who they are; figures stay.

    Archived cases are deleted from Temporal too, which takes it up to a minute. Open ones are `waiting`: they keep
    their text until they are archived, and are erased then without another call. What a law makes the company keep is
    `kept`, with the law and the date, and goes on that date. Again, it goes on where it was, and takes in what is new.
    """
    retention = await _retention(at)
    forgetting = partial(forget, await at.cases())
    erasing = Erasing(at.records, forgetting, retention)
    return await erasing.of_customer(customer_id, by.id, datetime.now(UTC))


async def _retention(at: Sources) -> Retention:
    """What the policy in force says of keeping. Raises NoRetention."""
    content = await at.ask(lambda records: records.policy_in_force())
    if content is None:
        raise NoRetention("no worker has said which policy is in force; start one that has a [retention] table")
    policy = restore(content)
    if policy.form.retention is None:
        raise NoRetention(UNSAID.format(policy.name), policy=policy.name)
    return policy.form.retention
