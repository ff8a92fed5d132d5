"""What the activities are told by the environment: read once, before anything is begun.

A value of no use stops the worker with a sentence that names the variable and what to set. What a variable is for is
said where it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from policies.spans import span


class SettingsError(Exception):
    """A variable is missing or wrong; the text names it and says what to set."""


def length(environment: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    """A length of time such as `10s`. Raises SettingsError."""
    text = environment.get(name)
    if not text:
        return default
    try:
        return span(text)
    except ValueError as error:
        raise SettingsError(f'{name}: {error}. Write it like "10s" or "1m30s".') from error
