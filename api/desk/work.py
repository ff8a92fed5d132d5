"""`/`: my work."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from api.desk import pages
from api.desk.session import SignedIn, own_form

router = APIRouter(dependencies=[Depends(own_form)])


@router.get("/")
async def work(request: Request, by: SignedIn) -> Response:
    """What is due for whoever asks."""
    return pages.page(request, "work.html", by)
