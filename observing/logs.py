"""Log lines: one JSON object each, or one line for a person, on stderr. What may stand in them, `fields` says.

CASELADDER_LOG_FORMAT (`json`; `text`) and CASELADDER_LOG_LEVEL (`info`; `debug`, `warning`, `error`).
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import TracebackType

import structlog
from structlog.typing import EventDict, WrappedLogger
from temporalio import activity, workflow
from temporalio.runtime import LogForwardingConfig, LoggingConfig, TelemetryFilter

from observing import fields
from observing.traces import BadSetting, ids

FORMATS = ("json", "text")
LEVELS = ("debug", "info", "warning", "error")

_LOUD = (
    "uvicorn",
    "httpx",
    "httpcore",
    "apprise",
    "alembic",
    "asyncio",
    "urllib3",
    "opentelemetry",
    "temporalio.worker",
)
"""What others say of their own work, at `info`: addresses of receivers are among it, and may be secrets."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """How a process logs."""

    form: str = "json"
    level: str = "info"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> LogSettings:
        """As the two variables say. Raises BadSetting."""
        return cls(
            _one_of(environment, "CASELADDER_LOG_FORMAT", FORMATS, "json"),
            _one_of(environment, "CASELADDER_LOG_LEVEL", LEVELS, "info"),
        )


def _one_of(environment: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    given = environment.get(name, "").strip().lower() or default
    if given not in choices:
        raise BadSetting(f"{name}: {environment[name]!r} is none of {', '.join(choices)}. Set one of them, or nothing.")
    return given


def logged(settings: LogSettings, service: str) -> None:
    """Has everything that this process logs written as the settings say, and errors that nobody catches too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings.form, service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    # The SDK would say which workflow it is in the sentence; it is in the fields.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    logging.captureWarnings(True)
    # What cannot be written would else be shown on stderr with all that it was given.
    logging.raiseExceptions = False
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)


def core_log() -> LoggingConfig:
    """Has what the SDK's core says of itself come through the logger `temporal`, without what it was given."""
    forwarding = LogForwardingConfig(
        logging.getLogger("temporal"),
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,
    )
    return LoggingConfig(TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding)


def formatter(form: str, service: str) -> structlog.stdlib.ProcessorFormatter:
    """Writes records as JSON, or for a person."""
    render = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else _for_a_person()
    return structlog.stdlib.ProcessorFormatter(
        processors=[partial(_told, service if form == "json" else ""), render], keep_exc_info=False
    )


def _for_a_person() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=False, pad_event_to=0, timestamp_key="time", sort_keys=False, event_key="message"
    )


def _told(service: str, _: WrappedLogger, __: str, said: EventDict) -> EventDict:
    record: logging.LogRecord = said["_record"]
    values = vars(record)
    refused = values.get("refusal") is not None
    line: EventDict = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat("T", "milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": "refused" if refused else fields.sentence(record.name, record.msg, said["event"]),
        **({"service": service} if service else {}),
        **ids(),
    }
    line |= fields.of_record(values)
    raised = said.get("exc_info") or record.exc_info
    if raised and raised[1] is not None:
        line["exception"] = fields.error(raised[1])
    return line


def _uncaught(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("observing").critical("an error that nobody caught", exc_info=(kind, error, at))
