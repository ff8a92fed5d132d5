"""`python -m starter.demo`: what `make demo` runs."""

from __future__ import annotations

import sys

from starter.cli import run_and_end


def _demo() -> None:
    # Before anything slow is imported: whoever started this should see at once that it has begun.
    sys.stderr.write("caseladder demo: starting ...\n")
    sys.stderr.flush()
    from starter.demo.command import app

    app(prog_name="python -m starter.demo")


if __name__ == "__main__":
    run_and_end(_demo)
