"""The judge's side of a learner's process: start it, call its functions, and end it on time.

`Learner` looks like the learner's module: ``learner.softmax(scores)`` sends the arguments to the worker and returns
plain data. Whatever happens over there arrives here as a value or as a `LearnerFault` with a verdict.
"""

import json
import math
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import sandbox, wire

KEPT_OUTPUT = 64 << 10
MOST_RESTARTS = 8
MOST_BAD_CELLS = 4  # cells that hang or end the process while loading, before the rest is left out
PATIENCE = 8  # a starved process may take so many times its limit by the wall clock
SLACK = 2  # and a whole notebook, of which some calls may be starved, so many times
ANSWERS = {wire.RunCell: wire.CellRan, wire.Describe: wire.Described, wire.Call: wire.Returned}


@dataclass(frozen=True)
class Limits:
    """What one submission may take; seconds are wall-clock seconds."""

    call_seconds: float = 5.0
    load_seconds: float = 20.0
    submission_seconds: float = 60.0
    memory: int = 1 << 30


class LearnerFault(Exception):
    """Something that the learner's program did; never the judge's own fault."""

    verdict = "error"


class LearnerRaised(LearnerFault):
    """The learner's code raised an exception."""

    def __init__(self, name: str, failure: wire.Failure):
        self.failure = failure
        if "NotImplementedError" in failure.bases:
            self.verdict = "not_attempted"
        elif "MemoryError" in failure.bases:
            self.verdict = "memory"
        where = f" ({failure.where})" if failure.where else ""
        super().__init__(f"{name} stopped with {failure.type_name}: {failure.message}{where}")


class LearnerTimedOut(LearnerFault):
    """A call did not return in time."""

    verdict = "timeout"


class LearnerDied(LearnerFault):
    """The learner's process ended in the middle of a call."""

    verdict = "died"


class ProtocolBroken(LearnerFault):
    """The learner's process sent bytes that are no answer."""

    verdict = "protocol"


class IsolationError(RuntimeError):
    """The sandbox could not be started, or not at the level asked for."""


# --- processes ------------------------------------------------------------------------------------------------------


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

    def spawn(self, given: str | None, limits: Limits) -> "WorkerProcess":
        """A fresh worker, confined and with nothing of the learner's loaded yet."""
        if not self._ready:
            self._answer()
            self._ready = True
        ours, theirs = socket.socketpair()
        read_end, write_end = os.pipe()
        cpu_seconds = int(limits.submission_seconds) + 10
        order = {"given": given, "memory": limits.memory, "cpu_seconds": cpu_seconds}
        try:
            self._tell(order, [theirs.fileno(), write_end])
            answer, descriptors = self._answer()
        finally:
            theirs.close()
            os.close(write_end)
        return WorkerProcess(ours, read_end, answer["pid"], descriptors[0] if descriptors else None)

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

    def _answer(self) -> tuple[dict, list[int]]:
        self._control.settimeout(60)
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 1)
        except OSError as error:
            raise self._failed() from error
        if not data:
            raise self._failed()
        return json.loads(data), list(descriptors)

    def _failed(self) -> IsolationError:
        self._errors.seek(0)
        last = self._errors.read().decode("utf-8", "replace").strip().splitlines()[-3:]
        return IsolationError("the sandbox process could not be started or ended: " + " / ".join(last))


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
    what it has not had yet, up to `PATIENCE` times the limit.
    """

    def __init__(self, seconds: float, process: "WorkerProcess"):
        self._seconds, self._process = seconds, process
        self._start = time.monotonic()
        self._end = self._start + seconds
        self._cpu_before = process.cpu_seen

    def left(self) -> float:
        """Seconds left; `LearnerTimedOut` when there are none."""
        now = time.monotonic()
        if now >= self._end:
            runnable, cpu = self._process.processor_time()
            self._process.cpu_seen = cpu
            missing = self._seconds - (cpu - self._cpu_before)
            if not runnable or missing < 0.1 or now > self._start + PATIENCE * self._seconds:
                raise LearnerTimedOut("no answer in time: is there a loop that never ends?")
            self._end = now + missing
        return self._end - now


def _pid_behind(pidfd: int | None) -> int | None:
    """Number of a process in this process's own namespace."""
    try:
        lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("Pid:")), None)


class WorkerProcess:
    """One worker: its connection, its output, and the means to end it."""

    def __init__(self, connection: socket.socket, output: int, pid: int, pidfd: int | None):
        self._connection, self._output, self._pid, self._pidfd = connection, output, pid, pidfd
        connection.setblocking(False)
        os.set_blocking(output, False)
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._poll.register(output, select.POLLIN)
        self.printed = bytearray()
        self.printed_bytes = 0
        self._seen_pid = _pid_behind(pidfd) or pid
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
        for piece in wire.encode(message, buffers):
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
                self._readable(deadline.left())
                continue
            except OSError:
                count = 0
            if count == 0:
                self._drain()
                raise LearnerDied("your program ended before it answered")
            got += count
        return data

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
        try:
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            else:
                os.kill(self._pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        for descriptor in (self._pidfd, self._output):
            if descriptor is not None:
                os.close(descriptor)
        self._connection.close()


# --- the proxy ------------------------------------------------------------------------------------------------------


@dataclass
class Recorded:
    """One call of a learner's function, as the judge saw it."""

    name: str
    arguments: tuple
    value: Any = None
    after: list | None = None
    failure: wire.Failure | None = None


@dataclass
class Trace:
    """The calls of one check, and which call made which kept object."""

    calls: list[Recorded] = field(default_factory=list)
    origins: dict[int, tuple[int, int]] = field(default_factory=dict)


class Learner:
    """Calls a learner's functions in their own process.

    Parameters
    ----------
    zygote : Zygote
    cells : sequence of (label, source)
        The learner's cells in order; the label, such as "cell 7", appears in messages.
    given : str, optional
        Source of the lesson's ``given.py``.
    opaque : mapping of str to list of int
        For a function, positions in its returned tuple that stay in the worker.
    limits : Limits
    """

    def __init__(
        self,
        zygote: Zygote,
        cells: Sequence[tuple[str, str]],
        given: str | None = None,
        opaque: Mapping[str, list[int]] | None = None,
        limits: Limits | None = None,
    ):
        self._zygote, self._cells, self._given = zygote, cells, given
        self._opaque, self._limits = opaque or {}, limits or Limits()
        self._worker: WorkerProcess | None = None
        self._restarts = 0
        self._began = time.monotonic()
        self._spent = 0.0  # CPU seconds of workers that have ended
        self._skipped: set[int] = set()
        self._bad_cells = 0
        self.cell_failures: dict[str, wire.Failure] = {}
        self.layers: list[str] = []
        self.missing: list[str] = []
        self.trace = Trace()
        self.changed: set[str] = set()  # functions that changed an argument in place
        self.call_seconds = self._limits.call_seconds

    # -- life of the process

    def start(self) -> None:
        """Start a worker and run the learner's cells in it, each with an outcome of its own."""
        while not self._start_once():
            self.stop()

    def _start_once(self) -> bool:
        self._worker = self._zygote.spawn(self._given, self._limits)
        ready, _ = self._worker.receive(Deadline(30, self._worker))
        self.layers, self.missing = ready.layers, ready.missing
        began = time.monotonic()
        for index, (label, source) in enumerate(self._cells):
            if index in self._skipped:
                continue
            if self._used_up(began, self._limits.load_seconds, self._cpu_spent):
                self._skip_from(index)
                return True
            try:
                reply, _ = self._exchange(wire.RunCell(self._number(), label, source), [])
            except LearnerFault as fault:
                self.cell_failures[label] = wire.Failure(fault.verdict, [], f"{label}: {fault}", "")
                self._skipped.add(index)
                self._bad_cells += 1
                if self._bad_cells >= MOST_BAD_CELLS:
                    self._skip_from(index + 1)
                return False
            if reply.failure is not None:
                self.cell_failures[label] = reply.failure
        return True

    def _skip_from(self, index: int) -> None:
        """Leave the cells from this one on out."""
        words = "the cells before it took all the time there is, or ended the program too often"
        for later in range(index, len(self._cells)):
            label = self._cells[later][0]
            self._skipped.add(later)
            self.cell_failures.setdefault(
                label, wire.Failure("timeout", [], f"{label} was not run: {words}", "")
            )

    def stop(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._spent += min(self._worker.processor_time()[1], self._limits.submission_seconds)
            self._worker.kill()
            self._worker = None

    @property
    def isolation(self) -> str:
        """Isolation level at which the worker ran."""
        return sandbox.level_of(self.layers)

    @staticmethod
    def _number() -> int:
        return random.getrandbits(62)  # not to be guessed by forged replies

    def _ensure(self) -> None:
        limit = self._limits.submission_seconds
        if self._used_up(self._began, limit, self._cpu_spent):
            raise LearnerTimedOut(f"the whole notebook took over {limit:g} s")
        if self._worker is None:
            self._restarts += 1
            if self._restarts > MOST_RESTARTS:
                raise LearnerDied("your program had to be started again too often")
            self.start()

    @staticmethod
    def _used_up(began: float, limit: float, cpu_seconds: Callable[[], float]) -> bool:
        """Whether a time is up; CPU seconds are asked for only when the wall clock says so."""
        wall = time.monotonic() - began
        return wall > limit and (wall > SLACK * limit or cpu_seconds() > limit)

    def _cpu_spent(self) -> float:
        return self._spent + (self._worker.processor_time()[1] if self._worker else 0.0)

    def _exchange(self, message: Any, buffers: list[memoryview], callbacks=()) -> tuple[Any, Any]:
        """One request and its reply; callbacks into the judge are served on the way."""
        worker = self._worker
        deadline = Deadline(self.call_seconds, worker)
        try:
            reply, arrays = worker.exchange(message, buffers, deadline)
            while isinstance(reply, wire.CallbackWanted):
                deadline.left()
                answer, out = self._serve_callback(reply, arrays, callbacks)
                reply, arrays = worker.exchange(answer, out, deadline)
            if not isinstance(reply, ANSWERS[type(message)]) or reply.number != message.number:
                raise ProtocolBroken("your program sent an answer that was not asked for")
        except LearnerFault:
            self.stop()
            raise
        return reply, arrays

    @staticmethod
    def _serve_callback(
        wanted: wire.CallbackWanted, arrays: list, callbacks: Sequence[Callable]
    ) -> tuple[Any, list]:
        packer, failed, value = wire.Packer(), "", None
        try:
            unpacker = wire.Unpacker(arrays)
            arguments = [unpacker.unpack(node) for node in wanted.arguments]
            value = callbacks[wanted.callback](*arguments)
        except (
            Exception
        ) as error:  # a wrong argument of the learner's; the words go back to the learner's code
            failed = f"the function you were given could not take these arguments ({type(error).__name__})"
        return wire.CallbackReturned(0, packer.pack(value), failed), packer.buffers

    # -- calls

    def describe(self, name: str) -> wire.Described:
        """Whether the learner defined ``name``, whether it can be called, and with which parameters."""
        self._ensure()
        return self._exchange(wire.Describe(self._number(), name), [])[0]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self._call(name, [arguments])[0].value

    def after(self, name: str, *arguments: Any) -> tuple[Any, list]:
        """Result of a call, and its arguments as they are afterwards."""
        recorded = self._call(name, [arguments], send_arguments=True)[0]
        return recorded.value, recorded.after

    def map(self, name: str, argument_lists: Iterable[tuple]) -> list[Any]:
        """Results of many calls made in one go."""
        return [recorded.value for recorded in self._call(name, list(argument_lists))]

    def _call(self, name: str, argument_lists: list[tuple], send_arguments: bool = False) -> list[Recorded]:
        self._ensure()
        callbacks: list[Callable] = []
        packer = wire.Packer(lambda value: _argument_node(value, callbacks))
        nodes = [[packer.pack(a) for a in arguments] for arguments in argument_lists]
        request = wire.Call(self._number(), name, nodes, self._opaque.get(name, []), send_arguments)
        first = len(self.trace.calls)
        self.trace.calls += [Recorded(name, arguments) for arguments in argument_lists]
        reply, arrays = self._exchange(request, packer.buffers, callbacks)
        try:
            self._record(reply, arrays, name, first)
        except (wire.WireError, AttributeError, IndexError) as error:
            self.stop()
            raise ProtocolBroken(f"your program sent {error}") from error
        calls = self.trace.calls[first:]
        for recorded in calls:
            if recorded.failure is not None:
                raise LearnerRaised(name, recorded.failure)
        return calls

    def _record(self, reply: wire.Returned, arrays: list[memoryview], name: str, first: int) -> None:
        unpacker = wire.Unpacker(arrays)
        for index, outcome in enumerate(reply.outcomes):
            recorded = self.trace.calls[first + index]
            recorded.value, recorded.failure = unpacker.unpack(outcome.value), outcome.failure
            recorded.after = [unpacker.unpack(node) for node in outcome.arguments] or None
            if outcome.changed:
                self.changed.add(name)
            if isinstance(recorded.value, tuple):
                for position, item in enumerate(recorded.value):
                    if isinstance(item, wire.Kept):
                        self.trace.origins[item.number] = (first + index, position)


def _argument_node(value: Any, callbacks: list[Callable]) -> Any:
    if isinstance(value, (wire.Kept, wire.Seed)):
        return value
    if callable(value):
        callbacks.append(value)
        return wire.Callback(len(callbacks) - 1)
    return None
