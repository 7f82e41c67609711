"""A bound on what the judge itself spends on one learner's values: CPU seconds and memory."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Exhausted(BaseException):
    """The allowance is used up. No check's own ``except Exception`` can swallow it."""


@contextmanager
def allowance(cpu_seconds: float) -> Iterator[None]:
    """Stop what runs inside after so many CPU seconds of this process; waiting for a learner costs nothing.

    Works in the main thread, which is where the judge works; allowances do not nest.

    Raises
    ------
    Exhausted
    """

    def stop(*_: object) -> None:
        raise Exhausted(f"more than {cpu_seconds:g} CPU seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def limit_memory(size: int) -> None:
    """Let this process take so many bytes of address space on top of what it has; beyond that is a `MemoryError`."""
    pages = Path("/proc/self/statm")
    if pages.exists():  # elsewhere RLIMIT_AS does not work
        used = int(pages.read_text().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = used + size
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))
