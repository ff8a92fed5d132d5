"""Where errors end: a line or two that a person understands, and an exit code; never a traceback.

Codes: 0 done, 1 it failed, 2 the command line is wrong, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, cast

FAILED, INTERRUPTED = 1, 130
DEBUG = "CASELADDER_DEBUG"


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
        sys.stderr.write(f"caseladder: {said(error)}\n")
        if os.environ.get(DEBUG):
            traceback.print_exception(error)
        return FAILED
    return 0


def said(error: BaseException) -> str:
    """What happened and what to try, for a person."""
    if isinstance(error, BaseExceptionGroup):  # of several things at once, the first to go wrong
        return said(cast("BaseExceptionGroup[BaseException]", error).exceptions[0])
    for home, name, say in _SENTENCES:
        # An error of a module that was never loaded cannot have been raised.
        kind = getattr(sys.modules.get(home), name, None)
        if kind is not None and isinstance(error, kind):
            return say(error)
    return (
        f"{type(error).__name__}: {error}\nThis should not happen; please report it. {DEBUG}=1 shows where it happened."
    )


def _invalid(error: Any) -> str:
    is_event = error.title == "Act"
    lines = [_fault(one, is_event) for one in error.errors(include_url=False, include_input=False)]
    return f"this is no {'event' if is_event else error.title.lower()}:\n  " + "\n  ".join(lines)


def _fault(one: Any, is_event: bool) -> str:
    from cases.wording import words

    # In the path to a field of an event, its kind comes first; the person has said that already.
    field = ".".join(str(step) for step in one["loc"][is_event:]) or "it"
    problem, remedy = words(one)
    return f"{field} {problem}: {remedy}"


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
