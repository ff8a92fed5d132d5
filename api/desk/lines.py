"""Lines that caseladder wrote for staff, such as an entry of the timeline or a refusal, made for a person to read."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from api.bodies import ACTIONS, ANSWERS
from api.desk import labels
from api.desk.wording import words
from cases.words import ClockName

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?) UTC")
_OURS = re.compile("`([a-z_]+)`|\\b(" + "|".join(sorted(name for name in ClockName if "_" in name)) + ")\\b")


def told(text: str) -> Markup:
    """The same line: actions by the names of their forms, other names as words, and times in the reader's zone.

    It may quote what a customer wrote, so all of it is text, and only what is found in it becomes more.
    """
    return Markup(_MOMENT.sub(_as_time, _OURS.sub(_as_words, str(escape(text)))))


def _as_words(found: re.Match[str]) -> str:
    name = found[1] or found[2]
    return f"“{labels.title(name)}”" if name in ACTIONS or name in ANSWERS else words(name)


def _as_time(found: re.Match[str]) -> str:
    return f'<time datetime="{found[1]}T{found[2]}Z" data-local="time">{found[0]}</time>'
