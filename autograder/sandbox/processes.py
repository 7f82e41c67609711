"""Processes that run a learner's cells: started from a warm zygote, talked to with a deadline, ended on time.

Whatever happens over there arrives here as a frame or as a `LearnerFault` with a verdict.
"""

import contextlib
import json
import math
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox import wire

KEPT_OUTPUT = 64 << 10
PATIENCE = 8  # a starved process may take so many times its limit by the wall clock
SLACK = 2  # and a whole notebook, of which some calls may be starved, so many times


@dataclass(frozen=True)
class Limits:
    """What one submission may take; seconds are wall-clock seconds."""

    call_seconds: float = 5.0
    load_seconds: float = 20.0
    submission_seconds: float = 60.0
    memory: int = 1 << 30

    @property
    def cpu_seconds(self) -> int:
        """CPU seconds after which the kernel ends a worker: a backstop, the judge's own deadlines come first."""
        return int(self.submission_seconds) + 10


class LearnerFault(Exception):
    """Something that the learner's program did; never the judge's own fault."""


class LearnerRaised(LearnerFault):
    """The learner's process claims that its code raised an exception."""

    def __init__(self, name: str, failure: wire.Failure):
        self.failure = failure
        where = f" ({failure.where})" if failure.where else ""
        super().__init__(f"{name} stopped with {failure.type_name}: {failure.message}{where}")


class LearnerTimedOut(LearnerFault):
    """A call did not return in time."""


class LearnerDied(LearnerFault):
    """The learner's process ended in the middle of a call."""


class ProtocolBroken(LearnerFault):
    """The learner's process sent bytes that are no answer."""


class IsolationError(RuntimeError):
    """The sandbox could not be started, or not at the level asked for."""


class SandboxLost(IsolationError):
    """A process of ours, or a worker, was ended by somebody else: the same submission is to be tried once more."""


class Zygote:
    """Handle of the process that forks sandboxed workers.

    Parameters
    ----------
    helpers : str
        Source of the course's ``helpers.py``.
    hidden : iterable of Path
        Folders that workers must not even see the names of.
    isolation : {"strong", "container", "weak"}
        The highest level to use; what the machine does not give is left out and reported by each worker.
    """

    def __init__(self, helpers: str, hidden: Iterable[Path] = (), isolation: str = "strong"):
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = here
        self._errors = tempfile.TemporaryFile()
        program = Path(__file__).with_name("zygote.py")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", str(program), str(there.fileno())],
            pass_fds=[there.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors,
            env=_clean_environment(), cwd="/", start_new_session=True,
        )  # fmt: skip
        there.close()
        folders = [str(folder) for folder in hidden if folder.is_dir()]
        self._tell({"helpers": helpers, "hidden": folders, "isolation": isolation})
        self._ready = False  # waited for only when the first worker is wanted

    @property
    def pid(self) -> int:
        return self._process.pid

    def spawn(self, given: str | None, limits: Limits) -> "WorkerProcess":
        """A fresh worker, confined and with nothing of the learner's loaded yet."""
        if not self._ready:
            self._answer()
            self._ready = True
        ours, theirs = socket.socketpair()
        read_end, write_end = os.pipe()
        order = {"given": given, "memory": limits.memory, "cpu_seconds": limits.cpu_seconds}
        try:
            self._tell(order, [theirs.fileno(), write_end])
            answer, descriptors = self._answer()
        finally:
            theirs.close()
            os.close(write_end)
        pid, pidfd = answer["pid"], descriptors[0] if descriptors else None
        return WorkerProcess(ours, read_end, pid, pidfd, end=lambda: self._tell({"end": pid}))

    def was_killed(self, worker: "WorkerProcess", limits: Limits) -> bool:
        """Whether somebody else killed a worker whose connection is closed.

        A confined learner can send no signal, so SIGKILL comes from outside, unless the kernel sent it because the
        worker's CPU seconds were used up.
        """
        self._tell({"ended": worker.pid})
        ended, _ = self._answer()
        return bool(ended["signal"] == signal.SIGKILL and ended["cpu_seconds"] < limits.cpu_seconds - 1)

    def close(self) -> None:
        """End the zygote; its workers die with it."""
        self._control.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _tell(self, order: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], list(descriptors))
        except OSError as error:
            raise self._failed() from error

    def _answer(self) -> tuple[dict[str, Any], list[int]]:
        self._control.settimeout(60)
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 1)
        except OSError as error:
            raise self._failed() from error
        if not data:
            raise self._failed()
        return json.loads(data), list(descriptors)

    def _failed(self) -> SandboxLost:
        self._errors.seek(0)
        last = self._errors.read().decode("utf-8", "replace").strip().splitlines()[-3:]
        return SandboxLost(
            "the sandbox's own process could not be started, or was ended: " + " / ".join(last)
        )


def _clean_environment() -> dict[str, str]:
    """Nothing of the judge's environment, and one BLAS thread: with threads refused, OpenBLAS would hang."""
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "why-wont-it-learn" / "matplotlib"
    )
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        cache = Path(tempfile.gettempdir())
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    return threads | {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "MALLOC_ARENA_MAX": "2",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(cache),
    }


class Deadline:
    """A time limit that a busy machine does not shorten.

    When the wall clock says that time is up, but the process was waiting for a processor most of the time, it gets
    what it has not had yet, up to `PATIENCE` times the limit, and never past ``latest`` (on the monotonic clock).
    """

    def __init__(self, seconds: float, process: "WorkerProcess", latest: float = math.inf):
        self._seconds, self._process = seconds, process
        self._start = time.monotonic()
        self._latest = min(latest, self._start + PATIENCE * seconds)
        self._end = min(self._start + seconds, self._latest)
        self._cpu_before = process.cpu_seen

    def left(self) -> float:
        """Seconds left; `LearnerTimedOut` when there are none."""
        now = time.monotonic()
        if now >= self._end:
            runnable, cpu = self._process.processor_time()
            self._process.cpu_seen = cpu
            missing = self._seconds - (cpu - self._cpu_before)
            if not runnable or missing < 0.1 or now >= self._latest:
                raise LearnerTimedOut("no answer in time: is there a loop that never ends?")
            self._end = min(now + missing, self._latest)
        return self._end - now


class Budget:
    """Seconds that a whole submission, or the loading of its cells, may take.

    Counted by the wall clock as long as that is enough; beyond it the CPU seconds of the process count, up to `SLACK`
    times the limit.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._start = time.monotonic()
        self.latest = self._start + SLACK * seconds

    def prolong(self, seconds: float) -> None:
        """Give back time in which something else was run."""
        self._start += seconds
        self.latest += seconds

    def used_up(self, cpu_seconds: Callable[[], float]) -> bool:
        """Whether the time is up; CPU seconds are asked for only when the wall clock says so."""
        now = time.monotonic()
        return now > self._start + self.seconds and (now > self.latest or cpu_seconds() > self.seconds)


def _pid_behind(pidfd: int | None) -> int | None:
    """Number of a process in this process's own namespace."""
    try:
        lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("Pid:")), None)


class WorkerProcess:
    """One worker: its connection, its output, and the means to end it."""

    def __init__(
        self, connection: socket.socket, output: int, pid: int, pidfd: int | None, end: Callable[[], None]
    ):
        self._connection, self._output, self.pid, self._pidfd = connection, output, pid, pidfd
        self._end = end  # used where there is no pidfd: only the parent knows which process a number means
        connection.setblocking(False)
        os.set_blocking(output, False)
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._poll.register(output, select.POLLIN)
        self.printed = bytearray()
        self.printed_bytes = 0
        self._seen_pid = _pid_behind(pidfd)
        # As of the last slow call: reading it before every call would cost more than the call.
        self.cpu_seen = 0.0

    def processor_time(self) -> tuple[bool, float]:
        """Whether the process wants a processor now, and the CPU seconds it has had since its start."""
        try:
            fields = Path(f"/proc/{self._seen_pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return False, math.inf
        return fields[0] == "R", (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def exchange(
        self, message: Any, buffers: list[memoryview], deadline: Deadline
    ) -> tuple[Any, list[memoryview]]:
        """Send one frame and wait for one frame.

        Raises
        ------
        LearnerTimedOut, LearnerDied, ProtocolBroken
        """
        if self._readable(0):
            if self._ended():
                raise LearnerDied("your program ended")
            raise ProtocolBroken("your program wrote to the judge's connection before it was asked")
        self.send(message, buffers, deadline)
        return self.receive(deadline)

    def send(self, message: Any, buffers: list[memoryview], deadline: Deadline) -> None:
        for piece in wire.encode(message, buffers, wire.MAX_REQUEST):
            view = memoryview(piece)
            while view:
                try:
                    view = view[self._connection.send(view) :]
                except BlockingIOError:
                    self._drain()
                    select.select([], [self._connection], [], min(0.05, deadline.left()))
                except OSError as error:
                    raise LearnerDied("your program ended") from error

    def receive(self, deadline: Deadline) -> tuple[Any, list[memoryview]]:
        try:
            header, arrays = wire.sizes(bytes(self._exactly(wire.PREFIX.size, deadline)))
            return wire.decode(
                bytes(self._exactly(header, deadline)), self._exactly(arrays, deadline), wire.DECODE_REPLY
            )
        except wire.WireError as error:
            raise ProtocolBroken(f"your program sent {error}") from error

    def _exactly(self, size: int, deadline: Deadline) -> bytearray:
        data = bytearray(size)
        view, got = memoryview(data), 0
        while got < size:
            try:
                count = self._connection.recv_into(view[got:])
            except BlockingIOError:
                self._wait(deadline)
                continue
            except OSError:
                count = 0
            if count == 0:
                self._drain()
                raise LearnerDied("your program ended before it answered")
            got += count
        return data

    def _wait(self, deadline: Deadline) -> None:
        """Wait for more; what has arrived by the last moment still counts, be it an answer or the process's end."""
        try:
            self._readable(deadline.left())
        except LearnerTimedOut:
            if not self._readable(0):
                raise

    def _readable(self, seconds: float) -> bool:
        """Wait until the connection can be read; drain what the learner prints meanwhile."""
        events = dict(self._poll.poll(1000 * seconds))
        if self._output in events and not self._drain():
            self._poll.unregister(self._output)  # closed by the learner: nothing more to come
        return self._connection.fileno() in events

    def _ended(self) -> bool:
        """Whether what can be read is only the end of the connection."""
        try:
            return not self._connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _drain(self) -> bool:
        """Keep the beginning of what was printed, count the rest; false once nothing more can come."""
        try:
            data = os.read(self._output, 1 << 20)
        except BlockingIOError:
            return True
        self.printed_bytes += len(data)
        self.printed += data[: max(0, KEPT_OUTPUT - len(self.printed))]
        return bool(data)

    def kill(self) -> None:
        """End the process, and with it everything it started."""
        with contextlib.suppress(ProcessLookupError, SandboxLost):
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            else:
                self._end()
        for descriptor in (self._pidfd, self._output):
            if descriptor is not None:
                os.close(descriptor)
        self._connection.close()
