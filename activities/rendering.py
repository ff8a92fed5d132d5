"""Puts notices into words: Jinja2 files beside this one, for customers by language, for staff in one.

What a customer or an agent wrote is only ever data: templates are read from files alone, sandboxed, and a name that a
template asks for and nobody gave is an error, not a gap in a letter. The first line of a rendered file is the subject.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cases.effects import AlertStaff, Notice, TellCustomer
from records import Rendered

FALLBACK_LANGUAGE = "en"
"""The language that every message exists in."""

_log = logging.getLogger(__name__)


class Messages:
    """The words for every notice. Safe to share between threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self._files = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder or Path(__file__).parent),
            undefined=StrictUndefined,
            autoescape=False,  # Plain text: there is no markup to break out of.
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._files.filters["at"] = at
        self._files.filters["one_line"] = one_line

    def render(self, notice: Notice) -> Rendered:
        """Subject and text. Raises jinja2's TemplateNotFound or UndefinedError: a mistake of ours, to be repaired."""
        if isinstance(notice, TellCustomer):
            template = self._customer_template(notice)
            given: dict[str, Any] = {"channel": notice.channel}
        else:
            template = self._first(_names("alerts", notice.template))
            given = {"person": notice.person, "team": notice.team, "rung": notice.rung}
        return _split(template.render({**given, **notice.params}))

    def render_all(self, notices: tuple[TellCustomer | AlertStaff, ...]) -> Mapping[str, Rendered]:
        """The words of each notice, by its effect id."""
        return {notice.id: self.render(notice) for notice in notices}

    def _customer_template(self, notice: TellCustomer) -> Template:
        try:
            return self._first(_names(f"messages/{notice.language}", notice.template))
        except TemplateNotFound:
            if notice.language == FALLBACK_LANGUAGE:
                raise
        _log.warning(
            "no message %s in language %s, so %s is told in %s",
            notice.template,
            notice.language,
            notice.id,
            FALLBACK_LANGUAGE,
        )
        return self._first(_names(f"messages/{FALLBACK_LANGUAGE}", notice.template))

    def _first(self, names: Iterator[str]) -> Template:
        return self._files.select_template(list(names))


def at(moment: datetime | str | None, zone: str | None = None) -> str:
    """A moment for a reader: `Tuesday 3 June 2025, 14:05 BST`; in UTC, and saying so, without a zone that we know.

    A text is a moment in ISO 8601: that is what a time in `params` has become on its way through Temporal.
    """
    if moment is None:
        return ""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    local = moment.astimezone(_zone(zone))
    name = local.tzname() or ""
    if not name.isalpha():
        # Zones without letters of their own are called after their offset: `+05` says less than `UTC+05:00`.
        offset = local.utcoffset() or timedelta()
        sign, offset = ("-", -offset) if offset < timedelta() else ("+", offset)
        name = f"UTC{sign}{offset.seconds // 3600:02}:{offset.seconds // 60 % 60:02}"
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} {name}"


def one_line(text: str) -> str:
    """The text without line breaks, for a subject or a greeting: what a customer wrote cannot add a line there."""
    return " ".join(text.split())


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        # Unknown, malformed, and a folder of the zone database ("Europe"), in this order.
        return ZoneInfo("UTC")


def _names(folder: str, template: str) -> Iterator[str]:
    """From the specific to the general: `letter.holding.uk-disp`, `letter.holding`, `letter`."""
    while template:
        yield f"{folder}/{template}.j2"
        template = template.rpartition(".")[0]


def _split(rendered: str) -> Rendered:
    subject, _, text = rendered.strip().partition("\n")
    return Rendered(subject=subject.strip(), text=text.strip())
