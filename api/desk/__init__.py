"""The Desk: the pages by which people act on cases, made on the server.

Each room is a module with a router, its templates in `templates/<room>.html`. A room asks what the paths under `/v1`
ask, by the same functions, and shows what comes back: no rule of escalation lives here, nor a way of its own to the
database. What may be done comes from `allowed` of a view; a refusal is the problem's sentence, where it arose.
"""

from __future__ import annotations

from fastapi import APIRouter

from api.desk import approvals, case, customer, live, pages, reference, signing_in, specialists, wall, work

ROOMS: tuple[APIRouter, ...] = (
    pages.router,
    signing_in.router,
    live.router,
    work.router,
    case.router,
    specialists.router,
    approvals.router,
    wall.router,
    customer.router,
    reference.router,
)
"""The routers of all rooms; none is in the OpenAPI document, for what they serve is for people."""
