"""What the customer said, as it arrived, and the ids that follow from it.

Knows the shape and limits of a complaint; knows nothing of what is done about it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from cases.words import Channel

MAX_TEXT = 64 * 1024
"""The longest text taken from anybody, in bytes of UTF-8. The longest of 8,788 complaints has 21,928 characters."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _sayable(text: str) -> str:
    """Databases refuse some control characters, and JSON writes each as six; nobody means them."""
    if found := _CONTROL.search(text):
        raise PydanticCustomError(
            "control_character",
            "has the control character {character} at position {position}; leave it out",
            {"character": f"U+{ord(found[0]):04X}", "position": found.start()},
        )
    if len(text.encode("utf-8", "replace")) > MAX_TEXT:
        raise PydanticCustomError(
            "string_too_long", "String should have at most {max_length} bytes", {"max_length": MAX_TEXT}
        )
    return text


EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _of_this_age(moment: datetime) -> datetime:
    """Beyond that, a time cannot be told in every zone, and nobody means it."""
    if not EARLIEST <= moment < LATEST:
        raise PydanticCustomError(
            "out_of_range",
            "The time must be from {earliest} on and before {latest}",
            {"earliest": EARLIEST.year, "latest": LATEST.year},
        )
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_of_this_age)]
"""A time that somebody sends: with a zone, and of this age."""

_LINK = re.compile(
    r"^(?!(?:[Jj][Aa][Vv][Aa]|[Vv][Bb])[Ss]|[Dd][Aa][Tt][Aa]:|[Ff][Ii][Ll][Ee]:)[A-Za-z][A-Za-z0-9+.-]*://[^/\s]"
)
"""`https://` or a store's own scheme; not `javascript:`, `vbscript:`, `data:` and `file:`."""


def _followable(url: str) -> str:
    """A link that staff follow must lead to a server, and not run as a script or open a file of theirs."""
    if not _LINK.match(url):
        raise PydanticCustomError("link_scheme", "is not a link to a server, such as https://files.example/a.pdf")
    return url


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_sayable)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_sayable)]
Link = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    AfterValidator(_followable),
    Field(json_schema_extra={"pattern": _LINK.pattern}),
]
CaseId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}-[a-z2-7]{10}$")]
HandoffId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}-[a-z2-7]{10}-[1-9][0-9]{0,8}$")]
"""`<case id>-<n>`: the n-th hand-off of a case."""
Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
"""An id that people and teams are known by, safe in a URL and in a search attribute."""


Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
"""A language, perhaps with the region whose habits count: `de`, `de-AT`."""


class Shape(BaseModel):
    """Base of everything that crosses an edge: frozen, and unknown fields are an error, not a shrug."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Attachment(Shape):
    """A link to something that was sent along; the bytes stay where they are."""

    name: Short = Field(examples=["statement.pdf"])
    type: Short = Field(description="media type", examples=["application/pdf"])
    url: Link = Field(description="http or https alone", examples=["https://files.example/statement.pdf"])


class Customer(Shape):
    """Who complains. `zone` is an IANA time zone; times told to the customer are in it."""

    id: Short = Field(examples=["c-1881"])
    name: Short | None = None
    contact: Short | None = Field(default=None, description="address on the channel, such as an e-mail address")
    zone: Short | None = Field(default=None, examples=["Europe/London"])


class Complaint(Shape):
    """One complaint as its source sent it. `source` and `reference` together name it for ever."""

    source: Source = Field(default="api", description="the system that it came from", examples=["shop"])
    reference: Short = Field(description="the source's own name for it", examples=["order-1042"])
    channel: Channel
    product: Short = Field(examples=["Credit card"])
    issue: Short | None = None
    text: Text = Field(description="the customer's words")
    remedy_sought: Text | None = Field(default=None, description="what would put it right, in the customer's eyes")
    received_at: Moment | None = Field(
        default=None, description="when the company received it; not in the future; without it, the opening"
    )
    language: Language | None = Field(
        default=None, description="in which they are written to, perhaps with a region", examples=["en", "de-AT"]
    )
    tier: Short | None = Field(default=None, description="service tier of the customer", examples=["gold"])
    customer: Customer
    transcript: Text | None = Field(default=None, description="what passed between the customer and a chatbot")
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=20)
    follows: CaseId | None = Field(default=None, description="case id of an archived case that this one follows")

    @model_validator(mode="after")
    def _follows_another(self) -> Complaint:
        if self.follows == self.case_id:
            raise ValueError("a case cannot follow itself: `follows` names an archived case, under another reference")
        return self

    @property
    def said(self) -> str:
        """All that the customer says: what happened, and what would put it right."""
        return f"{self.text}\n{self.remedy_sought}" if self.remedy_sought else self.text

    @property
    def case_id(self) -> str:
        """The id of the case that this complaint becomes."""
        return case_id(self.source, self.reference)

    @property
    def fingerprint(self) -> str:
        """Digest of the whole content, to tell a repeated complaint from another one under the same reference.

        `received_at` is left out: a source that repeats itself stamps the repetition anew.
        """
        content = self.model_dump_json(exclude={"received_at"})
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def case_id(source: str, reference: str) -> str:
    """`<source>-<10 base32 digits of SHA-256 of source and reference>`: references may be mail addresses."""
    digest = hashlib.sha256(f"{source}\n{reference}".encode()).digest()
    return f"{source}-{base64.b32encode(digest)[:10].decode().lower()}"
