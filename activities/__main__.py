"""`python -m activities`: lists the words that are missing, a line each. Exit code 1 if there are any."""

from __future__ import annotations

import sys

from activities.rendering import Messages

gaps = list(Messages().gaps())
print("\n".join(gaps) or "no words are missing")  # noqa: T201 -- it is a command
sys.exit(1 if gaps else 0)
