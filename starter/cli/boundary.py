"""Where errors end: a line or two that a person understands, and an exit code; never a traceback.

Codes: 0 done, 1 it failed, 2 the command line is wrong, 130 interrupted.

Where --json was asked for, the error is JSON too, on stderr: `code` (as the API has it, if it has one), `error` (the
sentence), and for what is wrong with what was sent `errors`: field, problem, remedy of each.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, cast

FAILED, MISTYPED, INTERRUPTED = 1, 2, 130
DEBUG = "CASELADDER_DEBUG"
JSON = "--json"

_EVENTS = ("Act", "SpecialistAct")
"""What pydantic calls an event that people send."""

_CODES = {
    "Unreachable": "temporal_away",
    "Unprepared": "unprepared",
    "NoWorker": "worker_away",
    "KeyMissing": "key_missing",
    "KeyRingError": "key_ring",
    "CaseUnknown": "unknown_case",
    "CaseOver": "archived",
    "HandoffUnknown": "unknown_hand_off",
    "HandoffOver": "hand_off_over",
    "RecordsAway": "records_away",
    "InvalidCursor": "invalid_cursor",
    "ReferenceTaken": "reference_taken",
    "ValidationError": "unprocessable",
}


class Failure(Exception):
    """A verb cannot do what was asked; the text says why and what to try."""


def run(command: Callable[[], object]) -> int:
    """Runs a command line of this process, and returns the exit code."""
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is left of it must not fail again at the end.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
        return FAILED
    except Exception as error:  # noqa: BLE001 the one place where anything may be said in a line
        sys.stderr.write(f"{json.dumps(told(error), default=str) if wants_json() else f'caseladder: {said(error)}'}\n")
        if os.environ.get(DEBUG):
            traceback.print_exception(error)
        return MISTYPED if _is_mistyped(error) else FAILED
    return 0


def wants_json() -> bool:
    """Whether this command line asks for JSON."""
    return JSON in sys.argv[1:]


def said(raised: BaseException) -> str:
    """What happened and what to try, for a person."""
    error = _first(raised)
    if _is_mistyped(error):
        return error.format_message()
    for home, name, say in _SENTENCES:
        # An error of a module that was never loaded cannot have been raised.
        kind = getattr(sys.modules.get(home), name, None)
        if kind is not None and isinstance(error, kind):
            return say(error)
    return (
        f"{type(error).__name__}: {error}\nThis should not happen; please report it. {DEBUG}=1 shows where it happened."
    )


def told(raised: BaseException) -> dict[str, Any]:
    """The same for a program."""
    error = _first(raised)
    name = type(error).__name__
    if name == "Refused":
        return {"code": error.code, "error": error.sentence, "details": error.details}
    code = "usage" if _is_mistyped(error) else _CODES.get(name, "failed")
    problem: dict[str, Any] = {"code": code, "error": said(error)}
    if name == "ValidationError":
        problem["errors"] = [dict(zip(("field", "problem", "remedy"), each, strict=True)) for each in _faults(error)]
    return problem


def _first(error: BaseException) -> Any:
    """Of several things at once, the first to go wrong."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return error


def _is_mistyped(error: BaseException) -> bool:
    # By what it can do: the class is typer's own, and where it lives has moved before.
    return hasattr(error, "format_message") and hasattr(error, "exit_code")


def _invalid(error: Any) -> str:
    lines = [f"{field} {problem}: {remedy}" for field, problem, remedy in _faults(error)]
    return f"this is no {'event' if error.title in _EVENTS else error.title.lower()}:\n  " + "\n  ".join(lines)


def _faults(error: Any) -> Iterator[tuple[str, str, str]]:
    """Field, problem and remedy of each thing that is wrong."""
    from cases.wording import words

    for one in error.errors(include_url=False, include_input=False):
        # In the path to a field of an event, its kind comes first; the person has said that already.
        field = ".".join(str(step) for step in one["loc"][error.title in _EVENTS :]) or "it"
        yield field, *words(one)


def _refused(error: Any) -> str:
    return f"refused ({error.code}): {error.sentence}"


def _records_away(error: Any) -> str:
    return (
        f"{error}\nThe worker makes the tables when it starts. Is CASELADDER_DATABASE_URL, or --data, the one "
        "that it uses?"
    )


def _os_error(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


_SENTENCES: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("cases.events", "Refused", _refused),
    ("workflows.client", "DoorError", str),
    ("workflows.keyring", "KeyRingError", str),
    ("records", "RecordsAway", _records_away),
    ("pydantic", "ValidationError", _invalid),
    ("starter.cli.boundary", "Failure", str),
    ("starter.client", "ReferenceTaken", str),
    ("starter.intake", "IntakeError", str),
    ("starter.stack", "StackError", str),
    ("records", "RecordsError", str),
    ("policies", "PolicyError", str),
    ("builtins", "OSError", _os_error),
)
