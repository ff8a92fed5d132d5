"""`/signin` and `/signout`: a token is pasted, or comes in the fragment of a link that no server and no log sees."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.desk import pages
from api.desk.forms import Posted
from api.desk.session import SignedIn, known_caller, own_form, seated, unseated, visitor_of
from api.problems import Problem
from api.sources import Sources, sources
from api.translating import attempted

router = APIRouter(dependencies=[Depends(own_form)])


@router.get("/signin")
async def signin(request: Request, next: str = "/") -> Response:  # noqa: A002 the name in the address
    """The form. A script sends the token that stands behind `#token=` of a sign-in link, and takes it away there."""
    return pages.page(request, "signin.html", None, wanted=pages.local(next), problem=None)


@router.post("/signin")
async def sign_in(request: Request, at: Annotated[Sources, Depends(sources)], sent: Posted) -> Response:
    """Takes the token into the cookie, if it holds and the directory knows whose it is."""
    token, to = sent.get("token", ""), pages.local(sent.get("next"))

    async def known() -> None:
        await visitor_of(known_caller(request, token), at)

    problem = await attempted(known())
    if isinstance(problem, Problem):
        return pages.page(request, "signin.html", None, int(problem.status), wanted=to, problem=problem)
    answer = pages.done(request, to)
    seated(request, answer, token)
    return answer


@router.post("/signout")
async def sign_out(request: Request) -> Response:
    """Forgets the cookie; the page that follows has the browser forget its drafts."""
    answer = pages.page(request, "signedout.html", None)
    unseated(answer)
    return answer


@router.get("/desk/me", status_code=204)
async def me(_: SignedIn) -> None:
    """Whether somebody is signed in: a link from another site comes without the cookie, and the page asks again."""
