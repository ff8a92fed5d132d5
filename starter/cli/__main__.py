"""`python -m starter.cli`: the same as the command `caseladder`."""

from __future__ import annotations

from starter.cli import main

main()
