"""The embedded stack: Temporal's dev server, a worker and the API as child processes on loopback, over one folder.

`Stack` starts, kills and stops them, for the `dev` verb, the demo and the tests alike. What the children do is not
known here: environment variables (`Stack.settings`) tell them where everything is, and they import nothing from here.
"""

from starter.stack.embedded import Service, Stack
from starter.stack.errors import AlreadyRunning, Ended, NotReady, PortTaken, StackError, Unreadable
from starter.stack.ports import Addresses

__all__ = [
    "Addresses",
    "AlreadyRunning",
    "Ended",
    "NotReady",
    "PortTaken",
    "Service",
    "Stack",
    "StackError",
    "Unreadable",
]
