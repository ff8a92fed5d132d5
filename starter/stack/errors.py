"""What can keep the embedded stack from running.

StackError
 ├─ AlreadyRunning   the folder belongs to a stack that is alive
 ├─ Ended            a child ended before it was ready
 ├─ NotReady         a child is alive and does not answer
 ├─ PortTaken        a port that was asked for is in use
 └─ Unreadable       a file that the stack was given is missing or not what it should be
"""

from __future__ import annotations

from typing import ClassVar


class StackError(Exception):
    """`code` never changes; the text says what is wrong and what to do, for the person at the terminal."""

    code: ClassVar[str] = "stack"


class AlreadyRunning(StackError):
    """The folder belongs to a stack that is alive."""

    code = "already_running"


class Ended(StackError):
    """A child ended before it was ready."""

    code = "ended"


class NotReady(StackError):
    """A child is alive and does not answer within its time."""

    code = "not_ready"


class PortTaken(StackError):
    """A port that was asked for is in use."""

    code = "port_taken"


class Unreadable(StackError):
    """A file that the stack was given is missing or not what it should be."""

    code = "unreadable"
