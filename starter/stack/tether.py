"""Becomes another program, tied to its parent's life: `python tether.py <parent's pid> <program> <arguments...>`.

On Linux the kernel kills that program when the parent is gone, even by kill -9. It is a program of its own because
running code between fork and exec is unsafe in a parent that has threads. The kernel means the parent's *thread*: the
stack starts all of its children from one thread that lives as long as they do.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ties this process to its parent, and becomes the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the tie was made
            sys.exit(1)
    os.execv(program[0], program)


if __name__ == "__main__":
    main()
