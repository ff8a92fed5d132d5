"""The `caseladder` command: one module for each family of verbs, all of them thin.

What a verb needs is imported inside it, so that `--help` and a mistyped option are answered at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn


def main() -> None:
    """Runs the command and ends the process."""
    run_and_end(_verbs)


def run_and_end(command: Callable[[], object]) -> NoReturn:
    """Runs a command line and ends the process with its exit code. The only way out of every command: see below."""
    from starter.cli.boundary import run

    code = run(command)
    # A process that used the Temporal SDK can abort while Python finalises (sdk-python#300).
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _verbs() -> None:
    from starter.cli.verbs import run_line

    run_line()
