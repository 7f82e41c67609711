"""The judge's side of a learner's process: start it, call its functions, and end it on time.

`Learner` looks like the learner's module: ``learner.softmax(scores)`` sends the arguments to the worker and returns
plain data. Whatever happens over there arrives here as a value or as a `LearnerFault` with a verdict.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder import sandbox, wire
from autograder.processes import (
    Deadline,
    LearnerDied,
    LearnerFault,
    LearnerRaised,
    LearnerTimedOut,
    Limits,
    ProtocolBroken,
    WorkerProcess,
    Zygote,
)

MOST_RESTARTS = 8
MOST_BAD_CELLS = 4  # cells that hang or end the process while loading, before the rest is left out
SLACK = 2  # and a whole notebook, of which some calls may be starved, so many times
ANSWERS = {wire.RunCell: wire.CellRan, wire.Describe: wire.Described, wire.Call: wire.Returned}


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
