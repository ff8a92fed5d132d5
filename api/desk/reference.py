"""`/docs`: the OpenAPI document as a page, made by swagger-ui from files of our own; nothing comes from elsewhere.

It is in the Desk's origin, so what runs there could act as whoever is signed in.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.desk import pages

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""As the Desk's, and the styles that swagger-ui writes into its elements."""

router = APIRouter()


@router.get("/docs")
async def reference(request: Request) -> Response:
    """Every operation of the API, to be read and tried. It is for everybody, as the document itself."""
    answer = pages.page(request, "reference.html", None, document=request.app.openapi_url)
    answer.headers["Content-Security-Policy"] = CSP
    return answer
