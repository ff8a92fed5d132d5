"""What whoever runs caseladder can see of it: log lines and traces, and nothing that a customer said or is called.

`observing.process` begins both for a process and ends them. Knows the names of fields and of settings, and nothing of
cases: who logs says what happened, and here is decided what of it may be written (`fields`) and sent (`spans`). What
may be used from anywhere is here: `tracer()`, which is None in a process that does not trace, and `carried()`.
"""

from observing.traces import carried, tracer

__all__ = ["carried", "tracer"]
