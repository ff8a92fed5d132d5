"""Whom alerts are paged to: the targets of an Apprise configuration file, chosen by their tags.

A target's tags are teams (`cards`), rungs (`supervisor`), both (`cards:supervisor`) or `all`; one without tags gets all
pages too. Apprise knows how to reach each; what is said to whom and when is not known here.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from activities.settings import SettingsError
from cases.paging import Group

VARIABLE = "CASELADDER_ALERTS"
EVERYBODY = ("all", "always")
"""Tags of a target for every page; the second is Apprise's own word."""


class Target(Protocol):
    """Somewhere that pages go. `name` shows no secret."""

    @property
    def key(self) -> str:
        """Stays the same as long as the target does."""
        ...

    @property
    def name(self) -> str:
        """For a log."""
        ...

    def send(self, subject: str, text: str) -> bool:
        """Whether it was taken. Raises nothing."""
        ...


class Targets(Protocol):
    """Those that pages go to."""

    def of(self, group: Group) -> Collection[Target]:
        """Those for a group's pages."""
        ...


@dataclass(frozen=True, slots=True)
class _Service:
    """One URL of the configuration."""

    key: str
    name: str
    tags: frozenset[str]
    service: Any

    def send(self, subject: str, text: str) -> bool:
        """Everything that can go wrong on the way is Apprise's to catch, and in its log."""
        one = _apprise().Apprise()
        one.add(self.service)
        return bool(one.notify(body=text, title=subject, body_format="text"))


class AppriseTargets:
    """The targets of a configuration file, read once."""

    def __init__(self, services: tuple[_Service, ...]) -> None:
        self._services = services

    def of(self, group: Group) -> tuple[Target, ...]:
        """Those whose tags name the team, the rung, both, or all."""
        wanted = {group.team, group.rung.value, f"{group.team}:{group.rung.value}", *EVERYBODY}
        return tuple(it for it in self._services if not it.tags or it.tags & wanted)


def load(file: Path) -> AppriseTargets:
    """The targets in an Apprise configuration file, YAML or text. Raises SettingsError, also for a single bad line."""
    if not file.is_file():
        raise SettingsError(f"{VARIABLE}: there is no file {file}. Name an Apprise configuration file, YAML or text.")
    apprise, heard = _apprise(), _Heard()
    log = logging.getLogger("apprise")
    log.addHandler(heard)
    try:
        config, everything = apprise.AppriseConfig(), apprise.Apprise()
        config.add(str(file))
        everything.add(config)
        services = [_service(number, found) for number, found in enumerate(everything.find(), 1)]
    finally:
        log.removeHandler(heard)
    if heard.said or not services:
        # Apprise leaves out what it cannot read, and says so in its log, with secrets masked.
        why = f"cannot be read whole: {'; '.join(heard.said)}" if heard.said else "names nobody"
        raise SettingsError(
            f"{VARIABLE}: {file} {why}. Write one URL a line, with tags before it, such as "
            "cards:supervisor=slack://..., or the same as YAML."
        )
    return AppriseTargets(tuple(services))


class _Heard(logging.Handler):
    """What is said in a log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _apprise() -> Any:
    """Loaded when it is needed: it costs a fifth of a second, and most workers page nobody."""
    return import_module("apprise")


def _service(number: int, found: Any) -> _Service:
    # Without secrets, and a digest only: it goes into Temporal's history.
    shown = hashlib.sha256(found.url(privacy=True).encode()).hexdigest()[:12]
    schema = str(found.url(privacy=True)).partition(":")[0]
    return _Service(f"{shown}-{number}", f"{schema} (target {number})", frozenset(map(str, found.tags)), found)
