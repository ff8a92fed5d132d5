"""The beginning and the end of a process that logs and traces."""

from __future__ import annotations

from collections.abc import Mapping

from temporalio.runtime import Runtime, TelemetryConfig

from observing import traces
from observing.logs import LogSettings, core_log, logged
from observing.traces import BadSetting

__all__ = ["BadSetting", "begin", "end"]


def begin(service: str, environment: Mapping[str, str]) -> None:
    """Logs and traces as the environment says, in the name of `service`. Raises BadSetting, before anything is done."""
    settings = LogSettings.read(environment)
    traces.wanted(environment)
    logged(settings, service)
    # The runtime of whoever makes none of their own. Its core would write lines of its own, words of errors and all.
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=core_log())), error_if_already_set=False)
    traces.start(service, environment)


def end() -> None:
    """Before a process ends."""
    traces.stop()
