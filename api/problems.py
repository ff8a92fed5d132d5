"""Everything that the API can answer instead of what was asked (RFC 9457 problem details), and its OpenAPI entry.

Problem
 ├─ Unauthenticated 401   ├─ ReferenceTaken 409     ├─ Away          503 (with Retry-After)
 ├─ BadSignature    401   ├─ TurnedDown     409     │   ├─ TemporalAway, WorkerAway
 ├─ Forbidden       403   │   └─ MovedOn    412     │   ├─ RecordsAway, RecordsBehind
 ├─ UnknownCase     404   ├─ Archived       409     │   ├─ InboundClosed, KeyMissing
 ├─ UnknownHandoff  404   ├─ HandoffIsOver  409     │   ├─ IssuerAway, SignatureRefused
 ├─ UnknownPath     404   ├─ NoRetention    409     │   └─ TooManyStreams
 ├─ UnknownPerson   404   ├─ TooLarge       413     └─ RateLimited   429 (with Retry-After)
 ├─ UnknownAbsence  404   ├─ Unprocessable  422
 └─ WrongMethod     405   │   └─ Claimed
                          └─ Broken         500

A class carries its status, its stable code, and its title; an instance says what happened this time.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cases.events import Code, Refused

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing wrong with what was sent."""

    model_config = ConfigDict(frozen=True)

    field: str = Field(
        description="where, as a dotted path into the body, or `?name` of a query parameter", examples=["customer.id"]
    )
    problem: str = Field(examples=["is missing"])
    remedy: str = Field(examples=["add it"])


class ProblemBody(BaseModel):
    """A problem as RFC 9457 defines it; `code` never changes, `detail` is a sentence for a person."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(examples=["urn:caseladder:problem:not_owner"])
    title: str
    status: int
    detail: str
    code: str
    details: dict[str, Any] = Field(default_factory=dict[str, Any], description="facts behind the detail, by name")
    errors: tuple[Fault, ...] | None = Field(
        default=None, description="each thing wrong with what was sent; 413 and 422 only"
    )


class Problem(Exception):
    """Base of all problems. `detail` is the sentence, `details` the facts behind it."""

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, **details: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.details = details
        self.errors: tuple[Fault, ...] | None = None
        self.caller: str | None = None
        """Who is refused, where only the problem knows it; for the log."""
        self.headers: dict[str, str] = {}

    def body(self) -> ProblemBody:
        """The problem as it is sent."""
        return ProblemBody(
            type=f"urn:caseladder:problem:{self.code}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            code=self.code,
            details=self.details,
            errors=self.errors,
        )

    def response(self) -> JSONResponse:
        """The response that says so."""
        content = self.body().model_dump(mode="json", exclude_none=True)
        return JSONResponse(content, self.status, self.headers, media_type=MEDIA_TYPE)


class Unauthenticated(Problem):
    """No token, or one that does not hold."""

    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"
    title = "A valid token is needed"

    def __init__(self, detail: str, *, reason: str, **details: Any) -> None:
        super().__init__(detail, reason=reason, **details)
        self.headers["WWW-Authenticate"] = "Bearer"


class BadSignature(Problem):
    """What was sent is not signed with one of our secrets, or was signed more than five minutes ago."""

    status = HTTPStatus.UNAUTHORIZED
    code = "bad_signature"
    title = "A valid signature is needed"

    def __init__(self, detail: str, **details: Any) -> None:
        super().__init__(detail, **details)
        self.headers["WWW-Authenticate"] = "Webhook"


class Forbidden(Problem):
    """The token holds, and does not allow this."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"
    title = "Not allowed to this caller"


class UnknownCase(Problem):
    """No case has that id."""

    status = HTTPStatus.NOT_FOUND
    code = "unknown_case"
    title = "No such case"


class UnknownHandoff(Problem):
    """No hand-off has that id."""

    status = HTTPStatus.NOT_FOUND
    code = "unknown_hand_off"
    title = "No such hand-off"


class UnknownPerson(Problem):
    """Nobody in the directory has that id."""

    status = HTTPStatus.NOT_FOUND
    code = "unknown_person"
    title = "No such person"


class UnknownAbsence(Problem):
    """The person has no absence of that id, or it is over."""

    status = HTTPStatus.NOT_FOUND
    code = "unknown_absence"
    title = "No such absence"


class UnknownPath(Problem):
    """Nothing is served at that path."""

    status = HTTPStatus.NOT_FOUND
    code = "unknown_path"
    title = "No such path"


class WrongMethod(Problem):
    """The path is served, but not by that method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "wrong_method"
    title = "Not by this method"

    def __init__(self, taken: str) -> None:
        super().__init__(f"this path takes {taken}")
        self.headers["Allow"] = taken


class TurnedDown(Problem):
    """The case, or the hand-off, refused the event; nothing has changed. `code` is the refusal's own."""

    status = HTTPStatus.CONFLICT
    code = "refused"
    title = "This was turned down"

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.sentence, **refused.details)
        self.refused = refused

    def body(self) -> ProblemBody:
        """As any problem, under the refusal's code."""
        code = self.refused.code.value
        return super().body().model_copy(update={"code": code, "type": f"urn:caseladder:problem:{code}"})


class MovedOn(TurnedDown):
    """The case, or the hand-off, is no longer at the version that `If-Match` names; nothing has changed."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = Code.MOVED_ON.value
    title = "It has moved on"


class ReferenceTaken(Problem):
    """Another complaint already has that source and reference; the first stands."""

    status = HTTPStatus.CONFLICT
    code = "reference_taken"
    title = "Another complaint has this reference"


class Archived(Problem):
    """The case is over for good."""

    status = HTTPStatus.CONFLICT
    code = "archived"
    title = "The case is archived"


class HandoffIsOver(Problem):
    """The question was answered, called off or given back, and its workflow has ended."""

    status = HTTPStatus.CONFLICT
    code = Code.HAND_OFF_OVER.value
    title = "The hand-off is over"


class NoRetention(Problem):
    """Nobody has said what a law makes the company keep, so nothing can be erased."""

    status = HTTPStatus.CONFLICT
    code = "no_retention"
    title = "The policy does not say what must be kept"


class TooLarge(Problem):
    """A text, or the whole body, is larger than is taken."""

    status = HTTPStatus(413)
    code = "too_large"
    title = "Too large"


class Unprocessable(Problem):
    """What was sent does not have the right shape."""

    status = HTTPStatus(422)
    code = "unprocessable"
    title = "The shape is not right"

    def __init__(self, *errors: Fault) -> None:
        super().__init__("; ".join(f"{fault.field} {fault.problem}" for fault in errors[:5]))
        self.errors = errors


class Claimed(Unprocessable):
    """What was sent says itself who sends it or what they may; that is the token's and the directory's to say."""


class RateLimited(Problem):
    """Too many requests with this token, or too many bad tokens from this address."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "rate_limited"
    title = "Too many requests"

    def __init__(self, detail: str, headers: dict[str, str]) -> None:
        super().__init__(detail, retry_after_s=int(headers["Retry-After"]))
        self.headers.update(headers)


class Broken(Problem):
    """A mistake of ours."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "broken"
    title = "Our mistake"


class Away(Problem):
    """Something that the answer depends on does not answer itself; the same again may succeed later."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "away"
    title = "Not available now"
    RETRY_AFTER_S: ClassVar[int] = 2
    """About how long the embedded stack takes to start a worker anew."""

    def __init__(self, detail: str, **details: Any) -> None:
        super().__init__(detail, **details)
        self.headers["Retry-After"] = str(self.RETRY_AFTER_S)


class InboundClosed(Away):
    """No secret is set, so nobody can tell who sends."""

    code = "inbound_closed"
    title = "Nothing is taken from a gateway"
    RETRY_AFTER_S = 60
    """Somebody has to set one."""


class TemporalAway(Away):
    """Temporal does not answer."""

    code = "temporal_away"
    title = "Temporal does not answer"


class WorkerAway(Away):
    """No worker answered in time. What was sent may still be done."""

    code = "worker_away"
    title = "No worker answered in time"


class SignatureRefused(Away):
    """The worker does not take this API's signature; its keys, or a clock, must be put right. Nothing was done."""

    code = "signature_refused"
    title = "The worker does not trust this API"


class IssuerAway(Away):
    """The issuer of tokens does not answer, and the token's key is not known yet."""

    code = "issuer_away"
    title = "The token cannot be checked now"


class RecordsAway(Away):
    """The database does not answer."""

    code = "records_away"
    title = "The records do not answer"


class RecordsBehind(Away):
    """The records hold an older version than may have been shown already, and no worker answers."""

    code = "records_behind"
    title = "Only an older version is at hand"


class KeyMissing(Away):
    """What was asked for is encrypted with a key that is not in the API's key ring."""

    code = "key_missing"
    title = "A key is missing"


class TooManyStreams(Away):
    """As many streams are open as one process serves."""

    code = "too_many_streams"
    title = "Too many streams"
    RETRY_AFTER_S = 10


def codes() -> set[str]:
    """Every code that a problem can have: a refusal's, or our own."""
    found, kinds = {code.value for code in Code}, [Problem]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found |= {kind.code} if "code" in vars(kind) else set()
    # Neither is ever sent: the first has the refusal's, the second its kind's.
    return found - {TurnedDown.code, Away.code}


def documented(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that may answer with these problems, on top of 401, 403, 429 and 503."""
    entries: dict[int | str, dict[str, Any]] = {}
    for problem in sorted({*_ANYWHERE, *problems}, key=lambda each: each.code):
        entry = entries.setdefault(int(problem.status), {"description": "", "content": {MEDIA_TYPE: _content()}})
        entry["description"] += f"`{problem.code}`: {_said(problem)}\n\n"
        if issubclass(problem, Away):
            entry["headers"] = {"Retry-After": _SECONDS}
        if problem is RateLimited:
            entry["headers"] = {"Retry-After": _SECONDS, "RateLimit-Limit": _COUNT, "RateLimit-Remaining": _COUNT}
            entry["headers"]["RateLimit-Reset"] = _SECONDS
    return entries


_ANYWHERE = (
    Unauthenticated,
    Forbidden,
    RateLimited,
    TemporalAway,
    WorkerAway,
    IssuerAway,
    SignatureRefused,
    RecordsAway,
    RecordsBehind,
)
_SECONDS = {"description": "seconds", "schema": {"type": "integer"}}
_COUNT = {"description": "requests", "schema": {"type": "integer"}}


def _content() -> dict[str, Any]:
    return {"schema": {"$ref": "#/components/schemas/ProblemBody"}}


def _said(problem: type[Problem]) -> str:
    said = " ".join((problem.__doc__ or "").split())
    if problem is TurnedDown:
        said += " One of: " + ", ".join(f"`{code.value}`" for code in Code)
    return said
