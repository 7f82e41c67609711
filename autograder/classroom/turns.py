"""One grading of a lesson at a time: who comes second is told for whom to wait, and waits."""

import contextlib
import fcntl
import os
import platform
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

_OURS: set[Path] = (
    set()
)  # locks of this process: `autograder grade` runs nbgrader's autograde within its own turn


@contextlib.contextmanager
def turn(path: Path, what: str, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock while the body runs; the kernel gives it back when this process ends, however it ends.

    Parameters
    ----------
    path : Path
        The file that is locked; it stays, and says who was the last to hold it.
    what : str
        What is to be done, as the sentence calls it.
    say : callable
        Gets one sentence if somebody else is at work; then this call waits.
    """
    if path in _OURS:
        yield
        return
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # where nothing can be locked, the gradebook's own locks must do
            path.parent.mkdir(parents=True, exist_ok=True)
            _take(stack.enter_context(open(path, "a+", encoding="utf-8")), what, say)
        _OURS.add(path)
        try:
            yield
        finally:
            _OURS.discard(path)


def _take(file: IO[str], what: str, say: Callable[[str], None]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(
            f"{what} is at work already: {_holder(file)}. Waiting until it has ended; Ctrl-C ends the waiting."
        )
        fcntl.flock(file, fcntl.LOCK_EX)
    file.truncate(0)
    file.write(f"process {os.getpid()} on {platform.node()}, since {datetime.now():%Y-%m-%d %H:%M:%S}")
    file.flush()


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.read(200) or "another process"
